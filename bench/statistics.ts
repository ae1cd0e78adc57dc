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
