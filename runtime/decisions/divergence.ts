import { type DecodedRecord, decodeRecord } from "../ledger/decode.ts";
import type { OpenedLedger } from "../ledger/reader.ts";
import { KIND, NONE } from "../ledger/record.ts";
import { recordText } from "../ledger/text.ts";
import { isDecided, SessionPrints } from "./session_prints.ts";

/** A record of a session, and the text that continues it. */
export type SessionRecord =
  & Exclude<DecodedRecord, { lane: "text" }>
  & Readonly<{
    text: string | null;
    /** Whether plan and seed decided it. */
    decided: boolean;
  }>;

/** Where two ledgers part first. */
export type Divergence = Readonly<{
  /** NONE: the run itself, not one of its sessions. */
  session: number;
  what: "decision" | "observation";
  /** The records of that session that are alike in both, the last few. */
  before: readonly SessionRecord[];
  /** What follows them; null where a ledger has no further one. */
  a: SessionRecord | null;
  b: SessionRecord | null;
}>;

export type Comparison = Readonly<{
  /** In either ledger, without the run itself. */
  sessions: number;
  /** Sessions whose decisions differ, and those whose decisions are the same and whose observations differ. */
  decisionsDiffer: number;
  observationsDiffer: number;
  first: Divergence | null;
}>;

type Scanned = Pick<OpenedLedger, "header" | "scan">;

/**
 * Compares two ledgers session by session. Each is read twice: for 20 bytes a session, and for the records of the one
 * session that is shown: the first whose decisions differ, or else the first of which something else was seen.
 */
export function compare(a: Scanned, b: Scanned, context = 4): Comparison {
  const [inA, inB] = [new SessionPrints(a), new SessionPrints(b)];
  const all = [...new Set([...inA.sessions(), ...inB.sessions()])].sort((x, y) => x - y);
  const decided = all.filter((session) => !inA.sameDecisions(inB, session));
  const others = new Set(decided);
  const seen = all.filter((session) => !others.has(session) && !inA.sameObservations(inB, session));
  const session = decided.at(0) ?? seen.at(0);
  return {
    sessions: all.filter((it) => it !== NONE).length,
    decisionsDiffer: decided.filter((it) => it !== NONE).length,
    observationsDiffer: seen.filter((it) => it !== NONE).length,
    first: session === undefined
      ? null
      : divergenceOf(session, decided.length > 0 ? "decision" : "observation", a, b, context),
  };
}

function divergenceOf(
  session: number,
  what: Divergence["what"],
  a: Scanned,
  b: Scanned,
  context: number,
): Divergence {
  const isOpen = a.header.plan.load.model === "open";
  const [inA, inB] = [recordsOf(a, session), recordsOf(b, session)];
  const [comparedA, comparedB] = [inA, inB].map((all) =>
    what === "decision" ? all.filter(({ decided }) => decided) : all
  );
  let n = 0;
  while (n < comparedA.length && n < comparedB.length && same(comparedA[n], comparedB[n], what, isOpen)) n++;
  const at = comparedA.at(n);
  const before = at === undefined ? inA : inA.slice(0, inA.indexOf(at));
  return {
    session,
    what,
    before: before.slice(-context),
    a: at ?? null,
    b: comparedB.at(n) ?? null,
  };
}

function same(a: SessionRecord, b: SessionRecord, what: Divergence["what"], isOpen: boolean): boolean {
  const isStart = a.kind === KIND.sessionStarted;
  const sameTick = what === "decision" && !(isStart && isOpen) ? true : a.tick === b.tick;
  const sameA = what === "decision" && isStart && !isOpen ? true : a.a === b.a;
  const sameC = a.kind === KIND.connectionClosed ? true : a.c === b.c;
  return sameTick && a.kind === b.kind && a.step === b.step && sameA && a.b === b.b && sameC &&
    (what === "decision" || a.text === b.text);
}

function recordsOf({ scan }: Scanned, session: number): SessionRecord[] {
  const found: SessionRecord[] = [];
  let isObserved = false;
  scan(({ words, records }) => {
    for (let n = 0; n < records; n++) {
      const record = decodeRecord(words, n);
      if (record.lane === "text" || (record.session ?? NONE) !== session) continue;
      const { kind } = record;
      found.push({
        ...record,
        text: recordText(words, records, n),
        decided: isDecided(kind, isObserved),
      });
      if (kind === KIND.redirected || kind === KIND.retried) isObserved = true;
      if (kind === KIND.requestPlanned) isObserved = false;
    }
  });
  return found;
}
