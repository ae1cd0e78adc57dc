import type { Tick } from "../../plan.ts";

/**
 * A queue in front of some servers, first come first served. A request's turn is known when it comes, since nothing
 * that comes later can overtake it: it takes the server that is free first.
 */
export class Servers {
  /** When each is free, as a binary heap. */
  readonly #free: Float64Array;
  readonly #queueMost: number;
  /** When the turns of those in the queue come, ascending, from `#first` on. */
  #turns: Tick[] = [];
  #first = 0;

  constructor(servers: number, queueMost: number) {
    this.#free = new Float64Array(servers);
    this.#queueMost = queueMost;
  }

  /** When a request that comes at `tick` and takes `serviceTicks` is done, or −1 where the queue is full. Never called with an earlier tick than before. */
  enter(tick: Tick, serviceTicks: Tick): Tick {
    const turn = Math.max(tick, this.#free[0]);
    if (turn > tick) {
      this.#letGo(tick);
      if (this.#turns.length - this.#first >= this.#queueMost) return -1;
      this.#turns.push(turn);
    }
    this.#occupy(turn + serviceTicks);
    return turn + serviceTicks;
  }

  /** Those whose turn has come are not in the queue any more. */
  #letGo(tick: Tick): void {
    while (this.#first < this.#turns.length && this.#turns[this.#first] <= tick) this.#first++;
    if (2 * this.#first <= this.#turns.length) return;
    this.#turns = this.#turns.slice(this.#first);
    this.#first = 0;
  }

  /** The server that is free first works until `tick`. */
  #occupy(tick: Tick): void {
    const free = this.#free;
    let at = 0;
    for (let child = 1; child < free.length; child = 2 * at + 1) {
      if (child + 1 < free.length && free[child + 1] < free[child]) child++;
      if (free[child] >= tick) break;
      free[at] = free[child];
      at = child;
    }
    free[at] = tick;
  }
}
