import type { Stamps } from "./stamps.ts";
import { nearestRank } from "./statistics.ts";

/** Of requests that should come evenly, in milliseconds. `achieved`: those that came, of those due meanwhile. */
export type Lateness = Readonly<{ achieved: number; p50: number; p99: number; max: number }>;

/**
 * How late requests came at a server, against an even schedule of `rate` a second. The n-th to come is taken for the
 * n-th that was due. The schedule is laid so that the least late request of the warm-up is not late: were it laid
 * through the first one, a late first would make all others early. What comes in the warm-up is not counted, and what
 * comes after `seconds` neither. Where requests are left out, everything behind them is late.
 */
export function lateness(stamps: Stamps, rate: number, warmupSeconds: number, seconds: number): Lateness {
  return latenessFrom(warmupSeconds, stamps, rate, warmupSeconds, seconds);
}

/** The same of the first `seconds`, with no warm-up before them; the schedule is laid through the least late of them. */
export function latenessAtFirst(stamps: Stamps, rate: number, seconds: number): Lateness {
  return latenessFrom(0, stamps, rate, seconds, seconds);
}

/** `laidSeconds`: the schedule is laid through one of the requests of so long. */
function latenessFrom(
  fromSeconds: number,
  stamps: Stamps,
  rate: number,
  laidSeconds: number,
  seconds: number,
): Lateness {
  const everyMs = 1000 / rate;
  let zeroMs = Infinity;
  for (let n = 0; n < Math.min(rate * laidSeconds, stamps.count); n++) {
    zeroMs = Math.min(zeroMs, stamps.arrivedMs(n) - n * everyMs);
  }
  const beginMs = zeroMs + fromSeconds * 1000;
  const endMs = beginMs + seconds * 1000;
  const late: number[] = [];
  for (let n = 0; n < stamps.count; n++) {
    const at = stamps.arrivedMs(n);
    if (at >= beginMs && at < endMs) late.push(at - zeroMs - n * everyMs);
  }
  if (late.length === 0) throw new Error("it sent nothing while it was measured");
  return {
    achieved: late.length / (rate * seconds),
    p50: nearestRank(late, 0.5),
    p99: nearestRank(late, 0.99),
    max: nearestRank(late, 1),
  };
}
