/** A simulated world in which more goes wrong than a scenario can say, and where the engine is watched at every step. */
import { equal, ok } from "node:assert/strict";
import type { Completions, Host, Network, RequestPhase, ResponseWish } from "../../runtime/engine/host.ts";
import type { Phase } from "../../runtime/engine/engine.ts";
import { leastShareOf, type Shard } from "../../runtime/engine/shares.ts";
import { SimulatedHost } from "../../runtime/host/simulated.ts";
import { ERROR } from "../../runtime/ledger/errors.ts";
import { CLOSED } from "../../runtime/ledger/record.ts";
import type { Plan, Tick } from "../../runtime/plan.ts";
import { Luck } from "./luck.ts";

/** What befalls a run, whatever its target does. */
export type Troubles = Readonly<{
  seed: number;
  /** The loop stands still, once in so many polls; 0: never. And how long at most. */
  stallOneIn: number;
  stallTicks: Tick;
  /** The target closes an idle connection, once in so many polls; 0: never. */
  closeOneIn: number;
  /** So much that has happened is delivered before the engine turns again, at most; 0: one thing at a time. */
  batch: number;
  /** A connection is not opened, once in so many times; 0: never. */
  failOneIn: number;
  /** Somebody stops the run at these ticks of its load; past the first, sessions are ended. */
  interrupts: readonly Tick[];
  /** The phase that they stop. */
  interrupted: Phase;
}>;

export const NO_TROUBLES: Troubles = {
  seed: 0,
  stallOneIn: 0,
  stallTicks: 0,
  closeOneIn: 0,
  batch: 0,
  failOneIn: 0,
  interrupts: [],
  interrupted: "load",
};

const OPENING_ERRORS = [
  "dns.failed",
  "connect.unreachable",
  "connect.reset",
  "connect.failed",
  "tls.certificate",
  "resource.descriptors",
  "write.reset",
] as const;

/** The target of a plan, behind what may go wrong. */
export class TroubledHost implements Host {
  readonly clock: SimulatedHost["clock"];
  readonly #inner: SimulatedHost;
  readonly #parts: WatchParts;
  #network: WatchedNetwork | null = null;

  constructor(plan: Plan, phase: Phase, shard: Shard, troubles: Troubles, interrupt: () => void) {
    this.#inner = SimulatedHost.ofPlan(plan, phase);
    this.clock = this.#inner.clock;
    this.#parts = { plan, phase, shard, troubles, interrupt };
  }

  openNetwork(completions: Completions): Network {
    const watched = new WatchedNetwork(this.clock, completions, this.#parts);
    watched.inner = this.#inner.openNetwork(watched);
    return this.#network = watched;
  }

  /** Nothing is in flight or open. */
  get isQuiet(): boolean {
    return this.#network?.isQuiet ?? true;
  }
}

type WatchParts = Readonly<
  { plan: Plan; phase: Phase; shard: Shard; troubles: Troubles; interrupt: () => void }
>;

/** Holds both sides to the contract of hosts: the engine, and the simulated network itself. */
class WatchedNetwork implements Network, Completions {
  inner: Network | null = null;
  readonly #clock: SimulatedHost["clock"];
  readonly #completions: Completions;
  readonly #plan: Plan;
  readonly #shard: Shard;
  readonly #troubles: Troubles;
  readonly #luck: Luck;
  readonly #interrupt: () => void;
  readonly #interrupts: Tick[];
  readonly #inFlight = new Map<number, ResponseWish>();
  readonly #open = new Set<number>();
  readonly #openOf: number[];
  /** By slot: when a connection turns out not to open. */
  readonly #failing = new Map<number, Tick>();
  #isCalling = false;
  #latest: Tick = 0;

  constructor(clock: SimulatedHost["clock"], completions: Completions, parts: WatchParts) {
    const { plan, phase, shard, troubles, interrupt } = parts;
    this.#clock = clock;
    this.#completions = completions;
    this.#plan = plan;
    this.#shard = phase === "load" ? shard : { index: 1, count: 1 };
    this.#troubles = troubles;
    this.#luck = new Luck(troubles.seed);
    this.#interrupt = interrupt;
    this.#interrupts = phase === troubles.interrupted ? [...troubles.interrupts] : [];
    this.#openOf = plan.targets.map(() => 0);
  }

