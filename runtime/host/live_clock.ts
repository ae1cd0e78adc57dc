import type { Clock } from "../engine/host.ts";
import type { Tick } from "../plan.ts";

/** The machine's monotonic clock, from the moment of construction. */
export class LiveClock implements Clock {
  readonly #startMs = performance.now();

  now(): Tick {
    return Math.floor((performance.now() - this.#startMs) * 1000);
  }

  wallClockMs(): number {
    return Date.now();
  }
}
