import type { Clock, Completions, Network, RequestPhase, ResponseWish } from "../engine/host.ts";
import { connectionSlots, slotTargets } from "../engine/slot_targets.ts";
import type { Plan, Target, Tick } from "../plan.ts";
import { KnownHead } from "../protocol/http1_known_head.ts";
import type { Carrier, CarrierWorld } from "./carrier.ts";
import { Http1Carrier } from "./http1_carrier.ts";
import { Http2Carrier } from "./http2_carrier.ts";
import { Http2Requests } from "./http2_requests.ts";
import type { Pipes, PipesListener } from "./pipes.ts";
import { WebSocketCarrier } from "./websocket_carrier.ts";

const FAILED = 2;
const STATE = { closed: 0, opening: 1, open: 2, draining: 3 } as const;

/** The engine's network over pipes and carriers: who waits for a connection, and who carries what on it. */
export class CarriedNetwork implements Network, PipesListener {
  readonly #targets: readonly Target[];
  readonly #clock: Clock;
  readonly #completions: Completions;
  readonly #pipes: Pipes;
  readonly #world: CarrierWorld;
  readonly #http2Requests: Http2Requests;

  // A column each, by slot.
  readonly #targetOf: Uint16Array;
  /** The first slot of its connection, by which that is known. */
  readonly #connectionOf: Uint32Array;
  /** 1: its request waits for the connection; `FAILED`: in vain, and is about to hear of it. */
  readonly #isWaiting: Uint8Array;
  readonly #bytes: (Uint8Array | null)[];
  readonly #length: Uint32Array;
  readonly #wishes: (ResponseWish | null)[];

  // By connection.
  readonly #state: Uint8Array;
  /** How many slots it has. */
  readonly #slots: Uint32Array;
  readonly #carriers: (Carrier | null)[];
  /** Those that want a turn, and 1 where a connection is among them; and those that have it. */
  #turns: number[] = [];
  #taken: number[] = [];
  readonly #wantsTurn: Uint8Array;

  constructor(
    plan: Plan,
    clock: Clock,
    completions: Completions,
    newPipes: (listener: PipesListener) => Pipes,
  ) {
    const slots = plan.bounds.connections;
    this.#targets = plan.targets;
    this.#clock = clock;
    this.#completions = completions;
    this.#targetOf = slotTargets(plan);
    this.#connectionOf = connectionSlots(plan);
    this.#isWaiting = new Uint8Array(slots);
    this.#bytes = new Array(slots).fill(null);
    this.#length = new Uint32Array(slots);
    this.#wishes = new Array(slots).fill(null);
    this.#state = new Uint8Array(slots);
    this.#slots = new Uint32Array(slots);
    for (const connection of this.#connectionOf) this.#slots[connection]++;
    this.#carriers = new Array(slots).fill(null);
    this.#wantsTurn = new Uint8Array(slots);
    this.#pipes = newPipes(this);
    this.#http2Requests = new Http2Requests(plan);
    this.#world = {
      pipes: this.#pipes,
      completions,
      knownHeads: plan.requests.map(() => new KnownHead()),
      lose: (connection, reason) => this.#lose(connection, reason),
      drain: (connection) => this.#state[connection] = STATE.draining,
      resend: (slot, bytes, length, wish) => this.#wait(slot, bytes, length, wish),
      wantTurn: (connection) => this.#wantTurn(connection),
    };
  }

  // Asked by the engine.

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    const connection = this.#connectionOf[slot];
    if (this.#state[connection] === STATE.open || isOnWebSocket(wish)) {
      this.#carrier(connection).send(slot, bytes, length, wish);
      return;
    }
    this.#wait(slot, bytes, length, wish);
    if (this.#state[connection] === STATE.closed) this.#open(connection, wish);
  }

