/** The footer: what a whole ledger holds, so that a missing end cannot go unnoticed. */
import { assert } from "./assert.ts";
import { COUNT, FOOTER, FOOTER_MAGIC, FOOTER_TAIL_BYTES, HASH_BYTES, KINDS, link } from "./layout.ts";

export type Footer = Readonly<{
  blocks: number;
  records: number;
  /** Records by kind; 65,536 entries. */
  counts: Float64Array;
}>;

/** The footer as it stands in the file; `hash` is the last block's (or the header's), and the last 32 bytes are the digest. */
export function encodeFooter(footer: Footer, hash: Uint8Array): Uint8Array {
  const kinds: number[] = [];
  for (let kind = 0; kind < KINDS; kind++) if (footer.counts[kind] > 0) kinds.push(kind);
  const length = footerBytes(kinds.length);
  // The hash before is covered too, so the footer is built behind it.
  const covered = new Uint8Array(HASH_BYTES + length);
  covered.set(hash);
  const bytes = covered.subarray(HASH_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(FOOTER.magic, FOOTER_MAGIC, true);
  view.setUint32(FOOTER.bytes, length, true);
  view.setUint32(FOOTER.blocks, footer.blocks, true);
  view.setUint32(FOOTER.kinds, kinds.length, true);
  view.setBigUint64(FOOTER.records, BigInt(footer.records), true);
  kinds.forEach((kind, position) => {
    const at = FOOTER.counts + position * COUNT.bytes;
    view.setUint32(at + COUNT.kind, kind, true);
    view.setBigUint64(at + COUNT.count, BigInt(footer.counts[kind]), true);
  });
  view.setUint32(length - FOOTER_TAIL_BYTES, length, true);
  view.setUint32(length - FOOTER_TAIL_BYTES + 4, FOOTER_MAGIC, true);
  bytes.set(link(covered.subarray(0, length)), length - HASH_BYTES);
  return bytes;
}

/** Bytes of a footer with `kinds` entries. */
export function footerBytes(kinds: number): number {
  return FOOTER.counts + kinds * COUNT.bytes + FOOTER_TAIL_BYTES;
}

/** What a footer's first `FOOTER.counts` bytes say of its size, or null where they contradict themselves. */
export function footerSize(start: Uint8Array): number | null {
  assert(start.length >= FOOTER.counts, "a footer's size is read from its fixed part");
  const view = new DataView(start.buffer, start.byteOffset);
  const kinds = view.getUint32(FOOTER.kinds, true);
  const length = view.getUint32(FOOTER.bytes, true);
  if (view.getUint32(FOOTER.magic, true) !== FOOTER_MAGIC) return null;
  return kinds <= KINDS && length === footerBytes(kinds) ? length : null;
}

/** What a whole footer says, or null where it contradicts itself. Its hash is the caller's to check. */
export function decodeFooter(bytes: Uint8Array): Footer | null {
  if (footerSize(bytes) !== bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tail = bytes.length - FOOTER_TAIL_BYTES;
  if (view.getUint32(tail, true) !== bytes.length || view.getUint32(tail + 4, true) !== FOOTER_MAGIC) {
    return null;
  }
  const counts = new Float64Array(KINDS);
  const records = Number(view.getBigUint64(FOOTER.records, true));
  let sum = 0;
  let kindBefore = -1;
  for (let at = FOOTER.counts; at < tail; at += COUNT.bytes) {
    const kind = view.getUint32(at + COUNT.kind, true);
    const count = Number(view.getBigUint64(at + COUNT.count, true));
    if (kind <= kindBefore || kind >= KINDS || view.getUint32(at + COUNT.zero, true) !== 0 || count === 0) {
      return null;
    }
    counts[kind] = count;
    sum += count;
    kindBefore = kind;
  }
  return sum === records ? { blocks: view.getUint32(FOOTER.blocks, true), records, counts } : null;
}
