import { setImmediate } from "node:timers";
import type { Clock, RequestPhase } from "../engine/host.ts";
import { slotTargets } from "../engine/slot_targets.ts";
import type { Plan, Target, Tick } from "../plan.ts";
import { isAddress, resolve } from "./address.ts";
import { causeText, errorCode } from "./causes.ts";
import { connectErrorCode, ERRNO } from "./errno.ts";
import { EventLoopTurns } from "./event_loop_turns.ts";
import { type Libc, READY } from "./libc.ts";
import type { Looking } from "./looking.ts";
import { Outgoing } from "./outgoing.ts";
import type { Pipes, PipesListener } from "./pipes.ts";
import { socketAddress } from "./socket_address.ts";

/** A thread that sleeps wakes some tens of microseconds late, and cold: the last stretch is spent looking. */
const SPIN_TICKS = 100;
/** One for all: what comes is parsed before anything else is read. */
const BUFFER_BYTES = 64 * 1024;

const STATE = { closed: 0, resolving: 1, connecting: 2, open: 3 } as const;
const WATCH_READS = READY.in | READY.readHangUp;

/** An opening that failed while nothing may be told: told by the next `poll`. */
type Failed = Readonly<{ connection: number; generation: number; error: number; cause: string }>;

/** Connections by Linux's own calls, without TLS. */
export class EpollPipes implements Pipes {
  readonly #targets: readonly Target[];
  /** By target, its address for the kernel; null where a name must be resolved. */
  readonly #addresses: readonly (Uint8Array<ArrayBuffer> | null)[];
  /** By slot, the position of its target. */
  readonly #targetOf: Uint16Array;
  readonly #clock: Clock;
  readonly #listener: PipesListener;
  readonly #libc: Libc;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);

  // A column each, by connection.
  readonly #socket: Int32Array;
  readonly #state: Uint8Array;
  /** Counts the connections of a number, so that events of one that is gone are known. */
  readonly #generation: Uint32Array;
  readonly #openTick: Float64Array;
  readonly #dnsTicks: Float64Array;
  /** How much of what was written has not gone out: first the rest, then what waits behind it. */
  readonly #unsent: Uint32Array;
  readonly #rest: (Uint8Array<ArrayBuffer> | null)[];
  readonly #outgoing: (Outgoing | null)[];
  /** The errno of a write that failed, or 0. */
  readonly #writeErrno: Int32Array;

  #failed: Failed[] = [];
  #resolving = 0;
  readonly #turns = new EventLoopTurns();
  readonly #looking: Looking;

