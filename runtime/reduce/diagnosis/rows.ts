/** Rows of the histograms that a diagnosis is made of: log-linear, sixteen to each doubling, which are 3 to 6 % high. */
const STEPS_LOG2 = 4;
/** Rows to a doubling. */
export const DOUBLING = 1 << STEPS_LOG2;
const MOST = 0xffff_ffff;

/** Of one histogram. */
export const ROWS = (32 - STEPS_LOG2) * DOUBLING + DOUBLING;

/** The row in which a time lies; times above 2^32 ticks (71 minutes) are all in the last. */
export function timeRow(ticks: number): number {
  if (ticks < 2 * DOUBLING) return ticks;
  const value = ticks < MOST ? ticks : MOST;
  const shift = 31 - STEPS_LOG2 - Math.clz32(value);
  return shift * DOUBLING + (value >>> shift);
}

/** The least time of a row. */
export function rowLow(row: number): number {
  return row < 2 * DOUBLING ? row : (row % DOUBLING + DOUBLING) * 2 ** (Math.floor(row / DOUBLING) - 1);
}

/** The time in the middle of a row: at most 3 % from every time in it. */
export function rowMiddle(row: number): number {
  return Math.floor((rowLow(row) + rowLow(row + 1) - 1) / 2);
}

/** The row in which the quantile lies, by nearest rank; −1 where nothing was counted. */
export function quantileRow(rows: ArrayLike<number>, ppm: number): number {
  let all = 0;
  for (let row = 0; row < rows.length; row++) all += rows[row];
  const rank = Math.max(1, Math.ceil((ppm * all) / 1_000_000));
  for (let row = 0, before = 0; row < rows.length; row++) {
    before += rows[row];
    if (before >= rank) return row;
  }
  return -1;
}
