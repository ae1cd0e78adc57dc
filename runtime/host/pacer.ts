import { setImmediate } from "node:timers";
import type { Clock } from "../engine/host.ts";
import type { Tick } from "../plan.ts";

/**
 * Waits until a tick, or until something has been delivered. A timer is late by about a millisecond, so it takes
 * the coarse part of the way only; for the rest the event loop turns without rest, and goes on reading sockets.
 */
export class Pacer {
  readonly #clock: Clock;
  #resolve: (() => void) | null = null;
  #timer = 0;
  /** When the armed timer fires, or Infinity. */
  #timerTick: Tick = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(until: Tick): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      const leftTicks = until - this.#clock.now();
      if (leftTicks <= SPIN_TICKS) setImmediate(this.nudge);
      else this.#arm(until - SPIN_TICKS, leftTicks - SPIN_TICKS);
    });
  }

  /** Ends the wait. */
  readonly nudge = (): void => {
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.();
  };

  /** A timer that fires too early costs one turn of the loop; to move it with every wait would cost more. */
  #arm(tick: Tick, leftTicks: Tick): void {
    if (this.#timerTick <= tick) return;
    clearTimeout(this.#timer);
    this.#timerTick = tick;
    this.#timer = setTimeout(() => {
      this.#timerTick = Infinity;
      this.nudge();
    }, Math.floor(leftTicks / 1000));
  }
}

/** A timer for n whole milliseconds fires n … n + 1.3 ms later (docs/performance.md). */
const SPIN_TICKS = 2_000;
