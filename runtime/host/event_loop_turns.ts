import type { Tick } from "../plan.ts";

/** Deno's event loop is without turns for so long at most: for Ctrl-C, for the live screen, for messages to workers. */
const EVERY_TICKS = 100_000;
/** So many in a row, for it looks at signals and timers every 61st only (tokio's event interval in Deno). */
const TURNS = 64;

/** When who waits by the kernel must let the event loop turn. */
export class EventLoopTurns {
  #nextTick: Tick = 0;
  #left = TURNS;

  /** Before this tick the event loop needs none. */
  get nextTick(): Tick {
    return this.#nextTick;
  }

  /** True where the event loop is to have a turn now. The pause begins with the last one, however long they took. */
  take(now: Tick): boolean {
    if (now < this.#nextTick) return false;
    if (--this.#left === 0) {
      this.#left = TURNS;
      this.#nextTick = now + EVERY_TICKS;
    }
    return true;
  }
}