  constructor(plan: Plan, clock: Clock, listener: PipesListener, libc: Libc, looking: Looking) {
    const slots = plan.bounds.connections;
    this.#targets = plan.targets;
    this.#addresses = plan.targets.map(({ host, port }) =>
      isAddress(host) ? socketAddress(host, port) : null
    );
    this.#targetOf = slotTargets(plan);
    this.#clock = clock;
    this.#listener = listener;
    this.#libc = libc;
    this.#looking = looking;
    this.#socket = new Int32Array(slots).fill(-1);
    this.#state = new Uint8Array(slots);
    this.#generation = new Uint32Array(slots);
    this.#openTick = new Float64Array(slots);
    this.#dnsTicks = new Float64Array(slots);
    this.#unsent = new Uint32Array(slots);
    this.#rest = new Array(slots).fill(null);
    this.#outgoing = new Array(slots).fill(null);
    this.#writeErrno = new Int32Array(slots);
  }

  unsent(connection: number): number {
    return this.#unsent[connection];
  }

  writeFailure(connection: number): string {
    const errno = this.#writeErrno[connection];
    return errno === 0 ? "" : this.#libc.text(errno);
  }

  phase(connection: number): RequestPhase {
    return this.#state[connection] === STATE.resolving ? "dns" : "connect";
  }

  close(connection: number): void {
    this.#state[connection] = STATE.closed;
    this.#generation[connection]++;
    this.#unsent[connection] = 0;
    this.#rest[connection] = null;
    this.#outgoing[connection] = null;
    this.#writeErrno[connection] = 0;
    if (this.#socket[connection] < 0) return;
    this.#libc.close(this.#socket[connection]);
    this.#socket[connection] = -1;
  }

  poll(until: Tick): void | Promise<void> {
    const now = this.#clock.now();
    // From one poll that finds nothing to the next one, with nothing written in between.
    this.#looking.end(now);
    const hasTurn = this.#turns.take(now) || this.#resolving > 0;
    const waitTicks = Math.max(0, Math.min(until, this.#turns.nextTick) - now - SPIN_TICKS);
    if (hasTurn || waitTicks === 0) this.#looking.begin(now);
    if (hasTurn) return new Promise(this.#turn);
    this.#deliver(waitTicks);
  }

  readonly #turn = (resolve: () => void): void => {
    setImmediate(() => {
      this.#deliver(0);
      resolve();
    });
  };

  #deliver(waitTicks: Tick): void {
    if (this.#failed.length > 0) {
      this.#tellFailed();
      waitTicks = 0;
    }
    const libc = this.#libc;
    const events = libc.wait(waitTicks);
    if (events > 0) this.#looking.found();
    for (let n = 0; n < events; n++) {
      const connection = libc.eventLow(n);
      if (libc.eventHigh(n) === this.#generation[connection]) this.#happened(connection, libc.eventReady(n));
    }
  }

  #tellFailed(): void {
    const failed = this.#failed;
    this.#failed = [];
    for (const { connection, generation, error, cause } of failed) {
      if (generation === this.#generation[connection]) this.#tellFailure(connection, error, cause);
    }
  }

  #tellFailure(connection: number, error: number, cause: string): void {
    this.close(connection);
    this.#listener.failedToOpen(connection, error, cause, this.#clock.now());
  }

  #happened(connection: number, ready: number): void {
    if (this.#state[connection] === STATE.connecting) {
      const errno = this.#libc.connectError(this.#socket[connection]);
      if (errno !== 0) this.#tellFailure(connection, connectErrorCode(errno), this.#libc.text(errno));
      else if ((ready & READY.out) !== 0) this.#opened(connection);
      return;
    }
    if ((ready & READY.out) !== 0) this.#writeOn(connection);
    if ((ready & ~READY.out) !== 0) this.#read(connection);
  }

  #watchFor(connection: number, ready: number): void {
    this.#libc.watchFor(this.#socket[connection], ready, connection, this.#generation[connection]);
  }

  // Opening.

  open(connection: number): void {
    this.#looking.found();
    this.#openTick[connection] = this.#clock.now();
    this.#dnsTicks[connection] = 0;
    const target = this.#targetOf[connection];
    const address = this.#addresses[target];
    if (address !== null) return this.#connect(connection, address);
    this.#state[connection] = STATE.resolving;
    this.#resolve(connection, this.#targets[target]);
  }

  async #resolve(connection: number, { host, port }: Target): Promise<void> {
    const generation = this.#generation[connection];
    this.#resolving++;
    try {
      const address = await resolve(host);
      if (generation !== this.#generation[connection]) return;
      const now = this.#clock.now();
      this.#dnsTicks[connection] = now - this.#openTick[connection];
      this.#openTick[connection] = now;
      this.#connect(connection, socketAddress(address, port));
    } catch (cause) {
      this.#failed.push({ connection, generation, error: errorCode(cause, "dns"), cause: causeText(cause) });
    } finally {
      this.#resolving--;
    }
  }

  #connect(connection: number, address: Uint8Array<ArrayBuffer>): void {
    const libc = this.#libc;
    const socket = libc.openSocket(address);
    if (socket < 0) return this.#failLater(connection, libc.errno);
    this.#socket[connection] = socket;
    this.#state[connection] = STATE.connecting;
    const failed = libc.connect(socket, address) < 0 && libc.errno !== ERRNO.EINPROGRESS ||
      libc.watch(socket, WATCH_READS | READY.out, connection, this.#generation[connection]) < 0;
    if (failed) this.#failLater(connection, libc.errno);
  }

  #failLater(connection: number, errno: number): void {
    const generation = this.#generation[connection];
    this.#failed.push({
      connection,
      generation,
      error: connectErrorCode(errno),
      cause: this.#libc.text(errno),
    });
  }

  #opened(connection: number): void {
    const connect = this.#clock.now() - this.#openTick[connection];
    this.#state[connection] = STATE.open;
    this.#watchFor(connection, WATCH_READS);
    this.#listener.opened(connection, this.#dnsTicks[connection], connect, 0, 0, false);
  }

  // Writing.

  write(connection: number, bytes: Uint8Array, length: number, isLent: boolean): void {
    this.#looking.found();
    if (this.#unsent[connection] > 0) return this.#append(connection, bytes, length);
    const went = this.#send(connection, bytes as Uint8Array<ArrayBuffer>, length);
    if (went === length) return;
    this.#unsent[connection] = length - went;
    const rest = isLent ? bytes.subarray(went, length) : bytes.slice(went, length);
    this.#rest[connection] = rest as Uint8Array<ArrayBuffer>;
    if (this.#writeErrno[connection] === 0) this.#watchFor(connection, WATCH_READS | READY.out);
  }

  /** How many went. Where that fails, the target may have answered before it closed: an event will say, for one that failed is always ready. */
  #send(connection: number, bytes: Uint8Array<ArrayBuffer>, length: number): number {
    const went = this.#libc.send(this.#socket[connection], bytes, length);
    if (went >= 0) return went;
    const { errno } = this.#libc;
    if (errno !== ERRNO.EAGAIN) this.#writeErrno[connection] = errno;
    return 0;
  }

  #append(connection: number, bytes: Uint8Array, length: number): void {
    const outgoing = this.#outgoing[connection] ??= new Outgoing();
    outgoing.append(bytes, length);
    this.#unsent[connection] += length;
  }

  /** There is room again. */
  #writeOn(connection: number): void {
    const rest = this.#rest[connection];
    if (rest === null || this.#writeErrno[connection] !== 0) return this.#watchFor(connection, WATCH_READS);
    const went = this.#send(connection, rest, rest.length);
    this.#unsent[connection] -= went;
    if (went < rest.length) {
      this.#rest[connection] = rest.subarray(went);
      return;
    }
    const next = this.#unsent[connection] > 0 ? this.#outgoing[connection] : null;
    this.#rest[connection] = next === null ? null : next.take() as Uint8Array<ArrayBuffer>;
    if (next === null) this.#watchFor(connection, WATCH_READS);
  }

  // Reading.

  #read(connection: number): void {
    const buffer = this.#buffer;
    const generation = this.#generation[connection];
    while (true) {
      const bytes = this.#libc.receive(this.#socket[connection], buffer);
      if (bytes < 0) return this.#failToRead(connection);
      const now = this.#clock.now();
      if (bytes === 0) return this.#listener.ended(connection, true, "", now);
      this.#listener.received(connection, buffer, bytes, now);
      if (bytes < buffer.length || generation !== this.#generation[connection]) return;
    }
  }

  #failToRead(connection: number): void {
    const { errno } = this.#libc;
    if (errno === ERRNO.EAGAIN || errno === ERRNO.EINTR) return;
    this.#listener.ended(connection, false, this.#libc.text(errno), this.#clock.now());
  }
}
