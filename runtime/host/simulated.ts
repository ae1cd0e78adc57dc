import type { Clock, Completions, Host, Network, RequestPhase, ResponseWish } from "../engine/host.ts";
import { WakeQueue } from "../engine/wake_queue.ts";
import { CLOSED } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";

/** What a simulated target does with one request, counted from when it gets it. */
export type Answer = Readonly<
  | {
    kind: "response";
    afterTicks: Tick;
    status: number;
    bytes: number;
    body?: Uint8Array;
    headers?: readonly (readonly [name: string, value: string])[];
    close?: boolean;
  }
  | { kind: "error"; afterTicks: Tick; error: number }
  /** Nothing, ever. */
  | { kind: "silence" }
>;

/** A model of the target: a pure function of when and what it is asked, so that a run can be had again. */
export type TargetModel = (request: Readonly<{ slot: number; tick: Tick; bytes: Uint8Array }>) => Answer;

/** A world in which time passes only when there is nothing left to do. */
export class SimulatedHost implements Host {
  readonly clock = new SimulatedClock();
  readonly #slots: number;
  readonly #model: TargetModel;
  readonly #connectTicks: Tick;

  constructor(slots: number, model: TargetModel, connectTicks: Tick = 100) {
    this.#slots = slots;
    this.#model = model;
    this.#connectTicks = connectTicks;
  }

  openNetwork(completions: Completions): Network {
    return new SimulatedNetwork(this.clock, completions, this.#slots, this.#model, this.#connectTicks);
  }
}

class SimulatedClock implements Clock {
  #now: Tick = 0;

  now(): Tick {
    return this.#now;
  }

  /** Logical time since 1970: a simulation has no day of its own. */
  wallClockMs(): number {
    return Math.floor(this.#now / 1000);
  }

  advanceTo(tick: Tick): void {
    this.#now = Math.max(this.#now, tick);
  }
}

type Slot = { open: boolean; bytes: Uint8Array | null; answer: Answer | null; keepHead: boolean };

class SimulatedNetwork implements Network {
  readonly #clock: SimulatedClock;
  readonly #completions: Completions;
  readonly #model: TargetModel;
  readonly #connectTicks: Tick;
  readonly #slots: readonly Slot[];
  /** At most one thing is under way on a slot, so the slots themselves can be queued. */
  readonly #events: WakeQueue;
  #sequence = 0;

  constructor(
    clock: SimulatedClock,
    completions: Completions,
    slots: number,
    model: TargetModel,
    connectTicks: Tick,
  ) {
    this.#clock = clock;
    this.#completions = completions;
    this.#model = model;
    this.#connectTicks = connectTicks;
    this.#slots = Array.from(
      { length: slots },
      () => ({ open: false, bytes: null, answer: null, keepHead: false }),
    );
    this.#events = new WakeQueue(slots);
  }

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    const it = this.#slots[slot];
    it.keepHead = wish.keepHead;
    it.bytes = bytes.subarray(0, length);
    if (it.open) this.#ask(slot);
    else this.#events.set(slot, this.#clock.now() + this.#connectTicks, this.#sequence++);
  }

  cancel(slot: number): RequestPhase {
    const it = this.#slots[slot];
    const phase = it.open ? "wait" : "connect";
    this.#events.clear(slot);
    this.close(slot);
    return phase;
  }

  close(slot: number): void {
    const it = this.#slots[slot];
    it.open = false;
    it.answer = null;
    it.bytes = null;
  }

  poll(until: Tick): void {
    const next = this.#events.nextTick();
    this.#clock.advanceTo(Math.min(next, until));
    const slot = this.#events.pop(this.#clock.now());
    if (slot >= 0) this.#deliver(slot);
  }

  #ask(slot: number): void {
    const it = this.#slots[slot];
    const tick = this.#clock.now();
    it.answer = this.#model({ slot, tick, bytes: it.bytes ?? new Uint8Array(0) });
    if (it.answer.kind !== "silence") this.#events.set(slot, tick + it.answer.afterTicks, this.#sequence++);
  }

  #deliver(slot: number): void {
    const it = this.#slots[slot];
    if (!it.open) {
      it.open = true;
      this.#completions.connectionOpened(slot, 0, this.#connectTicks, 0);
      this.#ask(slot);
      return;
    }
    const now = this.#clock.now();
    const answer = it.answer;
    it.answer = null;
    it.bytes = null;
    if (answer?.kind === "response") {
      if (answer.close === true) this.#lose(slot, CLOSED.announced);
      const { status, bytes, body = null } = answer;
      this.#completions.responseEnded(
        slot,
        now,
        now,
        status,
        bytes,
        body,
        it.keepHead ? headOf(answer) : null,
      );
    } else if (answer?.kind === "error") {
      this.#lose(slot, CLOSED.afterError);
      this.#completions.requestFailed(slot, answer.error, -1, now, 0, "simulated");
    }
  }

  #lose(slot: number, reason: number): void {
    this.close(slot);
    this.#completions.connectionClosed(slot, reason);
  }
}

function headOf({ status, headers = [] }: Answer & { kind: "response" }): Uint8Array {
  const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return new TextEncoder().encode(`HTTP/1.1 ${status}\r\n${fields}\r\n`);
}