  // What the engine asks for.

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    ok(!this.#isCalling, "one call of the network at a time");
    const { target, method } = this.#plan.requests[wish.request];
    const { firstSlot, slots } = this.#plan.targets[target];
    ok(slot >= firstSlot && slot < firstSlot + slots, `slot ${slot} is one of the request's target`);
    ok(!this.#inFlight.has(slot), "one request at a time on a connection");
    ok(length > 0 && length <= this.#plan.bounds.requestBytes, `a request of ${length} bytes`);
    ok(length <= bytes.length);
    equal(wish.head, method === "HEAD");
    this.#inFlight.set(slot, wish);
    if (this.#open.has(slot)) return this.#network.send(slot, bytes, length, wish);
    this.#opens(slot, target);
    const { failOneIn } = this.#troubles;
    if (failOneIn === 0 || !this.#luck.oneIn(failOneIn)) {
      return this.#network.send(slot, bytes, length, wish);
    }
    this.#failing.set(slot, this.#clock.now() + 1 + this.#luck.below(this.#luck.pick([1, 500, 20_000])));
  }

  cancel(slot: number): RequestPhase {
    ok(this.#inFlight.delete(slot), "what is cancelled was in flight");
    this.#closes(slot);
    if (this.#failing.delete(slot)) return this.#luck.pick(["dns", "connect", "tls"]);
    return this.#network.cancel(slot);
  }

  isOpen(slot: number): boolean {
    return this.#open.has(slot);
  }

  close(slot: number): void {
    ok(!this.#inFlight.has(slot), "what is closed was idle");
    this.#closes(slot);
    this.#network.close(slot);
  }

  poll(until: Tick): void | Promise<void> {
    const now = this.#clock.now();
    ok(now >= this.#latest, "time does not go back");
    this.#latest = now;
    const [stop = Infinity] = this.#interrupts;
    const waiting = this.#network.poll(Math.max(now, Math.min(until, stop, ...this.#failing.values())));
    equal(waiting, undefined, "a virtual clock does not wait");
    // A world that is no simulation delivers all that has happened.
    for (let more = this.#luck.below(this.#troubles.batch + 1); more > 0; more--) {
      this.#network.poll(this.#clock.now());
    }
    this.#failOpenings();
    this.#trouble();
    while (this.#clock.now() >= (this.#interrupts[0] ?? Infinity)) {
      this.#interrupts.shift();
      this.#interrupt();
    }
  }

  // What the network tells.

  dueTick(): Tick {
    return this.#completions.dueTick();
  }

  connectionOpened(slot: number, dns: Tick, connect: Tick, tls: Tick): void {
    ok(this.#inFlight.has(slot) && this.#open.has(slot));
    if (this.#plan.transport === "fetch") return;
    this.#tell(() => this.#completions.connectionOpened(slot, dns, connect, tls));
  }

  connectionSecured(...told: Parameters<Completions["connectionSecured"]>): void {
    this.#tell(() => this.#completions.connectionSecured(...told));
  }

  messageReceived(...told: Parameters<Completions["messageReceived"]>): void {
    this.#tell(() => this.#completions.messageReceived(...told));
  }

  isAwaited(...asked: Parameters<Completions["isAwaited"]>): boolean {
    return this.#completions.isAwaited(...asked);
  }

  frameAnswered(...told: Parameters<Completions["frameAnswered"]>): void {
    this.#tell(() => this.#completions.frameAnswered(...told));
  }

  connectionClosed(slot: number, reason: number): void {
    this.#closes(slot);
    if (this.#plan.transport === "fetch") return;
    this.#tell(() => this.#completions.connectionClosed(slot, reason));
  }

  responseEnded(...told: Parameters<Completions["responseEnded"]>): void {
    const [slot, firstByte, end] = told;
    ok(this.#inFlight.delete(slot), "what ends was in flight");
    ok(firstByte <= end && end <= this.#clock.now());
    this.#tell(() => this.#completions.responseEnded(...told));
  }

  requestFailed(...told: Parameters<Completions["requestFailed"]>): void {
    const [slot] = told;
    ok(this.#inFlight.delete(slot), "what fails was in flight");
    // A connection that was never opened is none that is closed.
    if (this.#open.has(slot)) this.#closes(slot);
    this.#tell(() => this.#completions.requestFailed(...told));
  }

  get isQuiet(): boolean {
    return this.#inFlight.size === 0 && this.#open.size === 0;
  }

  get #network(): Network {
    ok(this.inner !== null);
    return this.inner;
  }

  /** Calls back; the engine may send from within. */
  #tell(call: () => void): void {
    const before = this.#isCalling;
    this.#isCalling = false;
    call();
    this.#isCalling = before;
  }

  #opens(slot: number, target: number): void {
    const { connections } = this.#plan.targets[target];
    this.#open.add(slot);
    this.#openOf[target]++;
    const most = connections.kind === "shared"
      ? leastShareOf(connections.size, this.#shard)
      : leastShareOf(this.#plan.bounds.vus, this.#shard);
    ok(this.#openOf[target] <= most, `${this.#openOf[target]} connections to a target, of ${most}`);
  }

  #closes(slot: number): void {
    if (!this.#open.delete(slot)) return;
    this.#openOf[this.#plan.targets.findIndex((it) => slot < it.firstSlot + it.slots)]--;
  }

  #failOpenings(): void {
    const now = this.#clock.now();
    for (const [slot, tick] of [...this.#failing]) {
      // One may be cancelled for what became of another.
      if (tick > now || !this.#failing.delete(slot)) continue;
      const cause = this.#luck.pick(["", "os error 111", "é – ".repeat(this.#luck.below(200))]);
      this.requestFailed(slot, ERROR[this.#luck.pick(OPENING_ERRORS)], -1, now, 0, cause);
    }
  }

  #trouble(): void {
    const { stallOneIn, stallTicks, closeOneIn } = this.#troubles;
    if (stallOneIn > 0 && this.#luck.oneIn(stallOneIn)) {
      this.#clock.advanceTo(this.#clock.now() + this.#luck.below(stallTicks));
    }
    if (closeOneIn === 0 || !this.#luck.oneIn(closeOneIn)) return;
    const idle = [...this.#open].filter((slot) => !this.#inFlight.has(slot));
    if (idle.length === 0) return;
    const slot = this.#luck.pick(idle);
    this.#network.close(slot);
    this.connectionClosed(slot, CLOSED.byTarget);
  }
}
