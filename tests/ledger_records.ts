/** A naive reader of ledgers: every record as an object. What it tells owes nothing to the reducer. */
import { join } from "node:path";
import { openLedgerFile } from "../runtime/host/ledger_file.ts";
import { type DecodedRecord, decodeRecord } from "../runtime/ledger/decode.ts";
import { type Integrity, openLedger } from "../runtime/ledger/reader.ts";
import type { LedgerHeader } from "../runtime/ledger/header.ts";

/** A record that is no text. */
export type WholeRecord = Exclude<DecodedRecord, { lane: "text" }>;

export type ReadLedger = Readonly<
  { path: string; header: LedgerHeader; records: readonly WholeRecord[]; integrity: Integrity }
>;

/** Reads the only ledger in a folder. */
export function onlyLedger(folder: string): ReadLedger {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((it) => it.endsWith(".z6log"));
  if (names.length !== 1) throw new Error(`${folder} holds ${names.length} ledgers, and one was expected`);
  return readLedger(join(folder, names[0]));
}

/** Reads a ledger, texts left out. */
export function readLedger(path: string): ReadLedger {
  using source = openLedgerFile(path);
  const { header, scan } = openLedger(source);
  const records: WholeRecord[] = [];
  const integrity = scan(({ words, records: count }) => {
    for (let n = 0; n < count; n++) {
      const record = decodeRecord(words, n);
      if (record.lane !== "text") records.push(record);
    }
  });
  return { path, header, records, integrity };
}

/** Those of one kind, in the ledger's order. */
export function recordsOf({ records }: ReadLedger, name: string): WholeRecord[] {
  return records.filter((record) => record.name === name);
}
