/**
 * XXH32 of `bytes[start, end)` (Collet: xxHash fast digest algorithm, version 0.1.1). A u32.
 */
export function xxh32(bytes: Uint8Array, start: number, end: number, seed: number): number {
  let at = start;
  let hash: number;
  if (end - start >= 16) {
    let v1 = (seed + P1 + P2) | 0, v2 = (seed + P2) | 0, v3 = seed | 0, v4 = (seed - P1) | 0;
    for (; at + 16 <= end; at += 16) {
      v1 = round(v1, word(bytes, at));
      v2 = round(v2, word(bytes, at + 4));
      v3 = round(v3, word(bytes, at + 8));
      v4 = round(v4, word(bytes, at + 12));
    }
    hash = rotate(v1, 1) + rotate(v2, 7) + rotate(v3, 12) + rotate(v4, 18);
  } else {
    hash = seed + P5;
  }
  hash = (hash + (end - start)) | 0;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(rotate((hash + Math.imul(word(bytes, at), P3)) | 0, 17), P4);
  }
  for (; at < end; at++) hash = Math.imul(rotate((hash + Math.imul(bytes[at], P5)) | 0, 11), P1);
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const P1 = 0x9e3779b1, P2 = 0x85ebca77, P3 = 0xc2b2ae3d, P4 = 0x27d4eb2f, P5 = 0x165667b1;

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function round(value: number, input: number): number {
  return Math.imul(rotate((value + Math.imul(input, P2)) | 0, 13), P1);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
