import type { Plan, Target } from "../plan.ts";
import { leastShareOf, type Shard, WHOLE } from "./shares.ts";
import { connectionSlots, slotTargets, webSocketSlots } from "./slot_targets.ts";

/** Who may use which slot, at each target. */
export class Slots {
  /** By a connection's first slot: is it open, and how many requests has it carried? */
  readonly open: Uint8Array;
  readonly carried: Uint32Array;
  /** The VU whose request is in flight on the slot, or −1. */
  readonly vu: Int32Array;
  /** By slot, the position of its target in the plan. */
  readonly target: Uint16Array;
  /** By slot, the first slot of its connection. */
  readonly connection: Uint32Array;
  /** By slot: 1 where it is one of a WebSocket, which belongs to its VU. */
  readonly isWebSocket: Uint8Array;

  readonly #targets: readonly Target[];
  readonly #pools: readonly Pool[];

  /** `vus`: those of this shard. */
  constructor(plan: Plan, vus: number, shard: Shard = WHOLE) {
    const { connections } = plan.bounds;
    this.open = new Uint8Array(connections);
    this.carried = new Uint32Array(connections);
    this.vu = new Int32Array(connections).fill(-1);
    this.target = slotTargets(plan);
    this.connection = connectionSlots(plan);
    this.isWebSocket = webSocketSlots(plan);
    this.#targets = plan.targets;
    this.#pools = plan.targets.map((target) =>
      target.connections.kind === "shared" ? new SharedPool(target, vus, shard) : new OwnPool(target)
    );
  }

  /** The slot for a request of `vu` to a target, or −1 where it has to wait: then `release` will name it some day. */
  acquire(target: number, vu: number): number {
    return this.#pools[target].acquire(vu);
  }

  /** The slot of the WebSockets that `vu` opens at a target. */
  webSocketOf(target: number, vu: number): number {
    return this.#targets[target].firstWebSocketSlot + vu;
  }

  /** The VU whose WebSocket the slot is for. */
  ownerOf(slot: number): number {
    return slot - this.#targets[this.target[slot]].firstWebSocketSlot;
  }

  /** Requests in flight on the connection with this first slot. */
  inFlight(connection: number): number {
    let count = 0;
    for (let slot = connection; this.connection[slot] === connection; slot++) {
      if (this.vu[slot] >= 0) count++;
    }
    return count;
  }

  /** The request on `slot` has ended. Returns the VU that has waited longest and now has the slot, or −1. */
  release(slot: number): number {
    this.vu[slot] = -1;
    if (this.isWebSocket[slot] === 1) return -1;
    return this.#pools[this.target[slot]].release(slot);
  }

  /** Nobody waits any more. */
  forgetWaiting(): void {
    for (const pool of this.#pools) pool.forgetWaiting();
  }
}

/** The slots of one target. */
interface Pool {
  acquire(vu: number): number;
  release(slot: number): number;
  forgetWaiting(): void;
}

/** Every VU has one of its own. */
class OwnPool implements Pool {
  readonly #firstSlot: number;

  constructor({ firstSlot }: Target) {
    this.#firstSlot = firstSlot;
  }

  acquire(vu: number): number {
    return this.#firstSlot + vu;
  }

  release(): number {
    return -1;
  }

  forgetWaiting(): void {}
}

/** Slots are lent in turn, and VUs wait for them in the order in which they asked. */
class SharedPool implements Pool {
  readonly #free: Int32Array;
  #freeCount: number;
  /** A ring of VUs that wait. */
  readonly #waiting: Int32Array;
  #first = 0;
  #waitingCount = 0;

  /** Of connections with several streams, each is lent once before one is lent twice. */
  constructor({ firstSlot, slots, streams }: Target, vus: number, shard: Shard) {
    const connections = leastShareOf(slots / streams, shard);
    this.#freeCount = connections * streams;
    this.#free = Int32Array.from({ length: this.#freeCount }, (_, at) => {
      const turn = this.#freeCount - 1 - at;
      return firstSlot + (turn % connections) * streams + Math.floor(turn / connections);
    });
    this.#waiting = new Int32Array(vus);
  }

  acquire(vu: number): number {
    if (this.#freeCount > 0) return this.#free[--this.#freeCount];
    this.#waiting[(this.#first + this.#waitingCount++) % this.#waiting.length] = vu;
    return -1;
  }

  release(slot: number): number {
    if (this.#waitingCount === 0) {
      this.#free[this.#freeCount++] = slot;
      return -1;
    }
    const vu = this.#waiting[this.#first];
    this.#first = (this.#first + 1) % this.#waiting.length;
    this.#waitingCount--;
    return vu;
  }

  forgetWaiting(): void {
    this.#waitingCount = 0;
  }
}
