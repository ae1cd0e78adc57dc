import type { Clock } from "../engine/host.ts";
import type { Tick } from "../plan.ts";

/** The machine's monotonic clock, from the moment it was started. */
export class LiveClock implements Clock {
  #startMs = performance.now();

  /**
   * Makes this moment tick 0: called once, when everything is prepared. `moment`: another one than now, as
   * `performance.now` tells it, that has come already.
   */
  start(moment: number = performance.now()): void {
    this.#startMs = moment;
  }

  now(): Tick {
    return Math.floor((performance.now() - this.#startMs) * 1000);
  }

  wallClockMs(): number {
    return Date.now();
  }
}
