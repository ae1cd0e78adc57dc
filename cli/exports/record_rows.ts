/** A row for each record, as docs/ledger.md has them; a text stands with the record that it continues. */
import { kindName } from "../../runtime/ledger/decode.ts";
import { WORD } from "../../runtime/ledger/layout.ts";
import { CONTINUATION, KIND, NO_STEP, NONE, OBSERVATION } from "../../runtime/ledger/record.ts";
import { recordText } from "../../runtime/ledger/text.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { phaseOf } from "./phase.ts";
import { columns, type RowWriter, type Value } from "./table.ts";

export const RECORD_COLUMNS = [
  ...columns("whole", "shard", "position", "tick"),
  ...columns("text", "phase", "lane", "kind"),
  ...columns("whole", "session?", "vu?"),
  ...columns("text", "flow?", "step?"),
  ...columns("whole", "a", "b", "c"),
  ...columns("text", "text?"),
] as const;

/** `position` counts a ledger's records from 0, those that carry texts left out. */
export function writeRecords(ledgers: readonly ReducibleLedger[], to: RowWriter): void {
  for (const { header, scan } of ledgers) {
    const { plan, shard } = header;
    const row: Value[] = new Array(RECORD_COLUMNS.length).fill(null);
    let position = 0;
    scan(({ words, records }) => {
      for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
        const kind = words[at + WORD.kindAndStep] & 0xffff;
        if ((kind & CONTINUATION) !== 0) continue;
        const step = words[at + WORD.kindAndStep] >>> 16;
        const session = words[at + WORD.session];
        const phase = phaseOf(session);
        const isOfFlow = kind === KIND.sessionStarted || kind === KIND.sessionEnded;
        const flow = isOfFlow ? step : plan.steps[step]?.flow;
        row[0] = shard.index;
        row[1] = position++;
        row[2] = tickAt(words, at);
        row[3] = phase;
        row[4] = (kind & OBSERVATION) === 0 ? "decision" : "observation";
        row[5] = kindName(kind);
        row[6] = session === NONE || phase !== "load" ? null : session;
        row[7] = words[at + WORD.vu] === NONE ? null : words[at + WORD.vu];
        row[8] = flow === undefined ? null : plan.flows[flow]?.name ?? null;
        row[9] = isOfFlow || step === NO_STEP ? null : plan.steps[step]?.name ?? String(step);
        row[10] = words[at + WORD.a];
        row[11] = words[at + WORD.b];
        row[12] = words[at + WORD.c];
        row[13] = isContinued(words, records, index) ? recordText(words, records, index) : null;
        to.row(row);
      }
    });
  }
}

/** Most records have no text, and to look for one takes its time. */
function isContinued(words: Uint32Array, records: number, index: number): boolean {
  const next = (index + 1) * WORD.words + WORD.kindAndStep;
  return index + 1 < records && (words[next] & CONTINUATION) !== 0;
}
