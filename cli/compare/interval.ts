/** The difference of two runs' values, and what other draws of blocks say about it. */
import type { Difference } from "./comparison.ts";

/** A value of one run. `replicates`: of each draw; null where it cannot be said how sure the value is. */
export type Estimate = Readonly<{ value: number; replicates: Float64Array | null }>;

/** Percent that an interval may hold. */
export const CONFIDENCES = [90, 95, 99] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Candidate less baseline, with the percentile interval (Efron 1979). */
export function difference(a: Estimate, b: Estimate, confidence: Confidence): Difference {
  return spread(a, b, confidence, (from, to) => to - from);
}

/** The same in parts of a million of the baseline; null where that is 0. */
export function change(a: Estimate, b: Estimate, confidence: Confidence): Difference | null {
  if (a.value === 0) return null;
  return spread(a, b, confidence, (from, to) => (to / from - 1) * 1_000_000);
}

function spread(
  a: Estimate,
  b: Estimate,
  confidence: Confidence,
  between: (from: number, to: number) => number,
): Difference {
  const value = rounded(between(a.value, b.value));
  const of = a.replicates;
  const to = b.replicates;
  if (of === null || to === null) return { value, low: null, high: null };
  const [low, high] = percentiles(of.map((from, replicate) => between(from, to[replicate])), confidence);
  return { value, low, high };
}

/** The ends of the percentile interval; both null where not all draws have a value. */
export function percentiles(
  replicates: Float64Array,
  confidence: Confidence,
): [number, number] | [null, null] {
  const all = replicates.toSorted();
  const outside = Math.floor((all.length * (100 - confidence)) / 200);
  const [low, high] = [all[outside], all[all.length - 1 - outside]];
  return Number.isFinite(low) && Number.isFinite(high) ? [rounded(low), rounded(high)] : [null, null];
}

/**
 * Replicates that were found in cells, moved so that the run as it is comes to its exact value: `found` is what cells
 * make of it.
 */
export function recentred(replicates: Float64Array, found: number, exact: number): Float64Array {
  return found > 0
    ? replicates.map((one) => (one * exact) / found)
    : replicates.map((one) => one + exact - found);
}

/** To three decimals, and never −0. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000 + 0;
}
