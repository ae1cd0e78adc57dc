import { CLOSED, KIND, NO_STEP, NONE } from "../ledger/record.ts";
import type { Plan, Tick } from "../plan.ts";
import type { Appending } from "./appending.ts";
import type { Counters } from "./counters.ts";
import type { Network } from "./host.ts";
import type { Slots } from "./slots.ts";
import type { VuTable } from "./vu_table.ts";

/** Records how connections come and go, and closes those that the plan no longer wants. */
export class Connections {
  /** By target: 1 where a connection carries one request only. */
  readonly #perRequest: Uint8Array;
  /** The first slots of the targets whose connections end with their sessions. */
  readonly #perSession: readonly number[];
  readonly #network: Network;
  readonly #slots: Slots;
  readonly #vus: VuTable;
  readonly #ledger: Appending;
  readonly #counters: Counters;

  constructor(
    { targets }: Plan,
    network: Network,
    slots: Slots,
    vus: VuTable,
    ledger: Appending,
    counters: Counters,
  ) {
    this.#perRequest = Uint8Array.from(
      targets,
      ({ connections }) => connections.kind === "per-request" ? 1 : 0,
    );
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
    this.#slots.open[slot] = 1;
    this.#slots.carried[slot] = 1;
    this.#counters.connectionsOpened++;
    this.#ledger.append(now, this.#vus.session[vu], vu, KIND.connectionOpened, step, dns, connect, tls);
  }

  /** The target, or an error, ended the connection; `reason` is one of `CLOSED`. */
  lost(slot: number, now: Tick, reason: number): void {
    const planned = reason === CLOSED.announced && this.#isPerRequest(slot);
    this.#gone(slot, now, planned ? CLOSED.asPlanned : reason);
  }

  /** A request is sent on the slot. */
  used(slot: number): void {
    if (this.#slots.open[slot] === 1) this.#slots.carried[slot]++;
  }

  /** A response came on the slot, for a request of `vu`. */
  answered(slot: number, now: Tick, vu: number): void {
    if (this.#isPerRequest(slot)) this.close(slot, now, vu);
  }

  /** The VU's session has ended. */
  sessionEnded(vu: number, now: Tick): void {
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

  #isPerRequest(slot: number): boolean {
    return this.#perRequest[this.#slots.target[slot]] === 1;
  }

  #gone(slot: number, now: Tick, reason: number, vu: number = this.#slots.vu[slot]): void {
    if (this.#slots.open[slot] === 0) return;
    this.#slots.open[slot] = 0;
    const session = vu < 0 ? NONE : this.#vus.session[vu];
    const carried = this.#slots.carried[slot];
    const ofVu = vu < 0 ? NONE : vu;
    this.#ledger.append(now, session, ofVu, KIND.connectionClosed, NO_STEP, reason, carried, slot);
  }
}
