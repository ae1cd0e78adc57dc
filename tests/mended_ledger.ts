/** A ledger one field of which was changed, with every block as it was and every hash mended. */
import { crc32c } from "../runtime/ledger/crc32c.ts";
import { encodeFooter } from "../runtime/ledger/footer.ts";
import { BLOCK, countKinds, HASH_BYTES, KINDS, link, WORD } from "../runtime/ledger/layout.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { CONTINUATION, RECORD } from "../runtime/ledger/record.ts";
import { memorySource } from "../runtime/ledger/source.ts";

/** A record's fields by name: how a program that reads the ledger would change them. */
export const FIELDS = ["tick", "session", "vu", "kind", "step", "a", "b", "c"] as const;
export type Field = (typeof FIELDS)[number];

/** Where each record stands in the file, and its kind; texts are left out. */
export function placesOf(bytes: Uint8Array): { at: number; kind: number }[] {
  const places: { at: number; kind: number }[] = [];
  for (const { at, records } of blocksOf(bytes)) {
    for (let n = 0; n < records; n++) {
      const record = at + BLOCK.payload + n * RECORD.bytes;
      const kind = new DataView(bytes.buffer, bytes.byteOffset + record).getUint16(RECORD.kind, true);
      if ((kind & CONTINUATION) === 0) places.push({ at: record, kind });
    }
  }
  return places;
}

/** The ledger with `field` of the record at byte `at` moved by `by`, modulo its width. */
export function withChange(bytes: Uint8Array, at: number, field: Field, by: number): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer, at);
  const offset = RECORD[field];
  switch (field) {
    case "tick":
      view.setBigUint64(offset, BigInt.asUintN(53, view.getBigUint64(offset, true) + BigInt(by)), true);
      break;
    case "kind":
    case "step":
      view.setUint16(offset, view.getUint16(offset, true) + by, true);
      break;
    default:
      view.setUint32(offset, view.getUint32(offset, true) + by, true);
  }
  return mended(changed);
}

function blocksOf(bytes: Uint8Array): { at: number; records: number }[] {
  const { headerBytes, scan } = openLedger(memorySource(bytes));
  const blocks: { at: number; records: number }[] = [];
  let at = headerBytes;
  scan(({ records }) => {
    blocks.push({ at, records });
    at += BLOCK.payload + records * RECORD.bytes + HASH_BYTES;
  });
  return blocks;
}

/** CRCs, hashes and the footer's counts made to fit; `bytes` is changed in place, but for its footer. */
function mended(bytes: Uint8Array): Uint8Array {
  const { headerBytes } = openLedger(memorySource(bytes));
  const counts = new Float64Array(KINDS);
  let [at, blocks, total] = [headerBytes, 0, 0];
  for (;; blocks++) {
    const head = new DataView(bytes.buffer, at);
    if (head.getUint32(BLOCK.magic, true) !== 0x314b_4c42) break;
    const records = head.getUint32(BLOCK.records, true);
    const end = at + BLOCK.payload + records * RECORD.bytes;
    const words = new Uint32Array(bytes.slice(at + BLOCK.payload, end).buffer);
    head.setUint32(BLOCK.crc32c, crc32c(words, 0, records * WORD.words), true);
    bytes.set(link(bytes.subarray(at - HASH_BYTES, end)), end);
    countKinds(words, records, counts);
    total += records;
    at = end + HASH_BYTES;
  }
  const footer = encodeFooter({ blocks, records: total, counts }, bytes.subarray(at - HASH_BYTES, at));
  const whole = new Uint8Array(at + footer.length);
  whole.set(bytes.subarray(0, at));
  whole.set(footer, at);
  return whole;
}
