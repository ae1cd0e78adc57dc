import type { Stall, Stamps } from "./stamps.ts";
import { nearestRank } from "./statistics.ts";

/** Milliseconds from when an arrival was due to when the server had answered it: p50, p99 and p99.9. */
export type Waits = Readonly<{ p50: number; p99: number; p999: number }>;

/**
 * What the arrivals of a run really waited that were due from `fromMs` on: session n, due at dueMs[n], is the request with n
 * in its path. The run's start on the server's clock is where the least delayed request came as soon as it was due: the
 * way there is left out.
 */
export function waitsOfSessions(stamps: Stamps, dueMs: readonly number[], fromMs = 0): Waits {
  let zeroMs = Infinity;
  for (let n = 0; n < stamps.count; n++) {
    zeroMs = Math.min(zeroMs, stamps.arrivedMs(n) - dueMs[stamps.session(n)]);
  }
  if (stamps.count !== dueMs.length) throw new Error(`${stamps.count} of ${dueMs.length} arrivals came`);
  const waits: number[] = [];
  for (let n = 0; n < stamps.count; n++) {
    const due = dueMs[stamps.session(n)];
    if (due >= fromMs) waits.push(stamps.answeredMs(n) - zeroMs - due);
  }
  return quantiles(waits);
}

/**
 * What even arrivals, `rate` a second from the first request on, would have waited at this server: one after the other,
 * each taking `serviceMs`, and none while it stood still.
 */
export function waitsOfSchedule(stamps: Stamps, rate: number, seconds: number): Waits {
  const serviceMs = drainMs(stamps);
  const zeroMs = stamps.arrivedMs(0);
  const waits: number[] = [];
  let freeMs = zeroMs;
  let next = 0;
  for (let n = 0; n < rate * seconds; n++) {
    const dueMs = zeroMs + (n * 1000) / rate;
    let beginMs = Math.max(dueMs, freeMs);
    while (next < stamps.stalls.length && stamps.stalls[next].endMs <= beginMs) next++;
    const stall: Stall | undefined = stamps.stalls[next];
    if (stall !== undefined && beginMs >= stall.beginMs) beginMs = stall.endMs;
    freeMs = beginMs + serviceMs;
    waits.push(freeMs - dueMs);
  }
  return quantiles(waits);
}

/** So many answers after a stall belong to those who waited for its end. */
const WAITING = 20;

/** What one request takes while a queue is worked off: the middle one of the times between answers behind stalls. */
function drainMs(stamps: Stamps): number {
  const gaps: number[] = [];
  let stall = 0;
  let behind = 0;
  for (let n = 1; n < stamps.count && stall < stamps.stalls.length; n++) {
    if (stamps.answeredMs(n - 1) < stamps.stalls[stall].endMs) continue;
    gaps.push(stamps.answeredMs(n) - stamps.answeredMs(n - 1));
    if (++behind < WAITING) continue;
    stall++;
    behind = 0;
  }
  if (gaps.length === 0) throw new Error("the server never stalled");
  return nearestRank(gaps, 0.5);
}

function quantiles(waits: readonly number[]): Waits {
  return { p50: nearestRank(waits, 0.5), p99: nearestRank(waits, 0.99), p999: nearestRank(waits, 0.999) };
}
