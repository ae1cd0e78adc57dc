/** Rows of the histograms that a diagnosis is made of: log-linear, sixteen to each doubling, which are 3 to 6 % high. */
import { LogLinear } from "../log_linear.ts";
import { nearestRank } from "../nearest_rank.ts";

const STEPS_LOG2 = 4;
const BUCKETS = new LogLinear(STEPS_LOG2);
/** Rows to a doubling. */
export const DOUBLING = 1 << STEPS_LOG2;
const MOST = 0xffff_ffff;

/** Of one histogram. */
export const ROWS = (32 - STEPS_LOG2) * DOUBLING + DOUBLING;

/** The row in which a time lies; times above 2^32 ticks (71 minutes) are all in the last. */
export function timeRow(ticks: number): number {
  return BUCKETS.of(ticks < MOST ? ticks : MOST);
}

/** The least time of a row. */
export function rowLow(row: number): number {
  return BUCKETS.low(row);
}

/** The time in the middle of a row: at most 3 % from every time in it. */
export function rowMiddle(row: number): number {
  return Math.floor((rowLow(row) + rowLow(row + 1) - 1) / 2);
}

/** The row in which the quantile lies, by nearest rank; −1 where nothing was counted. */
export function quantileRow(rows: ArrayLike<number>, ppm: number): number {
  let all = 0;
  for (let row = 0; row < rows.length; row++) all += rows[row];
  const rank = nearestRank(ppm, all);
  for (let row = 0, before = 0; row < rows.length; row++) {
    before += rows[row];
    if (before >= rank) return row;
  }
  return -1;
}
