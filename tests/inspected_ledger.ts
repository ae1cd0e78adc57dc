/** A ledger's bytes made record by record, for who reads blocks at random. */
import type { LedgerHeader } from "../runtime/ledger/header.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { type OpenedLedger, openLedger } from "../runtime/ledger/reader.ts";
import { KIND, NO_STEP, NONE } from "../runtime/ledger/record.ts";
import { memorySource, type Source } from "../runtime/ledger/source.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";
import type { SyntheticRecord } from "./synthetic_ledger.ts";

export type InspectedLedger = Readonly<{ bytes: Uint8Array; source: Source; ledger: OpenedLedger }>;

/** `blockRecords`: 19 or more. */
export function inspectedLedger(
  header: LedgerHeader,
  records: readonly SyntheticRecord[],
  blockRecords = 32,
): InspectedLedger {
  const sink = new MemorySink();
  const writer = new LedgerWriter(sink, JSON.stringify(header), { blockRecords });
  for (const it of records) {
    const [session, vu, step] = [it.session ?? NONE, it.vu ?? NONE, it.step ?? NO_STEP];
    writer.append(it.tick, session, vu, KIND[it.kind], step, it.a ?? 0, it.b ?? 0, it.c ?? 0);
    if (it.text !== undefined) writer.appendText(it.text);
  }
  writer.finish();
  const bytes = sink.bytes();
  const source = memorySource(bytes);
  return { bytes, source, ledger: openLedger(source) };
}
