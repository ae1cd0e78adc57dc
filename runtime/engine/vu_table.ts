import { assert } from "../ledger/assert.ts";

/**
 * What a VU is doing. A session takes it from free through the others and back:
 *
 *   free → ready → executing | blocked → executing | waiting → ready … → free | idle → ready
 */
export const STATE = {
  free: 0,
  /** Between two instructions of its program. */
  ready: 1,
  /** A request is in flight. */
  executing: 2,
  /** A request waits for a shared connection. */
  blocked: 3,
  /** Thinking, or about to try a request again. */
  waiting: 4,
  /** A user of a closed load between two sessions. */
  idle: 5,
} as const;

/** By state, the states that may follow it, a bit each. */
const NEXT = [
  bits(STATE.ready),
  bits(STATE.free, STATE.executing, STATE.blocked, STATE.waiting, STATE.idle),
  bits(STATE.ready),
  bits(STATE.ready, STATE.executing),
  bits(STATE.ready),
  bits(STATE.ready),
];

function bits(...states: number[]): number {
  return states.reduce((all, state) => all | (1 << state), 0);
}

/** Every VU of a run, one typed array a column, allocated once. */
export class VuTable {
  readonly state: Uint8Array;
  readonly session: Uint32Array;
  readonly flow: Uint16Array;
  /** Position in the flow's program. */
  readonly instruction: Uint16Array;
  /** Position in the load's stages of the session's arrival; NONE in what runs once. */
  readonly stage: Uint32Array;
  /** When the session began, and when its next step should begin. */
  readonly startTick: Float64Array;
  readonly dueTick: Float64Array;
  /** When the request in flight was planned (it may have to wait for a connection), and when it was issued. */
  readonly plannedTick: Float64Array;
  readonly issuedTick: Float64Array;
  readonly requestLength: Uint32Array;
  /** Requests that this session has issued. */
  readonly issued: Uint32Array;
  /** Of the session's last response; 0 before the first. */
  readonly status: Uint16Array;
  /** Redirects followed, and tries made in vain, for the request at hand. */
  readonly hops: Uint16Array;
  readonly tries: Uint16Array;
  /** The connection slot of the request in flight, or −1. */
  readonly slot: Int32Array;
  /** Position in the flow's program of the `webSocket` whose exchange the session is in, or which it is opening; or −1. */
  readonly webSocket: Int32Array;
  /** How deep in repeats the session stands; for each depth, the pass (from 1) and the passes chosen. */
  readonly depth: Uint8Array;
  readonly pass: Uint32Array;
  readonly passes: Uint32Array;
  readonly repeatDepth: number;

  /** VUs at rest; the last one to rest is the first to be taken, so that connections are reused. */
  readonly #free: Int32Array;
  #freeCount: number;

  constructor(vus: number, repeatDepth: number) {
    this.state = new Uint8Array(vus);
    this.session = new Uint32Array(vus);
    this.flow = new Uint16Array(vus);
    this.instruction = new Uint16Array(vus);
    this.stage = new Uint32Array(vus);
    this.startTick = new Float64Array(vus);
    this.dueTick = new Float64Array(vus);
    this.plannedTick = new Float64Array(vus);
    this.issuedTick = new Float64Array(vus);
    this.requestLength = new Uint32Array(vus);
    this.issued = new Uint32Array(vus);
    this.status = new Uint16Array(vus);
    this.hops = new Uint16Array(vus);
    this.tries = new Uint16Array(vus);
    this.slot = new Int32Array(vus).fill(-1);
    this.webSocket = new Int32Array(vus).fill(-1);
    this.depth = new Uint8Array(vus);
    this.pass = new Uint32Array(vus * repeatDepth);
    this.passes = new Uint32Array(vus * repeatDepth);
    this.repeatDepth = repeatDepth;
    this.#free = new Int32Array(vus);
    this.#freeCount = vus;
    for (let at = 0; at < vus; at++) this.#free[at] = vus - 1 - at;
  }

  get active(): number {
    return this.#free.length - this.#freeCount;
  }

  /** Takes a free VU and makes it ready, or returns −1. */
  take(): number {
    if (this.#freeCount === 0) return -1;
    const vu = this.#free[--this.#freeCount];
    this.become(vu, STATE.ready);
    return vu;
  }

  /** Lays a ready VU to rest. */
  rest(vu: number): void {
    this.become(vu, STATE.free);
    this.#free[this.#freeCount++] = vu;
  }

  become(vu: number, state: number): void {
    assert((NEXT[this.state[vu]] & (1 << state)) !== 0, "a VU goes from state to state as STATE says");
    this.state[vu] = state;
  }

  /** Pass of the innermost repeat, from 1; 1 outside of one. */
  loop(vu: number): number {
    const depth = this.depth[vu];
    return depth === 0 ? 1 : this.pass[vu * this.repeatDepth + depth - 1];
  }
}
