/** Ledgers to Timeline: the whole of it on one screen. */
import type { ReducibleLedger } from "./first_pass.ts";
import { isOfLoad } from "./scope.ts";
import type { Summary } from "./summary.ts";
import type { Timeline } from "./timeline.ts";
import { TimelineCounts, TimelineFold } from "./timeline_fold.ts";
import { OUTCOMES } from "./timeline_outcomes.ts";
import { TimelineParts } from "./timeline_parts.ts";
import { plannedColumns } from "./timeline_plan.ts";
import { TimelineQuantiles } from "./timeline_quantiles.ts";
import { TimelineSamples } from "./timeline_samples.ts";
import { TimelineSpectra } from "./timeline_spectra.ts";
import { mostStretches, stretchWidth } from "./timeline_width.ts";

/** Places of a heat map, side by side. */
const HEAT_PLACES = 160;

/**
 * Reads the ledgers of one run, in any order, as often as exact quantiles need: once where lag is below 16 ms and there
 * are up to 16 million requests. Memory does not depend on the ledgers' length. `summary`: of the same ledgers.
 * `mostKept`: samples that are kept in memory at once, where the usual number is too many.
 */
export function timelineOf(
  ledgers: readonly ReducibleLedger[],
  summary: Pick<Summary, "time" | "responseTime">,
  mostKept?: number,
): Timeline {
  const [{ header: { plan, shard } }] = ledgers;
  const told = plan.steps.filter((step) => isOfLoad(plan, step)).length + plan.flows.length + 1;
  const lastTick = summary.time.elapsedTicks;
  const widthTicks = stretchWidth(lastTick, mostStretches(told, summary.responseTime?.count ?? 0));
  const length = Math.floor(lastTick / widthTicks) + 1;
  const heatStretches = Math.ceil(length / HEAT_PLACES);
  const parts = new TimelineParts(plan);
  const counts = new TimelineCounts(length);
  const quantiles = new TimelineQuantiles(parts, length, heatStretches);
  const spectra = new TimelineSpectra(parts, length);
  for (let from = 0, pass = 1, again = true; from < length || again; pass++) {
    const samples = new TimelineSamples(from, length, mostKept);
    const times = {
      lag: (stretch: number, ticks: number) => spectra.addLag(stretch, ticks),
      responseTime(stretch: number, cell: number, outcome: number, ticks: number) {
        spectra.addResponse(cell, ticks);
        samples.add(stretch, quantiles.sample(ticks, cell * OUTCOMES.length + outcome));
      },
    };
    for (const { header, scan } of ledgers) {
      const counted = pass === 1 ? counts : new TimelineCounts(length);
      const fold = new TimelineFold(header.plan, widthTicks, counted, times);
      scan((block) => fold.visit(block));
    }
    again = spectra.closePass();
    // Where all samples are at hand, they need not be read again. Those of lag are not.
    const isAtHand = pass === 1 && samples.end === length && !spectra.seeksLag;
    for (; from < samples.end; from++) {
      const sorted = samples.takeSorted(from);
      quantiles.stretch(from, sorted);
      if (again && isAtHand) quantiles.forEach(sorted, (ticks, cell) => spectra.addResponse(cell, ticks));
    }
    if (again && isAtHand) again = spectra.closePass();
  }
  return {
    widthTicks,
    length,
    heatStretches,
    columns: [
      ...plannedColumns(plan, widthTicks, length, ledgers.length / shard.count),
      ...counts.told(parts),
      ...quantiles.told(),
      ...spectra.lagColumns(),
    ],
    spectra: spectra.spectra(),
  };
}
