/** Ledgers to Summary: the whole of it on one screen. */
import { DecisionDigest } from "../decisions/decision_digest.ts";
import { Counters } from "./counters.ts";
import { Course } from "./course.ts";
import { Fold } from "./fold.ts";
import type { OpenedLedger } from "../ledger/reader.ts";
import { type Routes, SeriesSet } from "./sample_routes.ts";
import { ALL } from "./scope.ts";
import { allShards, assertOneRun } from "./shards.ts";
import { type ReadShard, summarise } from "./summarise.ts";
import type { Summary } from "./summary.ts";

/** A ledger that can be read more than once. */
export type ReducibleLedger = Pick<OpenedLedger, "header" | "scan">;

export type ReduceOptions = Readonly<{
  /**
   * Numbers of the shards that the figures should be of, and of which a missing one is told. Where nothing is said, a
   * single ledger's own, and all for several.
   */
  wanted?: readonly number[];
}>;

/**
 * Reads the ledgers of one run's shards, in any order, as often as exact quantiles need: once to count into buckets,
 * and again for the buckets that hold a wanted rank until each is a single tick. That is once when all are below 4 ms,
 * twice below 33 s. Memory does not depend on the ledgers' length. Throws `CannotMerge` where they are not of one run,
 * and when records contradict each other, which is a bug.
 */
export function reduce(
  ledgers: readonly ReducibleLedger[],
  { wanted }: ReduceOptions = {},
): Summary {
  assertOneRun(ledgers.map(({ header }) => header));
  const sorted = ledgers.toSorted((one, other) => one.header.shard.index - other.header.shard.index);
  const { plan } = sorted[0].header;
  const series = new SeriesSet(plan);
  const counters = new Counters(plan);
  const decisions = new DecisionDigest(plan);
  const read = sorted.map((ledger) => firstPass(ledger, counters, series.histograms(), decisions));
  for (let routes = series.closePass(); routes !== null; routes = series.closePass()) {
    const unused = new Counters(plan);
    for (const ledger of sorted) {
      const fold = new Fold(plan, unused, new Course(plan), routes);
      ledger.scan((block) => fold.visit(block));
    }
  }
  return summarise(read, counters, series, decisions.result(), wanted ?? usuallyWanted(sorted));
}

function usuallyWanted([{ header: { shard } }, ...others]: readonly ReducibleLedger[]): number[] {
  return others.length === 0 ? [shard.index] : allShards(shard.count);
}

function firstPass(
  { header, scan }: ReducibleLedger,
  counters: Counters,
  routes: Routes,
  decisions: DecisionDigest,
): ReadShard {
  const before = measuredCounts(counters);
  const course = new Course(header.plan);
  const fold = new Fold(header.plan, counters, course, routes);
  const integrity = scan((block) => {
    fold.visit(block);
    decisions.visit(block);
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