  #wait(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    this.#isWaiting[slot] = 1;
    this.#bytes[slot] = bytes;
    this.#length[slot] = length;
    this.#wishes[slot] = wish;
  }

  cancel(slot: number): RequestPhase {
    const connection = this.#connectionOf[slot];
    if (this.#isWaiting[slot] > 0) return this.#cancelWaiting(slot, connection);
    const carrier = this.#carrier(connection);
    const phase = carrier.phase(slot);
    if (!carrier.cancel(slot)) this.#close(connection);
    return phase;
  }

  isOpen(slot: number): boolean {
    return this.#state[this.#connectionOf[slot]] >= STATE.open;
  }

  close(slot: number): void {
    const connection = this.#connectionOf[slot];
    if (this.#state[connection] !== STATE.closed || this.#carriers[connection] !== null) {
      this.#close(connection);
    }
  }

  poll(until: Tick): void | Promise<void> {
    if (this.#turns.length > 0) {
      this.#takeTurns();
      if (this.#completions.dueTick(until) < until) return;
    }
    return this.#pipes.poll(until);
  }

  // Opening.

  #open(connection: number, { kind }: ResponseWish): void {
    this.#state[connection] = STATE.opening;
    // A WebSocket is an upgrade of HTTP/1.1 (RFC 6455 section 4.1), whatever its target speaks otherwise.
    this.#pipes.open(connection, kind === "webSocket" ? "http/1.1" : this.#protocolOf(connection));
  }

  #protocolOf(connection: number): Target["protocol"] {
    return this.#targets[this.#targetOf[connection]].protocol;
  }

  /** Where nobody else waits for a connection that is being opened, that is given up. */
  #cancelWaiting(slot: number, connection: number): RequestPhase {
    this.#isWaiting[slot] = 0;
    if (this.#state[connection] !== STATE.opening) return "connect";
    const phase = this.#pipes.phase(connection);
    if (this.#firstWaiting(connection) < 0) this.#close(connection);
    return phase;
  }

  /** The first slot whose request waits for the connection, or −1. */
  #firstWaiting(connection: number): number {
    const end = connection + this.#slots[connection];
    for (let slot = connection; slot < end; slot++) if (this.#isWaiting[slot] === 1) return slot;
    return -1;
  }

  opened(
    connection: number,
    dns: Tick,
    connect: Tick,
    tls: Tick,
    protocol: number,
    isResumed: boolean,
  ): void {
    const first = this.#firstWaiting(connection);
    const carrier = this.#carrierFor(connection, this.#wishes[first]?.kind === "webSocket", protocol);
    this.#carriers[connection] = carrier;
    this.#state[connection] = STATE.open;
    carrier.begin();
    this.#completions.connectionOpened(first, dns, connect, tls);
    if (protocol > 0) this.#completions.connectionSecured(first, protocol, isResumed);
    const end = connection + this.#slots[connection];
    for (let slot = first; slot < end; slot++) this.#sendWaiting(slot, carrier);
    this.#takeTurns();
  }

  #carrierFor(connection: number, isWebSocket: boolean, protocol: number): Carrier {
    const before = this.#carriers[connection];
    const kind = isWebSocket ? "webSocket" : this.#speaksHttp2(connection, protocol) ? "http2" : "http1";
    if (before?.kind === kind) return before;
    switch (kind) {
      case "http1":
        return new Http1Carrier(connection, this.#world);
      case "webSocket":
        return new WebSocketCarrier(connection, this.#world);
      case "http2":
        return new Http2Carrier(connection, this.#slots[connection], this.#world, this.#http2Requests);
    }
  }

  /** By TLS's agreement, or in cleartext by prior knowledge (RFC 9113 section 3.3). */
  #speaksHttp2(connection: number, protocol: number): boolean {
    return protocol === 0 ? this.#protocolOf(connection) === "h2" : protocol === 2;
  }

  #sendWaiting(slot: number, carrier: Carrier): void {
    const [bytes, wish] = [this.#bytes[slot], this.#wishes[slot]];
    if (this.#isWaiting[slot] === 0 || bytes === null || wish === null) return;
    this.#isWaiting[slot] = 0;
    carrier.send(slot, bytes, this.#length[slot], wish);
  }

  failedToOpen(connection: number, error: number, cause: string, now: Tick): void {
    this.#state[connection] = STATE.closed;
    const end = connection + this.#slots[connection];
    for (let slot = connection; slot < end; slot++) {
      if (this.#isWaiting[slot] === 1) this.#isWaiting[slot] = FAILED;
    }
    for (let slot = connection; slot < end; slot++) {
      // As soon as it hears of one, the engine may send again, or give another one up.
      if (this.#isWaiting[slot] !== FAILED) continue;
      this.#isWaiting[slot] = 0;
      this.#completions.requestFailed(slot, error, -1, now, 0, cause);
    }
  }

  // Carrying.

  received(connection: number, bytes: Uint8Array, end: number, now: Tick): void {
    this.#carrier(connection).received(bytes, end, now);
    this.#takeTurns();
  }

  ended(connection: number, isClean: boolean, cause: string, now: Tick): void {
    this.#carrier(connection).ended(isClean, cause, now);
    this.#takeTurns();
  }

  #carrier(connection: number): Carrier {
    const carrier = this.#carriers[connection];
    if (carrier === null) throw new Error("z6c has a bug: a request is on a connection that nobody carries");
    return carrier;
  }

  #wantTurn(connection: number): void {
    if (this.#wantsTurn[connection] === 1) return;
    this.#wantsTurn[connection] = 1;
    this.#turns.push(connection);
  }

  /**
   * Taken at the beginning of a poll, and behind what pipes tell: the engine, when it hears of an end, may send what
   * comes next at once.
   */
  #takeTurns(): void {
    while (this.#turns.length > 0) {
      const now = this.#clock.now();
      const turns = this.#turns;
      this.#turns = this.#taken;
      this.#taken = turns;
      for (const connection of turns) {
        this.#wantsTurn[connection] = 0;
        this.#carrier(connection).turn(now);
      }
      turns.length = 0;
    }
  }

  // Ending.

  #lose(connection: number, reason: number): void {
    this.#pipes.close(connection);
    this.#state[connection] = STATE.closed;
    this.#completions.connectionClosed(connection, reason);
    const wish = this.#firstWaiting(connection);
    if (wish >= 0) this.#reopen(connection, wish);
  }

  /** Requests came while it was draining. */
  #reopen(connection: number, slot: number): void {
    const wish = this.#wishes[slot];
    if (wish !== null && this.#state[connection] === STATE.closed) this.#open(connection, wish);
  }

  #close(connection: number): void {
    this.#pipes.close(connection);
    this.#state[connection] = STATE.closed;
    this.#carriers[connection]?.closed();
    const end = connection + this.#slots[connection];
    for (let slot = connection; slot < end; slot++) this.#isWaiting[slot] = 0;
  }
}

/** What is done on a WebSocket that was opened before, be it closed by now. */
function isOnWebSocket({ kind }: ResponseWish): boolean {
  return kind !== "http" && kind !== "webSocket";
}
