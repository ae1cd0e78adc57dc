import { setImmediate } from "node:timers";
import type { Clock, Completions } from "../engine/host.ts";
import type { Tick } from "../plan.ts";
import type { Looking } from "./looking.ts";

/**
 * Waits until a tick, or until something delivered makes the engine due before it. A timer is late by about a millisecond,
 * so it takes the coarse part of the way only; for the rest the event loop turns without rest, and goes on reading sockets.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #completions: Completions;
  readonly #looking: Looking;
  #until: Tick = Infinity;
  #resolve: (() => void) | null = null;
  #timer = 0;
  /** When the armed timer fires, or Infinity. */
  #timerTick: Tick = Infinity;

  constructor(clock: Clock, completions: Completions, looking: Looking) {
    this.#clock = clock;
    this.#completions = completions;
    this.#looking = looking;
  }

  wait(until: Tick): Promise<void> {
    return new Promise((resolve) => {
      this.#until = until;
      this.#resolve = resolve;
      const now = this.#clock.now();
      const leftTicks = until - now;
      if (leftTicks <= SPIN_TICKS) this.#look(now);
      else this.#arm(until - SPIN_TICKS, leftTicks - SPIN_TICKS);
    });
  }

  /** Something has been delivered: ends the wait where the engine is due before its end. */
  delivered(): void {
    this.#looking.found();
    if (this.#resolve !== null && this.#completions.dueTick(this.#until) < this.#until) this.#end();
  }

  /** One turn of the event loop. */
  #look(now: Tick): void {
    this.#looking.begin(now);
    setImmediate(this.#looked);
  }

  readonly #looked = (): void => {
    this.#looking.end(this.#clock.now());
    this.#end();
  };

  readonly #end = (): void => {
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
      this.#end();
    }, Math.floor(leftTicks / 1000));
  }
}

/** A timer for n whole milliseconds fires n … n + 1.3 ms later (docs/performance.md). */
const SPIN_TICKS = 2_000;
