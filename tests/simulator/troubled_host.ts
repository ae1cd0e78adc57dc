/** A simulated world in which more goes wrong than a scenario can say, and where the engine is watched at every step. */
import { equal, ok } from "node:assert/strict";
import type {
  Completions,
  Host,
  Network,
  Processor,
  RequestPhase,
  ResponseWish,
} from "../../runtime/engine/host.ts";
import type { Phase } from "../../runtime/engine/engine.ts";
import { leastShareOf, type Shard } from "../../runtime/engine/shares.ts";
import { SimulatedHost } from "../../runtime/host/simulated.ts";
import { ERROR } from "../../runtime/ledger/errors.ts";
import { connectionSlots, slotTargets, webSocketSlots } from "../../runtime/engine/slot_targets.ts";
import { CLOSED, MESSAGE } from "../../runtime/ledger/record.ts";
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
  /** A connection is lost with all that is in flight on it, once in so many polls; 0: never. */
  breakOneIn: number;
  /** A message that nobody has asked for comes on a WebSocket, once in so many polls; 0: never. */
  unaskedOneIn: number;
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
  breakOneIn: 0,
  unaskedOneIn: 0,
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
  /** A machine that makes its loop stand still has a processor. */
  readonly processor?: Processor;
  readonly #inner: SimulatedHost;
  readonly #parts: WatchParts;
  #network: WatchedNetwork | null = null;

  constructor(plan: Plan, phase: Phase, shard: Shard, troubles: Troubles, interrupt: () => void) {
    this.#inner = SimulatedHost.ofPlan(plan, phase);
    const { clock } = this.#inner;
    this.clock = clock;
    // More than the time there was, and less than nothing, are what a coarse count can amount to.
    if (troubles.stallOneIn > 0) this.processor = { usedTicks: () => (clock.now() * 7) % 2_000_000 };
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
  /** First slots of connections that are open, or being opened. */
  readonly #open = new Set<number>();
  /** Those of them that stand. */
  readonly #standing = new Set<number>();
  /** By target, those open: of requests, and WebSockets. */
  readonly #openOf: number[];
  readonly #webSocketsOf: number[];
  /** By first slot: slots whose requests wait for the connection to open. */
  readonly #waiting = new Map<number, Set<number>>();
  /** By first slot: when a connection turns out not to open. */
  readonly #failing = new Map<number, Tick>();
  /** By slot. */
  readonly #first: Uint32Array;
  readonly #target: Uint16Array;
  readonly #isWebSocket: Uint8Array;
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
    this.#webSocketsOf = plan.targets.map(() => 0);
    this.#first = connectionSlots(plan);
    this.#target = slotTargets(plan);
    this.#isWebSocket = webSocketSlots(plan);
  }

  // What the engine asks for.

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    ok(!this.#isCalling, "one call of the network at a time");
    const { target, method, kind } = this.#plan.requests[wish.request];
    equal(this.#target[slot], target, `slot ${slot} is one of the request's target`);
    equal(this.#isWebSocket[slot] === 1, kind !== "http", `slot ${slot} is for what is done on it`);
    ok(!this.#inFlight.has(slot), "one request at a time on a slot");
    ok(length <= this.#plan.bounds.requestBytes, `a request of ${length} bytes`);
    equal(length > 0, kind !== "receive");
    ok(length <= bytes.length);
    equal(wish.head, method === "HEAD");
    equal(wish.kind, kind);
    const first = this.#first[slot];
    const isOpen = this.#open.has(first);
    if (kind === "send") {
      ok(isOpen, "nothing is sent on a WebSocket that is lost");
      return this.#network.send(slot, bytes, length, wish);
    }
    this.#inFlight.set(slot, wish);
    if (kind === "webSocket") ok(!isOpen, "every WebSocket is a new one");
    const isOpening = kind === "http" || kind === "webSocket";
    if (isOpening && !this.#standing.has(first)) this.#waitingFor(first).add(slot);
    if (this.#failing.has(first)) return;
    if (isOpen || !isOpening) return this.#network.send(slot, bytes, length, wish);
    this.#opens(slot);
    const { failOneIn } = this.#troubles;
    if (failOneIn === 0 || !this.#luck.oneIn(failOneIn)) {
      return this.#network.send(slot, bytes, length, wish);
    }
    this.#failing.set(first, this.#clock.now() + 1 + this.#luck.below(this.#luck.pick([1, 500, 20_000])));
  }

  cancel(slot: number): RequestPhase {
    ok(this.#inFlight.delete(slot), "what is cancelled was in flight");
    const first = this.#first[slot];
    this.#waiting.get(first)?.delete(slot);
    if (this.#failing.has(first)) {
      if (this.#slotsInFlight(first).length === 0) {
        this.#failing.delete(first);
        this.#closes(first);
      }
      return this.#luck.pick(["dns", "connect", "tls"]);
    }
    const phase = this.#network.cancel(slot);
    if (!this.#network.isOpen(slot) && this.#slotsInFlight(first).length === 0) this.#closes(first);
    return phase;
  }

  isOpen(slot: number): boolean {
    return this.#standing.has(this.#first[slot]) && this.#network.isOpen(slot);
  }

  close(slot: number): void {
    equal(this.#first[slot], slot, "a connection is known by its first slot");
    ok(this.#slotsInFlight(slot).length === 0, "what is closed was idle");
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
    ok(this.#inFlight.has(slot) && this.#open.has(this.#first[slot]));
    ok(!this.#standing.has(this.#first[slot]), "a connection is opened once");
    this.#standing.add(this.#first[slot]);
    this.#waiting.delete(this.#first[slot]);
    if (this.#plan.transport === "fetch") return;
    this.#tell(() => this.#completions.connectionOpened(slot, dns, connect, tls));
  }

  connectionSecured(slot: number, protocol: number, isResumed: boolean): void {
    ok(this.#inFlight.has(slot) && this.#standing.has(this.#first[slot]));
    equal(this.#plan.targets[this.#target[slot]].scheme, "https");
    if (this.#plan.transport === "fetch") return;
    const isToldResumed = isResumed || (this.#troubles.batch > 0 && this.#luck.oneIn(2));
    this.#tell(() => this.#completions.connectionSecured(slot, protocol, isToldResumed));
  }

  messageReceived(slot: number, tick: Tick, kind: number, bytes: number): void {
    equal(tick, this.#clock.now());
    ok(this.#isWebSocket[slot] === 1 ? this.#standing.has(slot) : this.#inFlight.has(slot));
    this.#tell(() => this.#completions.messageReceived(slot, tick, kind, bytes));
  }

  isAwaited(slot: number, payload: Uint8Array, event: string): boolean {
    ok(this.#inFlight.has(slot), "messages are asked about while something waits for them");
    return this.#completions.isAwaited(slot, payload, event);
  }

  awaitedTexts(slot: number): readonly string[] {
    return this.#completions.awaitedTexts(slot);
  }

  frameAnswered(slot: number, tick: Tick, kind: number, bytes: number): void {
    ok(this.#isWebSocket[slot] === 1 && this.#standing.has(slot));
    this.#tell(() => this.#completions.frameAnswered(slot, tick, kind, bytes));
  }

  connectionClosed(slot: number, reason: number): void {
    ok(this.#standing.has(this.#first[slot]), "what is lost was open");
    this.#closes(this.#first[slot]);
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
    const first = this.#first[slot];
    if (this.#waiting.get(first)?.has(slot) === true) this.#closes(first);
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

  #opens(slot: number): void {
    const target = this.#target[slot];
    const { connections } = this.#plan.targets[target];
    this.#open.add(this.#first[slot]);
    const isWebSocket = this.#isWebSocket[slot] === 1;
    const counts = isWebSocket ? this.#webSocketsOf : this.#openOf;
    counts[target]++;
    const most = connections.kind === "shared" && !isWebSocket
      ? leastShareOf(connections.size, this.#shard)
      : leastShareOf(this.#plan.bounds.vus, this.#shard);
    ok(counts[target] <= most, `${counts[target]} connections to a target, of ${most}`);
  }

  /** `first`: a connection's first slot. */
  #closes(first: number): void {
    this.#standing.delete(first);
    this.#waiting.delete(first);
    if (!this.#open.delete(first)) return;
    (this.#isWebSocket[first] === 1 ? this.#webSocketsOf : this.#openOf)[this.#target[first]]--;
  }

  #waitingFor(first: number): Set<number> {
    const slots = this.#waiting.get(first) ?? new Set();
    this.#waiting.set(first, slots);
    return slots;
  }

  /** On a connection. */
  #slotsInFlight(first: number): number[] {
    return [...this.#inFlight.keys()].filter((slot) => this.#first[slot] === first);
  }

  #failOpenings(): void {
    const now = this.#clock.now();
    for (const [first, tick] of [...this.#failing]) {
      // One may be cancelled for what became of another.
      if (tick > now || !this.#failing.delete(first)) continue;
      const cause = this.#luck.pick(["", "os error 111", "é – ".repeat(this.#luck.below(200))]);
      const error = ERROR[this.#luck.pick(OPENING_ERRORS)];
      this.#closes(first);
      for (const slot of this.#slotsInFlight(first)) {
        if (this.#inFlight.has(slot)) this.requestFailed(slot, error, -1, now, 0, cause);
      }
    }
  }

  #trouble(): void {
    const { stallOneIn, stallTicks, closeOneIn, breakOneIn, unaskedOneIn } = this.#troubles;
    if (stallOneIn > 0 && this.#luck.oneIn(stallOneIn)) {
      this.#clock.advanceTo(this.#clock.now() + this.#luck.below(stallTicks));
    }
    if (unaskedOneIn > 0 && this.#luck.oneIn(unaskedOneIn)) this.#sendUnasked();
    if (breakOneIn > 0 && this.#luck.oneIn(breakOneIn)) this.#break();
    if (closeOneIn === 0 || !this.#luck.oneIn(closeOneIn)) return;
    const idle = [...this.#standing].filter((first) => this.#slotsInFlight(first).length === 0);
    if (idle.length === 0) return;
    const first = this.#luck.pick(idle);
    this.#network.close(first);
    this.connectionClosed(first, CLOSED.byTarget);
  }

  #break(): void {
    const busy = [...this.#standing].filter((first) => this.#slotsInFlight(first).length > 0);
    if (busy.length === 0) return;
    const first = this.#luck.pick(busy);
    const lost = this.#slotsInFlight(first);
    for (const slot of lost) this.#network.cancel(slot);
    this.#network.close(first);
    this.connectionClosed(this.#luck.pick(lost), CLOSED.afterError);
    const error = this.#luck.pick(["wait.reset", "receive.reset", "protocol.frame"] as const);
    // What becomes of one can be that another is given up.
    for (const slot of lost) {
      if (this.#inFlight.has(slot)) this.requestFailed(slot, ERROR[error], -1, this.#clock.now(), 0, "");
    }
  }

  /** A ping, which is answered, or a message that is not the one that is waited for: nobody looks at it. */
  #sendUnasked(): void {
    const isOpened = (slot: number) => this.#inFlight.get(slot)?.kind !== "webSocket";
    const webSockets = [...this.#standing].filter((slot) => this.#isWebSocket[slot] === 1 && isOpened(slot));
    if (webSockets.length === 0) return;
    const slot = this.#luck.pick(webSockets);
    const now = this.#clock.now();
    const bytes = this.#luck.below(100);
    const kind = this.#luck.pick([MESSAGE.ping, MESSAGE.text, MESSAGE.binary, MESSAGE.pong]);
    this.messageReceived(slot, now, kind, bytes);
    if (kind === MESSAGE.ping) this.frameAnswered(slot, now, MESSAGE.pong, bytes + 6);
  }
}
