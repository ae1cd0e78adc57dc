/**
 * Quantile functions of think times as integer tables. The runtime draws in straight lines between their points, and
 * does no transcendental mathematics; here everything is a BigInt, and so the same on every machine.
 */
import type { Tick } from "../../runtime/plan.ts";
import { exponential, type Fixed, logarithm, normalQuantile, ONE } from "./fixed_point.ts";

/** Stretches of equal probability; a table has one point more. */
const STRETCHES = 256;
/** Both ends of a normal distribution stand for its tails: their times are passed by one wait in 65,536. */
const TAIL = ONE >> 16n;
/** No wait is longer than the longest duration, 365 days. */
const LONGEST = BigInt(365 * 24 * 3_600) * 1_000_000n;

/** Cut at 0: what would be less waits not at all. */
export function normalQuantiles(meanTicks: Tick, deviationTicks: Tick): Tick[] {
  const quantile = (z: Fixed) => BigInt(meanTicks) * ONE + BigInt(deviationTicks) * z;
  return [TAIL, ...innerProbabilities(), ONE - TAIL].map((it) => rounded(quantile(normalQuantile(it))));
}

/** −mean · ln(1 − p) */
export function exponentialQuantiles(meanTicks: Tick): Tick[] {
  const mean = BigInt(meanTicks);
  return withMean(mean * ONE, 0n, innerProbabilities().map((it) => -mean * logarithm(ONE - it)));
}

/** median · e^(sigma · z): the logarithm of the wait is normal, with the deviation `sigma`. */
export function lognormalQuantiles(medianTicks: Tick, sigmaMillionths: number): Tick[] {
  const median = BigInt(medianTicks);
  const sigma = BigInt(sigmaMillionths);
  const quantile = (probability: Fixed) =>
    median * exponential((normalQuantile(probability) * sigma) / 1_000_000n);
  const mean = median * exponential((sigma * sigma * ONE) / 2_000_000_000_000n);
  return withMean(mean, quantile(TAIL), innerProbabilities().map(quantile));
}

/**
 * A table whose last point is where it gives the waits their exact mean. A long upper tail bends within the last
 * stretch; a chord to any fixed quantile would make waits longer on average than the scenario says.
 */
function withMean(mean: Fixed, first: Fixed, inner: readonly Fixed[]): Tick[] {
  const sum = inner.reduce((total, point) => total + point, 0n);
  const last = 2n * (BigInt(STRETCHES) * mean - sum) - first;
  return [first, ...inner, last].map(rounded);
}

function innerProbabilities(): Fixed[] {
  return Array.from({ length: STRETCHES - 1 }, (_, index) => (BigInt(index + 1) * ONE) / BigInt(STRETCHES));
}

/** Rounded to the nearest tick, within 0 … the longest duration. */
function rounded(ticks: Fixed): Tick {
  if (ticks <= 0n) return 0;
  const nearest = (ticks + ONE / 2n) / ONE;
  return Number(nearest < LONGEST ? nearest : LONGEST);
}
