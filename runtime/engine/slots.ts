import type { Connections } from "../plan.ts";

/**
 * Who may use which connection slot. With connections of its own, a VU's slot is its number; shared slots are
 * lent in turn, and VUs wait for them in the order in which they asked.
 */
export class Slots {
  /** Is a connection open on the slot, and how many requests has it carried? */
  readonly open: Uint8Array;
  readonly carried: Uint32Array;
  /** The VU whose request is in flight on the slot, or −1. */
  readonly vu: Int32Array;

  readonly #shared: boolean;
  readonly #free: Int32Array;
  #freeCount = 0;
  /** A ring of VUs that wait. */
  readonly #waiting: Int32Array;
  #first = 0;
  #waitingCount = 0;

  constructor(connections: Connections, slots: number, vus: number) {
    this.open = new Uint8Array(slots);
    this.carried = new Uint32Array(slots);
    this.vu = new Int32Array(slots).fill(-1);
    this.#shared = connections.kind === "shared";
    this.#free = new Int32Array(this.#shared ? slots : 0);
    this.#waiting = new Int32Array(this.#shared ? vus : 0);
    for (let at = 0; at < this.#free.length; at++) this.#free[this.#freeCount++] = slots - 1 - at;
  }

  /** The slot for a request of `vu`, or −1 where it has to wait: then `next` will name it some day. */
  acquire(vu: number): number {
    if (!this.#shared) return vu;
    if (this.#freeCount > 0) return this.#free[--this.#freeCount];
    this.#waiting[(this.#first + this.#waitingCount++) % this.#waiting.length] = vu;
    return -1;
  }

  /** The request on `slot` has ended. Returns the VU that has waited longest and now has the slot, or −1. */
  release(slot: number): number {
    this.vu[slot] = -1;
    if (!this.#shared) return -1;
    if (this.#waitingCount === 0) {
      this.#free[this.#freeCount++] = slot;
      return -1;
    }
    const vu = this.#waiting[this.#first];
    this.#first = (this.#first + 1) % this.#waiting.length;
    this.#waitingCount--;
    return vu;
  }

  /** Nobody waits any more. */
  forgetWaiting(): void {
    this.#waitingCount = 0;
  }
}
