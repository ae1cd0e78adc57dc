/** Rows of a heat map: log-linear buckets over times, eight to each doubling, which are 6 to 12 % high. */
import { LogLinear } from "./log_linear.ts";

const BUCKETS = new LogLinear(3);
const MOST = 0xffff_ffff;

/** The row in which a time lies; times above 2^32 ticks (71 minutes) are all in the last. */
export function heatRow(ticks: number): number {
  return BUCKETS.of(Math.min(ticks, MOST));
}

/** The least time of a row. */
export function heatLow(row: number): number {
  return BUCKETS.low(row);
}
