/** Into how many stretches a run's time is divided: few enough to draw and keep, wide enough to tell something. */
import type { Tick } from "../plan.ts";

const MILLISECOND = 1000;
const SECOND = 1_000_000;

/** Round for people. */
const WIDTHS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((milliseconds) => milliseconds * MILLISECOND),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((seconds) => seconds * SECOND),
] as const;

/** Whatever was measured, a run has about this many stretches, or more. */
const FEW = 100;
const MOST = 1000;
/** A quantile of a stretch should be of so many requests. */
const REQUESTS_A_STRETCH = 50;
/** What is kept of each stretch grows with the plan's parts; all of it together does not. */
const STRETCHES_TIMES_PARTS = 20_000;

/** Stretches at most: fewer for plans of many `parts` (steps and flows) and for runs of few `requests`. */
export function mostStretches(parts: number, requests: number): number {
  const most = Math.min(MOST, Math.max(FEW, Math.floor(STRETCHES_TIMES_PARTS / parts)));
  return Math.min(most, Math.max(FEW, Math.floor(requests / REQUESTS_A_STRETCH)));
}

/** The least round width with which the ticks from 0 to `lastTick` fall into at most `most` stretches. */
export function stretchWidth(lastTick: Tick, most: number): Tick {
  const wanted = (lastTick + 1) / most;
  const round = WIDTHS.find((width) => width >= wanted);
  if (round !== undefined) return round;
  const [greatest] = WIDTHS.slice(-1);
  return Math.ceil(wanted / greatest) * greatest;
}
