/** Ledgers as lists of objects, texts included: what the reducer is held against. */
import { decodeRecord } from "../../runtime/ledger/decode.ts";
import type { LedgerHeader } from "../../runtime/ledger/header.ts";
import { type Integrity, openLedger } from "../../runtime/ledger/reader.ts";
import { memorySource } from "../../runtime/ledger/source.ts";
import { recordText } from "../../runtime/ledger/text.ts";
import type { Whole } from "../simulated_run.ts";

/** A record, and the text behind it. */
export type Told = Whole & Readonly<{ text: string }>;

export type ToldLedger = Readonly<{ header: LedgerHeader; integrity: Integrity; records: Told[] }>;

export function toldLedger(bytes: Uint8Array): ToldLedger {
  const { header, scan } = openLedger(memorySource(bytes));
  const records: Told[] = [];
  const integrity = scan(({ words, records: count }) => {
    for (let n = 0; n < count; n++) {
      const record = decodeRecord(words, n);
      if (record.lane !== "text") records.push({ ...record, text: recordText(words, count, n) ?? "" });
    }
  });
  return { header, integrity, records };
}
