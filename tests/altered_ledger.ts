/** Ledgers of which a record was changed and every hash mended: what a forger, or a fault in the engine, would leave. */
import { WORD } from "../runtime/ledger/layout.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { CONTINUATION } from "../runtime/ledger/record.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";

export type PlainRecord = {
  tick: number;
  session: number;
  vu: number;
  kind: number;
  step: number;
  a: number;
  b: number;
  c: number;
};

/** A ledger's records, without texts. */
export function plainRecords(bytes: Uint8Array): PlainRecord[] {
  const found: PlainRecord[] = [];
  openLedger(memorySource(bytes)).scan(({ words, records }) => {
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if ((kind & CONTINUATION) !== 0) continue;
      found.push({
        tick: words[at + WORD.tickHigh] * 2 ** 32 + words[at + WORD.tickLow],
        session: words[at + WORD.session],
        vu: words[at + WORD.vu],
        kind,
        step: words[at + WORD.kindAndStep] >>> 16,
        a: words[at + WORD.a],
        b: words[at + WORD.b],
        c: words[at + WORD.c],
      });
    }
  });
  return found;
}

/** A whole ledger of these records. `header`: what differs in it. */
export function ledgerOf(
  bytes: Uint8Array,
  records: readonly PlainRecord[],
  header: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const sink = new MemorySink();
  const before = openLedger(memorySource(bytes)).header;
  const writer = new LedgerWriter(sink, JSON.stringify({ ...before, ...header }));
  for (const { tick, session, vu, kind, step, a, b, c } of records) {
    writer.append(tick, session, vu, kind, step, a, b, c);
  }
  writer.finish();
  return sink.bytes().slice();
}

/** The ledger with one record changed: the `nth` (from 0) that `fits`. */
export function altered(
  bytes: Uint8Array,
  fits: (record: PlainRecord) => boolean,
  change: Partial<PlainRecord> | ((record: PlainRecord) => Partial<PlainRecord>),
  nth = 0,
): Readonly<{ bytes: Uint8Array; record: PlainRecord }> {
  const records = plainRecords(bytes);
  const at = records.map((record, n) => fits(record) ? n : -1).filter((n) => n >= 0)[nth];
  const record = records[at];
  const by = typeof change === "function" ? change(record) : change;
  records[at] = { ...record, ...by };
  return { bytes: ledgerOf(bytes, records), record };
}
