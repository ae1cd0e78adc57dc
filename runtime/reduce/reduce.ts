/** Ledger to Summary: the whole of it on one screen. */
import { Counters } from "./counters.ts";
import { Fold } from "./fold.ts";
import type { Integrity, OpenedLedger } from "../ledger/reader.ts";
import { type Routes, SeriesSet } from "./sample_routes.ts";
import { summarise } from "./summarise.ts";
import type { Summary } from "./summary.ts";

/** A ledger that can be read more than once. */
export type ReducibleLedger = Pick<OpenedLedger, "header" | "scan">;

/**
 * Reads the ledger as often as exact quantiles need: once to count into buckets, and again for the buckets that hold
 * a wanted rank until each is a single tick. That is once when all are below 4 ms, twice below 33 s. Memory does not
 * depend on the ledger's length. Throws when its records contradict each other, which is a bug.
 */
export function reduce(ledger: ReducibleLedger): Summary {
  const { plan } = ledger.header;
  const series = new SeriesSet(plan);
  const counters = new Counters(plan);
  const integrity = pass(ledger, counters, series.histograms());
  for (let routes = series.closePass(); routes !== null; routes = series.closePass()) {
    pass(ledger, new Counters(plan), routes);
  }
  return summarise(ledger.header, integrity, counters, series);
}

function pass(ledger: ReducibleLedger, counters: Counters, routes: Routes): Integrity {
  const fold = new Fold(ledger.header.plan, counters, routes);
  return ledger.scan((block) => fold.visit(block));
}
