/**
 * Texts in the ledger: the records that continue a record. Each holds 28 bytes of UTF-8 in bytes 0–15 and 20–31;
 * its `kind` is its parent's with the bit CONTINUATION, and its `step` is how many bytes are left from here on, its
 * own included, so that every one of them says whether more must follow.
 */
import { WORD } from "./layout.ts";
import { CONTINUATION, RECORD } from "./record.ts";
import { utf8, wholeCharacters } from "./utf8.ts";

/** Bytes of text in one record, before and behind `kind` and `step`. */
const FIRST_BYTES = RECORD.kind;
const SECOND_BYTES = RECORD.bytes - RECORD.a;
export const TEXT_BYTES_A_RECORD = FIRST_BYTES + SECOND_BYTES;

/** The most records that may continue one, and so the most bytes of a text: 504. */
export const TEXT_RECORDS_MAX = 18;
export const TEXT_BYTES_MAX = TEXT_RECORDS_MAX * TEXT_BYTES_A_RECORD;

/**
 * Writes `text` as UTF-8 to `into` (TEXT_BYTES_MAX long), and returns its length. A longer text is cut between two
 * characters and ends with how much of it is missing: `… (1234 bytes more)`.
 */
export function encodeText(text: string, into: Uint8Array): number {
  const bytes = utf8(text);
  if (bytes.length <= into.length) {
    into.set(bytes);
    return bytes.length;
  }
  // The whole length has at least as many digits as what will be missing of it.
  const room = into.length - utf8(cutMark(bytes.length)).length;
  const kept = wholeCharacters(bytes, room);
  const mark = utf8(cutMark(bytes.length - kept));
  into.set(bytes.subarray(0, kept));
  into.set(mark, kept);
  return kept + mark.length;
}

function cutMark(missingBytes: number): string {
  return `… (${missingBytes} bytes more)`;
}

/** Writes the records for `text[0, length)` to `bytes` from `at` on, as continuations of a record of `kind`. */
export function putText(bytes: Uint8Array, at: number, kind: number, text: Uint8Array, length: number): void {
  for (let from = 0, to = at; from < length; from += TEXT_BYTES_A_RECORD, to += RECORD.bytes) {
    const left = length - from;
    const used = Math.min(left, TEXT_BYTES_A_RECORD);
    bytes.fill(0, to, to + RECORD.bytes);
    bytes.set(text.subarray(from, from + Math.min(used, FIRST_BYTES)), to);
    if (used > FIRST_BYTES) bytes.set(text.subarray(from + FIRST_BYTES, from + used), to + RECORD.a);
    bytes[to + RECORD.kind] = kind & 0xff;
    bytes[to + RECORD.kind + 1] = (kind | CONTINUATION) >>> 8;
    bytes[to + RECORD.step] = left & 0xff;
    bytes[to + RECORD.step + 1] = left >>> 8;
  }
}

/** The text bytes that the continuation record at `index` holds, and how many are left from it on. */
export function continuationBytes(words: Uint32Array, index: number): { bytes: Uint8Array; left: number } {
  const left = words[index * WORD.words + WORD.kindAndStep] >>> 16;
  const record = new Uint8Array(words.buffer, words.byteOffset + index * RECORD.bytes, RECORD.bytes);
  const bytes = new Uint8Array(TEXT_BYTES_A_RECORD);
  bytes.set(record.subarray(0, FIRST_BYTES));
  bytes.set(record.subarray(RECORD.a), FIRST_BYTES);
  return { bytes: bytes.subarray(0, Math.min(left, TEXT_BYTES_A_RECORD)), left };
}

/**
 * The text that continues record `index` of `words[0, records × 8)`, or null where none does. A text never leaves the
 * block of its record, so one block is all that is needed. Bytes that are no UTF-8 become U+FFFD.
 */
export function recordText(words: Uint32Array, records: number, index: number): string | null {
  const kind = words[index * WORD.words + WORD.kindAndStep] & 0xffff;
  if ((kind & CONTINUATION) !== 0) return null;
  const parts: Uint8Array[] = [];
  let left = 0;
  for (let next = index + 1; next < records; next++) {
    if ((words[next * WORD.words + WORD.kindAndStep] & 0xffff) !== (kind | CONTINUATION)) break;
    const part = continuationBytes(words, next);
    if (parts.length > 0 && part.left !== left) break;
    parts.push(part.bytes);
    left = part.left - part.bytes.length;
    if (left === 0) break;
  }
  return parts.length === 0 ? null : decodeText(parts);
}

function decodeText(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}
