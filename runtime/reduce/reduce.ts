/** Ledgers to Summary: the whole of it on one screen. */
import { DecisionDigest } from "../decisions/decision_digest.ts";
import { Counters } from "./counters.ts";
import { Course } from "./course.ts";
import { Fold } from "./fold.ts";
import { firstPass, type ReducibleLedger, usuallyWanted } from "./first_pass.ts";
import { SeriesSet } from "./sample_routes.ts";
import { assertOneRun } from "./shards.ts";
import { summarise } from "./summarise.ts";
import type { Summary } from "./summary.ts";

export type ReduceOptions = Readonly<{
  /**
   * Numbers of the shards that the figures should be of, and of which a missing one is told. Where nothing is said, a
   * single ledger's own, and all for several.
   */
  wanted?: readonly number[];
}>;

/**
 * Reads the ledgers of one run's shards, in any order, as often as exact quantiles need: once to count into buckets,
 * and again for the buckets that hold a wanted rank until each is a single tick. That is once when all are below a second,
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
    const unused = new Counters(plan, false);
    for (const ledger of sorted) {
      const fold = new Fold(plan, unused, new Course(plan), routes);
      ledger.scan((block) => fold.visit(block));
    }
  }
  return summarise(read, counters, series, decisions.result(), wanted ?? usuallyWanted(sorted));
}
