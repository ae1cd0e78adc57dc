/** What a report needs of a ledger's first reading. */
import type { DecisionDigest } from "../decisions/decision_digest.ts";
import type { OpenedLedger, RecordBlock } from "../ledger/reader.ts";
import type { Counters } from "./counters.ts";
import { Course } from "./course.ts";
import { Fold } from "./fold.ts";
import type { Routes } from "./sample_routes.ts";
import { ALL } from "./scope.ts";
import { allShards } from "./shards.ts";
import type { ReadShard } from "./summarise.ts";

/** A ledger that can be read more than once. */
export type ReducibleLedger = Pick<OpenedLedger, "header" | "scan">;

/** Numbers of the shards that figures are of where nobody says: a single ledger's own, and all for several. */
export function usuallyWanted([{ header: { shard } }, ...others]: readonly ReducibleLedger[]): number[] {
  return others.length === 0 ? [shard.index] : allShards(shard.count);
}

/** Counts one ledger of a run; `visit` sees every block, too. */
export function firstPass(
  { header, scan }: ReducibleLedger,
  counters: Counters,
  routes: Routes,
  decisions: DecisionDigest,
  visit: (block: RecordBlock) => void = () => {},
): ReadShard {
  const before = measuredCounts(counters);
  const course = new Course(header.plan);
  const fold = new Fold(header.plan, counters, course, routes);
  const integrity = scan((block) => {
    fold.visit(block);
    decisions.visit(block);
    visit(block);
  });
  decisions.nextShard();
  const after = measuredCounts(counters);
  return {
    header,
    integrity,
    course,
    sessions: after.sessions - before.sessions,
    requests: after.requests - before.requests,
  };
}

function measuredCounts(counters: Counters): { sessions: number; requests: number } {
  return {
    sessions: counters.sessionsOf(ALL, false).started,
    requests: counters.requestsOf(ALL, false).issued,
  };
}
