import { type DecodedRecord, decodeRecord } from "../../runtime/ledger/decode.ts";
import { WORD } from "../../runtime/ledger/layout.ts";
import type { OpenedLedger } from "../../runtime/ledger/reader.ts";
import { CONTINUATION } from "../../runtime/ledger/record.ts";
import { recordText } from "../../runtime/ledger/text.ts";

/** A record and the text behind it. */
export type ToldRecord = Exclude<DecodedRecord, { lane: "text" }> & Readonly<{ text: string | null }>;

/** The records of one session, in the ledger's order: at most `most` of them, and how many there are in all. */
export type SessionRecords = Readonly<{ session: number; records: ToldRecord[]; total: number }>;

/** Collects those of several sessions in one pass; none of a session that the ledger does not have. */
export function recordsOfSessions(
  ledger: Pick<OpenedLedger, "scan">,
  sessions: readonly number[],
  most: number,
): SessionRecords[] {
  const found = new Map(sessions.map((session) => [session, { session, records: [], total: 0 } as Found]));
  ledger.scan(({ words, records }) => {
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      if ((words[at + WORD.kindAndStep] & CONTINUATION) !== 0) continue;
      const of = found.get(words[at + WORD.session]);
      if (of === undefined) continue;
      of.total++;
      if (of.records.length < most) of.records.push(told(words, records, index));
    }
  });
  return [...found.values()];
}

type Found = { session: number; records: ToldRecord[]; total: number };

/** Record `index`, which is no text. */
export function told(words: Uint32Array, records: number, index: number): ToldRecord {
  const record = decodeRecord(words, index);
  if (record.lane === "text") throw new Error("a text was taken for a record");
  return { ...record, text: recordText(words, records, index) };
}
