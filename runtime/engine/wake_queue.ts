import type { Tick } from "../plan.ts";
import { assert } from "../ledger/assert.ts";

/**
 * When each VU is to be woken next: an indexed binary heap over typed arrays, ordered by (tick, session), with at
 * most one entry a VU. Nothing is allocated after construction.
 *
 * Moving a wake later, and clearing it, only notes the wish; the entry is put right when it comes to the top. So a
 * timeout that is set and cleared with every request costs two writes, not two walks through the heap.
 */
export class WakeQueue {
  readonly #heap: Int32Array;
  /** Where a VU's entry stands in the heap, or −1. */
  readonly #position: Int32Array;
  /** The order of the entries as they stand in the heap. */
  readonly #tick: Float64Array;
  readonly #session: Float64Array;
  /** What is wanted. */
  readonly #wantedTick: Float64Array;
  readonly #wantedSession: Float64Array;
  #size = 0;

  constructor(vus: number) {
    this.#heap = new Int32Array(vus);
    this.#position = new Int32Array(vus).fill(-1);
    this.#tick = new Float64Array(vus);
    this.#session = new Float64Array(vus);
    this.#wantedTick = new Float64Array(vus).fill(Infinity);
    this.#wantedSession = new Float64Array(vus);
  }

  /** Wakes `vu` at `tick` instead of whenever it was to be woken before; equal ticks go by `session`. */
  set(vu: number, tick: Tick, session: number): void {
    this.#wantedTick[vu] = tick;
    this.#wantedSession[vu] = session;
    const at = this.#position[vu];
    if (at < 0) {
      this.#heap[this.#size] = vu;
      this.#position[vu] = this.#size;
      this.#tick[vu] = tick;
      this.#session[vu] = session;
      this.#up(this.#size++);
    } else if (tick < this.#tick[vu] || (tick === this.#tick[vu] && session < this.#session[vu])) {
      this.#tick[vu] = tick;
      this.#session[vu] = session;
      this.#up(at);
    }
  }

  /** `vu` is not to be woken. */
  clear(vu: number): void {
    this.#wantedTick[vu] = Infinity;
  }

  /**
   * The earliest wake, or Infinity; where that is not before `before`, any tick that is neither. Timeouts, which are moved
   * on and on, then stay where they are in the heap.
   */
  nextTick(before: Tick = Infinity): Tick {
    this.#settle(before);
    return this.#size === 0 ? Infinity : this.#tick[this.#heap[0]];
  }

  /** Takes the first VU that is due by `now`, or returns −1. */
  pop(now: Tick): number {
    this.#settle(now + 1);
    if (this.#size === 0) return -1;
    const vu = this.#heap[0];
    if (this.#tick[vu] > now) return -1;
    this.#wantedTick[vu] = Infinity;
    this.#removeTop();
    return vu;
  }

  /** Puts the top right until it is what is wanted, or stands for nothing before `before`: no entry is later than its wish. */
  #settle(before: Tick): void {
    while (this.#size > 0) {
      const vu = this.#heap[0];
      if (this.#tick[vu] >= before) return;
      const wanted = this.#wantedTick[vu];
      if (wanted === this.#tick[vu] && this.#wantedSession[vu] === this.#session[vu]) return;
      if (wanted === Infinity) {
        this.#removeTop();
      } else {
        assert(wanted >= this.#tick[vu], "an entry is never later than its wish");
        this.#tick[vu] = wanted;
        this.#session[vu] = this.#wantedSession[vu];
        this.#down(0);
      }
    }
  }

  #removeTop(): void {
    this.#position[this.#heap[0]] = -1;
    this.#size--;
    if (this.#size === 0) return;
    const last = this.#heap[this.#size];
    this.#heap[0] = last;
    this.#position[last] = 0;
    this.#down(0);
  }

  #before(a: number, b: number): boolean {
    return this.#tick[a] < this.#tick[b] ||
      (this.#tick[a] === this.#tick[b] && this.#session[a] < this.#session[b]);
  }

  #up(at: number): void {
    const vu = this.#heap[at];
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = this.#heap[parentAt];
      if (!this.#before(vu, parent)) break;
      this.#heap[at] = parent;
      this.#position[parent] = at;
      at = parentAt;
    }
    this.#heap[at] = vu;
    this.#position[vu] = at;
  }

  #down(at: number): void {
    const vu = this.#heap[at];
    while (true) {
      let childAt = 2 * at + 1;
      if (childAt >= this.#size) break;
      if (childAt + 1 < this.#size && this.#before(this.#heap[childAt + 1], this.#heap[childAt])) childAt++;
      const child = this.#heap[childAt];
      if (!this.#before(child, vu)) break;
      this.#heap[at] = child;
      this.#position[child] = at;
      at = childAt;
    }
    this.#heap[at] = vu;
    this.#position[vu] = at;
  }
}
