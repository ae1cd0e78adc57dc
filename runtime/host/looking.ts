import type { Tick } from "../plan.ts";

/**
 * Looking once takes microseconds. What is longer was something else besides: another program had the core, or Deno had
 * work of its own.
 */
const LOOK_TICKS_MAX = 200;

/**
 * Counts the time in which a thread stayed awake with nothing to do but look whether something is due, or has come: it
 * uses the processor for that, and would have had it for work.
 */
export class Looking {
  #ticks: Tick = 0;
  /** When the look began that may have found nothing so far; −1: there is none. */
  #since: Tick = -1;

  /** In all. */
  get ticks(): Tick {
    return this.#ticks;
  }

  begin(now: Tick): void {
    this.#since = now;
  }

  /** There was something to do. */
  found(): void {
    this.#since = -1;
  }

  /** The look that was begun, if it has found nothing, is over. */
  end(now: Tick): void {
    if (this.#since >= 0) this.#ticks += Math.min(now - this.#since, LOOK_TICKS_MAX);
    this.#since = -1;
  }
}
