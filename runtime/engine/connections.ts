import { CLOSED, KIND, NO_STEP, NONE } from "../ledger/record.ts";
import type { LedgerWriter } from "../ledger/writer.ts";
import type { Plan, Tick } from "../plan.ts";
import type { Counters } from "./counters.ts";
import type { Network } from "./host.ts";
import type { Slots } from "./slots.ts";
import type { VuTable } from "./vu_table.ts";

/** Records how connections come and go, and closes those that the plan no longer wants. */
export class Connections {
  readonly #perRequest: boolean;
  readonly #network: Network;
  readonly #slots: Slots;
  readonly #vus: VuTable;
  readonly #ledger: LedgerWriter;
  readonly #counters: Counters;

  constructor(
    plan: Plan,
    network: Network,
    slots: Slots,
    vus: VuTable,
    ledger: LedgerWriter,
    counters: Counters,
  ) {
    this.#perRequest = plan.target.connections.kind === "per-request";
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
    this.#gone(slot, now, this.#perRequest && reason === CLOSED.announced ? CLOSED.asPlanned : reason);
  }

  /** A request is sent on the slot. */
  used(slot: number): void {
    if (this.#slots.open[slot] === 1) this.#slots.carried[slot]++;
  }

  /** A response came on the slot, for a request of `vu`. */
  answered(slot: number, now: Tick, vu: number): void {
    if (this.#perRequest) this.close(slot, now, vu);
  }

  /**
   * Closes the slot's idle connection, if there is one: not every transport tells whether there is. `vu`: whose it
   * was, or −1.
   */
  close(slot: number, now: Tick, vu: number): void {
    this.#network.close(slot);
    this.#gone(slot, now, CLOSED.asPlanned, vu);
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
