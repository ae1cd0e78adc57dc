/** Rows of a heat map: log-linear buckets over times, eight to each doubling, which are 6 to 12 % high. */
const STEPS_LOG2 = 3;
const STEPS = 1 << STEPS_LOG2;
const MOST = 0xffff_ffff;

/** The row in which a time lies; times above 2^32 ticks (71 minutes) are all in the last. */
export function heatRow(ticks: number): number {
  if (ticks < 2 * STEPS) return ticks;
  const value = Math.min(ticks, MOST);
  const shift = 31 - STEPS_LOG2 - Math.clz32(value);
  return shift * STEPS + (value >>> shift);
}

/** The least time of a row. */
export function heatLow(row: number): number {
  return row < 2 * STEPS ? row : (row % STEPS + STEPS) * 2 ** (Math.floor(row / STEPS) - 1);
}
