/** Of several runs: the middle one, and how far apart they were. */
export type Spread = Readonly<{ median: number; min: number; max: number }>;

/** At least one value; of an even number, the lower of the two in the middle. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: sorted[Math.floor((sorted.length - 1) / 2)],
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

/** Quantile q of at least one value: an order statistic, as in reports (docs/metrics.md). */
export function nearestRank(values: ArrayLike<number>, q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
