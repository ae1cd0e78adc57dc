import { assert } from "../ledger/assert.ts";
import { CLOSED, KIND, NO_STEP, NONE } from "../ledger/record.ts";
import type { Plan, Target, Tick } from "../plan.ts";
import type { Appending } from "./appending.ts";
import type { Counters } from "./counters.ts";
import type { Network } from "./host.ts";
import type { Slots } from "./slots.ts";
import type { VuTable } from "./vu_table.ts";

/** Records how connections come and go, and closes those that the plan no longer wants. */
export class Connections {
  readonly #plan: Plan;
  /** By slot: 1 where its connection carries one request only. */
  readonly #perRequest: Uint8Array;
  /** By slot: 1 where its connection carries several requests at once, and is nobody's. */
  readonly #isMultiplexed: Uint8Array;
  /** The first slots of the targets whose connections end with their sessions. */
  readonly #perSession: readonly number[];
  readonly #network: Network;
  readonly #slots: Slots;
  readonly #vus: VuTable;
  readonly #ledger: Appending;
  readonly #counters: Counters;

  constructor(
    plan: Plan,
    network: Network,
    slots: Slots,
    vus: VuTable,
    ledger: Appending,
    counters: Counters,
  ) {
    const { targets } = plan;
    this.#plan = plan;
    const ofHttp = (is: (target: Target) => boolean) =>
      Uint8Array.from(
        slots.target,
        (target, slot) => slots.isWebSocket[slot] === 0 && is(targets[target]) ? 1 : 0,
      );
    this.#perRequest = ofHttp(({ connections }) => connections.kind === "per-request");
    this.#isMultiplexed = ofHttp(({ streams }) => streams > 1);
    this.#perSession = targets.filter(({ connections }) => connections.kind === "per-session")
      .map(({ firstSlot }) => firstSlot);
    this.#network = network;
    this.#slots = slots;
    this.#vus = vus;
    this.#ledger = ledger;
    this.#counters = counters;
  }

  /** A connection stands for the request in flight on `slot`, which is one of `step`. */
  opened(slot: number, step: number, now: Tick, dns: Tick, connect: Tick, tls: Tick): void {
    const vu = this.#slots.vu[slot];
    const connection = this.#slots.connection[slot];
    this.#slots.open[connection] = 1;
    this.#slots.carried[connection] = this.#isMultiplexed[slot] === 1 ? this.#slots.inFlight(connection) : 1;
    this.#counters.connectionsOpened++;
    this.#ledger.append(now, this.#vus.session[vu], vu, KIND.connectionOpened, step, dns, connect, tls);
  }

  /** The target, or an error, ended the connection; `reason` is one of `CLOSED`. */
  lost(slot: number, now: Tick, reason: number): void {
    const planned = reason === CLOSED.announced && this.#perRequest[slot] === 1;
    this.#gone(slot, now, planned ? CLOSED.asPlanned : reason);
  }

  /** What was in flight on the slot was given up: its connection may have gone with it. */
  cancelled(slot: number, now: Tick): void {
    if (!this.#network.isOpen(slot)) this.lost(slot, now, CLOSED.afterError);
  }

  isOpen(slot: number): boolean {
    return this.#slots.open[this.#slots.connection[slot]] === 1;
  }

  /** A request is sent on the slot. */
  used(slot: number): void {
    const connection = this.#slots.connection[slot];
    if (this.#slots.open[connection] === 1) this.#slots.carried[connection]++;
  }

  /** A request of `vu` has ended on the slot: its connection may have served its purpose. */
  answered(slot: number, now: Tick, vu: number): void {
    if (this.#perRequest[slot] === 1) this.close(slot, now, vu);
  }

  /** Whether the WebSocket stands that the VU has at the target. */
  hasWebSocket(vu: number, target: number): boolean {
    return this.isOpen(this.#slots.webSocketOf(target, vu));
  }

  /** The VU's session has no use for its WebSocket any more, if it has one. */
  closeWebSocket(vu: number, now: Tick): void {
    const at = this.#vus.webSocket[vu];
    if (at < 0) return;
    this.#vus.webSocket[vu] = -1;
    const opening = this.#plan.flows[this.#vus.flow[vu]].program[at];
    assert(opening.kind === "webSocket", "a WebSocket is opened by its instruction");
    const slot = this.#slots.webSocketOf(this.#plan.requests[opening.request].target, vu);
    if (this.isOpen(slot)) this.close(slot, now, vu);
  }

  /** The VU's session has ended. */
  sessionEnded(vu: number, now: Tick): void {
    this.closeWebSocket(vu, now);
    for (let at = 0; at < this.#perSession.length; at++) this.close(this.#perSession[at] + vu, now, vu);
  }

  /**
   * Closes the slot's idle connection, if there is one: not every transport tells whether there is. `vu`: whose it
   * was, or −1.
   */
  close(slot: number, now: Tick, vu: number): void {
    this.#network.close(slot);
    this.#gone(slot, now, CLOSED.asPlanned, vu);
  }

  /** Closes all that are open. */
  closeAll(now: Tick): void {
    const { connection } = this.#slots;
    for (let slot = 0; slot < connection.length; slot++) {
      if (connection[slot] === slot) this.close(slot, now, -1);
    }
  }

  #gone(slot: number, now: Tick, reason: number, vu: number = this.#userOf(slot)): void {
    const connection = this.#slots.connection[slot];
    if (this.#slots.open[connection] === 0) return;
    this.#slots.open[connection] = 0;
    const session = vu < 0 ? NONE : this.#vus.session[vu];
    const carried = this.#slots.carried[connection];
    const ofVu = vu < 0 ? NONE : vu;
    this.#ledger.append(now, session, ofVu, KIND.connectionClosed, NO_STEP, reason, carried, connection);
  }

  /** The VU whose connection it is, or whose request is in flight on it; −1 where there is no such one. */
  #userOf(slot: number): number {
    if (this.#slots.isWebSocket[slot] === 1) return this.#slots.ownerOf(slot);
    return this.#isMultiplexed[slot] === 1 ? -1 : this.#slots.vu[slot];
  }
}
