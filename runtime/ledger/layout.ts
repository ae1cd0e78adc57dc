/** The ledger file's layout, as docs/ledger.md has it: one table, asserted when loaded. Little-endian throughout. */
import { createHash } from "node:crypto";
import { assert } from "./assert.ts";
import { RECORD } from "./record.ts";

export const FORMAT = 1;

/** First bytes of a ledger; the line ending shows a copy that was mistaken for text. */
export const MAGIC = "Z6CLOG\r\n";

/** Byte offsets in the file's header; zeros up to a multiple of 8 and the hash follow the JSON. */
export const HEADER = { magic: 0, version: 8, jsonBytes: 12, json: 16 } as const;

/** Byte offsets in a block; the hash follows the last record. All fields are u32. */
export const BLOCK = { magic: 0, sequence: 4, records: 8, crc32c: 12, payload: 16 } as const;

/** Byte offsets in the footer; the counts, its length and magic once more, and the hash follow. `records` is a u64. */
export const FOOTER = { magic: 0, bytes: 4, blocks: 8, kinds: 12, records: 16, counts: 24 } as const;

/** Byte offsets in an entry of the footer's counts; `count` is a u64, the four bytes between are zero. */
export const COUNT = { kind: 0, zero: 4, count: 8, bytes: 16 } as const;

/** `BLK1` and `END1` as little-endian u32. */
export const BLOCK_MAGIC = 0x314b_4c42;
export const FOOTER_MAGIC = 0x3144_4e45;

/** Bytes of a SHA-256. */
export const HASH_BYTES = 32;

/** What stands behind the footer's counts: its length, its magic, the hash. */
export const FOOTER_TAIL_BYTES = 8 + HASH_BYTES;

/** Bounds a reader's memory, and tells a damaged head from a large block. */
export const BLOCK_RECORDS_MAX = 65_536;

/** Every value that a record's `kind` can have. */
export const KINDS = 0x1_0000;

/** Places in a record's eight 32-bit words. `kind` is the low half of its word, `step` the high half. */
export const WORD = {
  tickLow: RECORD.tick / 4,
  tickHigh: RECORD.tick / 4 + 1,
  session: RECORD.session / 4,
  vu: RECORD.vu / 4,
  kindAndStep: RECORD.kind / 4,
  a: RECORD.a / 4,
  b: RECORD.b / 4,
  c: RECORD.c / 4,
  words: RECORD.bytes / 4,
} as const;

assert(
  new Uint8Array(Uint32Array.of(1).buffer)[0] === 1,
  "this machine is little-endian, as every ledger is",
);
assert(Object.values(WORD).every(Number.isInteger), "a record's words are aligned");
assert(RECORD.step === RECORD.kind + 2, "kind and step share a word");
assert(WORD.words === 8 && BLOCK.payload % 16 === 0, "a block's payload is whole groups of four words");

/**
 * One link of the chain: the SHA-256 of everything from the link before (itself included) to here. The links
 * stand in the file right behind what they cover, so `bytes` is always one stretch of the file.
 */
export function link(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}

/** Adds to `counts[kind]` the records of each kind among the first `records` of `words`. */
export function countKinds(words: Uint32Array, records: number, counts: Float64Array): void {
  for (let at = WORD.kindAndStep; at < records * WORD.words; at += WORD.words) counts[words[at] & 0xffff]++;
}
