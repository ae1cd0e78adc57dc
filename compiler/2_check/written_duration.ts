import type { Tick } from "../../runtime/plan.ts";

/** A time as messages say it: in its unit, rounded to two decimals: `250us`, `1.5ms`, `10s`, `90s`. */
export function writtenDuration(ticks: Tick): string {
  if (ticks < 1_000) return `${Math.round(ticks)}us`;
  if (ticks < 1_000_000) return `${Math.round(ticks / 10) / 100}ms`;
  return `${Math.round(ticks / 10_000) / 100}s`;
}
