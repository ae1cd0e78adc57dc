import type { Plan } from "../plan.ts";
import { decisionText } from "./decision_text.ts";
import { undecidable } from "./expected_outcome.ts";
import { expectedDecisions, expectedSession, type ToldDecision } from "./expected_decisions.ts";

/** The first session that decides otherwise under another plan, and what it decides there: clauses for people. */
export type DecisionChange = Readonly<{
  session: number;
  /** The flow that it takes, by the first plan that has it. */
  flow: string;
  before: string;
  now: string;
  /** Sessions that decide otherwise, those of one plan alone among them. */
  sessions: number;
}>;

/** Why it cannot be told what changed, a clause for people. */
export type Undecidable = Readonly<{ reason: string }>;

/** Compares what sessions of two plans decide when every response is as expected; null where all of it is the same. */
export function decisionChange(before: Plan, now: Plan): DecisionChange | Undecidable | null {
  const reason = undecidable(before) ?? undecidable(now);
  if (reason !== null) return { reason };
  const digests = new Map<number, string>();
  expectedDecisions(before, (session, digest) => digests.set(session, digest.join()));
  const differing: number[] = [];
  expectedDecisions(now, (session, digest) => {
    if (digests.get(session) !== digest.join()) differing.push(session);
    digests.delete(session);
  });
  const all = [...differing, ...digests.keys()];
  const session = all.reduce((least, it) => Math.min(least, it), Infinity);
  if (session === Infinity) return null;
  const [was, is] = [expectedSession(before, session), expectedSession(now, session)];
  const at = firstDifference(before, was ?? [], now, is ?? []);
  const [owner, [first]] = was === null ? [now, is ?? []] : [before, was];
  return {
    session,
    flow: owner.flows[first?.step ?? 0].name,
    before: was === null ? "no such session" : told(before, was.at(at)),
    now: is === null ? "no such session" : told(now, is.at(at)),
    sessions: all.length,
  };
}

/** Numbers of steps and flows move when others come and go; names are what a person compares. */
function firstDifference(
  before: Plan,
  was: readonly ToldDecision[],
  now: Plan,
  is: readonly ToldDecision[],
): number {
  let n = 0;
  while (n < was.length && n < is.length && told(before, was[n]) === told(now, is[n])) n++;
  return n;
}

function told(plan: Plan, decision: ToldDecision | undefined): string {
  if (decision === undefined) return "nothing more";
  return decisionText(plan, { ...decision, tick: decision.tick ?? 0 });
}
