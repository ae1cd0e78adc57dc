import type { Phase } from "../engine/engine.ts";
import type { Completions, Examiner, Host, Network, RequestPhase, ResponseWish } from "../engine/host.ts";
import { connectionSlots, slotTargets, webSocketSlots } from "../engine/slot_targets.ts";
import { requestError } from "../ledger/errors.ts";
import { KIND } from "../ledger/record.ts";
import type { Plan, Tick } from "../plan.ts";
import { ReplayedClock } from "./replayed_clock.ts";
import { ReplayedExaminer } from "./replayed_examiner.ts";
import type { ReplayedLedger } from "./replayed_ledger.ts";
import type { RecordCursor } from "./replayed_records.ts";
import { ReplayedWaits } from "./replayed_waits.ts";

/** What a replayed world is made of. */
export type ReplayParts = Readonly<{
  plan: Plan;
  phase: Phase;
  cursor: RecordCursor;
  ledger: ReplayedLedger;
  /** When the load ended, as the ledger's last record tells; null where its end is missing. */
  loadEndTick: Tick | null;
}>;

/**
 * A world that was: its clock, and what responses mean, are recalled from the ledger, and its network does nothing by
 * itself. What happened on it is delivered by whoever turns the engine.
 */
export class ReplayedHost implements Host {
  readonly clock: ReplayedClock;
  readonly examiner: Examiner;
  readonly #parts: ReplayParts;
  #network: ReplayedNetwork | null = null;

  constructor(parts: ReplayParts) {
    const { plan, phase, cursor, ledger, loadEndTick } = parts;
    this.#parts = parts;
    const waits = new ReplayedWaits(cursor, plan.bounds.vus);
    const isClosed = phase === "load" && plan.load.model === "closed";
    this.clock = new ReplayedClock({ cursor, ledger, waits, phase, isClosed, loadEndTick });
    this.examiner = new ReplayedExaminer(plan, cursor, waits);
  }

  openNetwork(completions: Completions): ReplayedNetwork {
    return this.#network = new ReplayedNetwork(this.#parts, completions);
  }

  get network(): ReplayedNetwork {
    if (this.#network === null) {
      throw new Error("z6c has a bug: a network was asked for before it was opened");
    }
    return this.#network;
  }
}

/** Knows what is in flight, and which connections are open. */
export class ReplayedNetwork implements Network {
  readonly completions: Completions;
  /** By VU: the slot that its request is in flight on, or −1; and when it was issued. */
  readonly slotOf: Int32Array;
  readonly issuedTick: Float64Array;
  /** By VU: the slot of the WebSocket that it opened last, or −1. */
  readonly webSocketOf: Int32Array;
  /** By slot, the first slot of its connection. */
  readonly connection: Uint32Array;
  /** By slot: 1 where it is one of a WebSocket. */
  readonly isWebSocket: Uint8Array;
  readonly #parts: ReplayParts;
  /** By a connection's first slot: 1 where it is open. */
  readonly #open: Uint8Array;
  /** By slot: 1 where a connection can go on when what it carries is given up. */
  readonly #canGoOn: Uint8Array;
  /** By slot: the VU whose request is in flight on it, or −1. */
  readonly #vuOf: Int32Array;

  constructor(parts: ReplayParts, completions: Completions) {
    const { plan } = parts;
    const { vus, connections } = plan.bounds;
    this.#parts = parts;
    this.completions = completions;
    this.slotOf = new Int32Array(vus).fill(-1);
    this.issuedTick = new Float64Array(vus);
    this.webSocketOf = new Int32Array(vus).fill(-1);
    this.connection = connectionSlots(plan);
    const isWebSocket = this.isWebSocket = webSocketSlots(plan);
    this.#open = new Uint8Array(connections);
    this.#canGoOn = Uint8Array.from(
      slotTargets(plan),
      (target, slot) => isWebSocket[slot] === 1 || plan.targets[target].protocol !== "http/1.1" ? 1 : 0,
    );
    this.#vuOf = new Int32Array(connections).fill(-1);
  }

  /** The record of its issue was appended right before. */
  send(slot: number, _bytes: Uint8Array, _length: number, { kind }: ResponseWish): void {
    if (kind === "send") return;
    const { lastVu, lastTick } = this.#parts.ledger;
    this.slotOf[lastVu] = slot;
    this.issuedTick[lastVu] = lastTick;
    this.#vuOf[slot] = lastVu;
    if (kind === "webSocket") this.webSocketOf[lastVu] = slot;
  }

  /** The request of `vu` has ended. */
  ended(vu: number): void {
    this.#vuOf[this.slotOf[vu]] = -1;
    this.slotOf[vu] = -1;
  }

  /** VUs whose requests are in flight on the connection of the slot. */
  vusOn(slot: number): number[] {
    const vus: number[] = [];
    const connection = this.connection[slot];
    for (let at = connection; this.connection[at] === connection; at++) {
      if (this.#vuOf[at] >= 0) vus.push(this.#vuOf[at]);
    }
    return vus;
  }

  /** The connection of the slot stands. */
  opened(slot: number): void {
    this.#open[this.connection[slot]] = 1;
  }

  cancel(slot: number): RequestPhase {
    const phase = this.#recordedPhase(this.isOpen(slot));
    if (this.#canGoOn[slot] === 0 || this.#isRecordedAsClosed(slot)) this.close(slot);
    this.ended(this.#vuOf[slot]);
    return phase;
  }

  isOpen(slot: number): boolean {
    return this.#open[this.connection[slot]] === 1;
  }

  close(slot: number): void {
    this.#open[this.connection[slot]] = 0;
  }

  poll(): void {
    throw new Error("z6c has a bug: a replay does not wait");
  }

  #isRecordedAsClosed(slot: number): boolean {
    const { cursor } = this.#parts;
    return cursor.has(0) && cursor.kind(0) === KIND.connectionClosed && cursor.c(0) === this.connection[slot];
  }

  /** The phase of the time-out that is recorded next, if it is one in which such a connection can be. */
  #recordedPhase(isOpen: boolean): RequestPhase {
    const { cursor, plan } = this.#parts;
    const ahead = cursor.has(0) && cursor.kind(0) === KIND.connectionClosed ? 1 : 0;
    const isFailure = cursor.has(ahead) && cursor.kind(ahead) === KIND.requestFailed;
    const [phase] = isFailure ? requestError(cursor.a(ahead)).name.split(".") : [""];
    // The transport `fetch` tells nothing of connections.
    const possible = isOpen || plan.transport === "fetch" ? [...WHEN_OPEN] : [];
    if (!isOpen) possible.push(...WHEN_NOT);
    return possible.find((it) => it === phase) ?? possible[0];
  }
}

const WHEN_OPEN: readonly RequestPhase[] = ["wait", "receive", "write"];
const WHEN_NOT: readonly RequestPhase[] = ["connect", "dns", "tls"];
