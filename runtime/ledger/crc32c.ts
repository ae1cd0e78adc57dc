/** CRC32C (Castagnoli, RFC 3720 section 12.1), sixteen bytes at a time (Kounavis and Berry 2008, "slicing-by-16"). */

const POLYNOMIAL_REFLECTED = 0x82f6_3b78;
const SLICES = 16;

/** Entry `slice * 256 + byte`: what `byte` does to the sum when `slice` more bytes follow it. */
const TABLE = table();

function table(): Int32Array {
  const entries = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL_REFLECTED : sum >>> 1;
    entries[byte] = sum;
  }
  for (let entry = 256; entry < entries.length; entry++) {
    const before = entries[entry - 256];
    entries[entry] = (before >>> 8) ^ entries[before & 0xff];
  }
  return entries;
}

/**
 * The CRC32C of `words[from, to)` as little-endian bytes, a u32. `to - from` is a multiple of 4: records are
 * 32 bytes, so no code for odd ends is needed.
 */
export function crc32c(words: Uint32Array, from: number, to: number): number {
  const t = TABLE;
  let sum = -1;
  for (let at = from; at < to; at += 4) {
    const w = words[at] ^ sum;
    const x = words[at + 1];
    const y = words[at + 2];
    const z = words[at + 3];
    sum = t[0xf00 | (w & 0xff)] ^ t[0xe00 | (w >>> 8 & 0xff)] ^ t[0xd00 | (w >>> 16 & 0xff)] ^
      t[0xc00 | (w >>> 24)] ^
      t[0xb00 | (x & 0xff)] ^ t[0xa00 | (x >>> 8 & 0xff)] ^ t[0x900 | (x >>> 16 & 0xff)] ^
      t[0x800 | (x >>> 24)] ^
      t[0x700 | (y & 0xff)] ^ t[0x600 | (y >>> 8 & 0xff)] ^ t[0x500 | (y >>> 16 & 0xff)] ^
      t[0x400 | (y >>> 24)] ^
      t[0x300 | (z & 0xff)] ^ t[0x200 | (z >>> 8 & 0xff)] ^ t[0x100 | (z >>> 16 & 0xff)] ^ t[z >>> 24];
  }
  return ~sum >>> 0;
}
