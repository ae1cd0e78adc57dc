import type { Tick } from "../../runtime/plan.ts";
import type { VuStates } from "./vu_states.ts";

const BYTES_MAX = 64 * 1024 * 1024;

type Checkpoint = Readonly<{
  /** What stands before this block is in `states`. */
  block: number;
  /** The last tick of all of that. */
  lastTick: Tick;
  states: VuStates;
}>;

/** What all VUs were doing, kept before every so many blocks: twice as many as soon as it takes too much memory. */
export class Checkpoints {
  readonly #bytesMax: number;
  #kept: Checkpoint[];
  #every = 1;
  #bytes = 0;

  constructor(states: VuStates, bytesMax = BYTES_MAX) {
    this.#bytesMax = bytesMax;
    this.#kept = [{ block: 0, lastTick: -Infinity, states: states.copy() }];
  }

  /** Called before each block, in order. */
  offer(block: number, lastTick: Tick, states: VuStates): void {
    if (block === 0 || block % this.#every !== 0) return;
    while (this.#kept.length > 1 && this.#bytes + states.bytes > this.#bytesMax) this.#thin();
    if (block % this.#every !== 0) return;
    this.#bytes += states.bytes;
    this.#kept.push({ block, lastTick, states: states.copy() });
  }

  /** The last one that holds nothing after `tick`; its states are the caller's. */
  before(tick: Tick): { block: number; states: VuStates } {
    const { block, states } = this.#kept.findLast(({ lastTick }) => lastTick <= tick) ?? this.#kept[0];
    return { block, states: states.copy() };
  }

  /** Only every other one stays. */
  #thin(): void {
    this.#every *= 2;
    this.#kept = this.#kept.filter(({ block }) => block % this.#every === 0);
    this.#bytes = this.#kept.slice(1).reduce((sum, { states }) => sum + states.bytes, 0);
  }
}
