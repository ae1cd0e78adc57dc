import { setImmediate } from "node:timers";
import type { Clock, Completions, Network, RequestPhase, ResponseWish } from "../engine/host.ts";
import { slotTargets } from "../engine/slot_targets.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED } from "../ledger/record.ts";
import type { Plan, Target, Tick } from "../plan.ts";
import { ResponseParser } from "../protocol/http1_response.ts";
import { PARSED } from "../protocol/parsed.ts";
import { isAddress, resolve } from "./address.ts";
import { causeText, errorCode } from "./causes.ts";
import { connectErrorCode, ERRNO } from "./errno.ts";
import { EventLoopTurns } from "./event_loop_turns.ts";
import { type Libc, openLibc, READY } from "./libc.ts";
import { socketAddress } from "./socket_address.ts";
import type { TransportModule } from "./transport.ts";

/** Cleartext HTTP/1.1 by the system calls of Linux, without Deno's event loop in between. */
export const epollTransport: TransportModule = {
  name: "epoll",
  problem: machineProblem,
  open: (plan, clock, completions) => new EpollNetwork(plan, clock, completions, openLibc()),
};

/** Why this machine has no epoll that could be called, or null. */
function machineProblem(): string | null {
  const { os } = Deno.build;
  const way = 'write transport = "socket" in [target]';
  if (os !== "linux") return `transport epoll is made of Linux's system calls, and this is ${os}; ${way}`;
  try {
    openLibc()[Symbol.dispose]();
    return null;
  } catch (cause) {
    return `transport epoll cannot call this machine's C library (${causeText(cause)}); ${way}`;
  }
}

/** A thread that sleeps wakes some tens of microseconds late, and cold: the last stretch is spent looking. */
const SPIN_TICKS = 100;
/** One for all: what comes is parsed before anything else is read. */
const BUFFER_BYTES = 64 * 1024;

const STATE = { closed: 0, resolving: 1, connecting: 2, open: 3 } as const;
const WATCH_READS = READY.in | READY.readHangUp;

/** An end that came while nothing may be told: told by the next `poll`. */
type Ended = Readonly<{ slot: number; generation: number; error: number; cause: string }>;

class EpollNetwork implements Network {
  readonly #targets: readonly Target[];
  /** By target, its address for the kernel; null where a name must be resolved. */
  readonly #addresses: readonly (Uint8Array<ArrayBuffer> | null)[];
  /** By slot, the position of its target. */
  readonly #targetOf: Uint16Array;
  readonly #clock: Clock;
  readonly #completions: Completions;
  readonly #libc: Libc;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);

  // A column each, by slot.
  readonly #socket: Int32Array;
  readonly #state: Uint8Array;
  /** Counts the connections of a slot, so that events of one that is gone are known. */
  readonly #generation: Uint32Array;
  readonly #inFlight: Uint8Array;
  readonly #openTick: Float64Array;
  readonly #dnsTicks: Float64Array;
  readonly #firstByte: Float64Array;
  readonly #received: Float64Array;
  readonly #sent: Uint32Array;
  readonly #length: Uint32Array;
  /** The errno of a write that failed: what reading brings decides. */
  readonly #writeErrno: Int32Array;
  readonly #bytes: (Uint8Array<ArrayBuffer> | null)[];
  readonly #wishes: (ResponseWish | null)[];
  readonly #parsers: (ResponseParser | null)[];

  #ended: Ended[] = [];
  #resolving = 0;
  readonly #turns = new EventLoopTurns();

  constructor(plan: Plan, clock: Clock, completions: Completions, libc: Libc) {
    const slots = plan.bounds.connections;
    this.#targets = plan.targets;
    this.#addresses = plan.targets.map(({ host, port }) =>
      isAddress(host) ? socketAddress(host, port) : null
    );
    this.#targetOf = slotTargets(plan);
    this.#clock = clock;
    this.#completions = completions;
    this.#libc = libc;
    this.#socket = new Int32Array(slots).fill(-1);
    this.#state = new Uint8Array(slots);
    this.#generation = new Uint32Array(slots);
    this.#inFlight = new Uint8Array(slots);
    this.#openTick = new Float64Array(slots);
    this.#dnsTicks = new Float64Array(slots);
    this.#firstByte = new Float64Array(slots);
    this.#received = new Float64Array(slots);
    this.#sent = new Uint32Array(slots);
    this.#length = new Uint32Array(slots);
    this.#writeErrno = new Int32Array(slots);
    this.#bytes = new Array(slots).fill(null);
    this.#wishes = new Array(slots).fill(null);
    this.#parsers = new Array(slots).fill(null);
  }

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    this.#inFlight[slot] = 1;
    this.#firstByte[slot] = -1;
    this.#received[slot] = 0;
    this.#sent[slot] = 0;
    this.#length[slot] = length;
    this.#bytes[slot] = bytes as Uint8Array<ArrayBuffer>;
    this.#wishes[slot] = wish;
    const parser = this.#parsers[slot] ??= new ResponseParser();
    parser.begin(wish.head, wish.keepBody, wish.keepHead);
    if (this.#state[slot] === STATE.open) this.#write(slot);
    else this.#open(slot);
  }

  cancel(slot: number): RequestPhase {
    const phase = this.#phase(slot);
    this.close(slot);
    return phase;
  }

  isOpen(slot: number): boolean {
    return this.#state[slot] === STATE.open;
  }

  close(slot: number): void {
    this.#inFlight[slot] = 0;
    this.#state[slot] = STATE.closed;
    this.#generation[slot]++;
    if (this.#socket[slot] < 0) return;
    this.#libc.close(this.#socket[slot]);
    this.#socket[slot] = -1;
  }

  #phase(slot: number): RequestPhase {
    switch (this.#state[slot]) {
      case STATE.resolving:
        return "dns";
      case STATE.connecting:
        return "connect";
    }
    if (this.#firstByte[slot] >= 0) return "receive";
    return this.#sent[slot] < this.#length[slot] ? "write" : "wait";
  }

  poll(until: Tick): void | Promise<void> {
    const now = this.#clock.now();
    if (this.#turns.take(now) || this.#resolving > 0) return new Promise(this.#turn);
    const leftTicks = Math.min(until, this.#turns.nextTick) - now;
    this.#deliver(Math.max(0, leftTicks - SPIN_TICKS));
  }

  readonly #turn = (resolve: () => void): void => {
    setImmediate(() => {
      this.#deliver(0);
      resolve();
    });
  };

  #deliver(waitTicks: Tick): void {
    if (this.#ended.length > 0) {
      this.#tellEnded();
      waitTicks = 0;
    }
    const libc = this.#libc;
    const events = libc.wait(waitTicks);
    for (let n = 0; n < events; n++) {
      const slot = libc.eventLow(n);
      if (libc.eventHigh(n) === this.#generation[slot]) this.#happened(slot, libc.eventReady(n));
    }
  }

  #tellEnded(): void {
    const ended = this.#ended;
    this.#ended = [];
    for (const { slot, generation, error, cause } of ended) {
      if (generation !== this.#generation[slot]) continue;
      this.close(slot);
      this.#completions.requestFailed(slot, error, -1, this.#clock.now(), 0, cause);
    }
  }

  #happened(slot: number, ready: number): void {
    if (this.#state[slot] === STATE.connecting) {
      const errno = this.#libc.connectError(this.#socket[slot]);
      if (errno !== 0) this.#failToConnect(slot, errno);
      else if ((ready & READY.out) !== 0) this.#opened(slot);
      return;
    }
    if ((ready & READY.out) !== 0) {
      this.#watchFor(slot, WATCH_READS);
      this.#write(slot);
    }
    if ((ready & ~READY.out) !== 0) this.#read(slot);
  }

  #watchFor(slot: number, ready: number): void {
    this.#libc.watchFor(this.#socket[slot], ready, slot, this.#generation[slot]);
  }

  // Opening. Nothing may be told from within `send`.

  #open(slot: number): void {
    this.#openTick[slot] = this.#clock.now();
    this.#dnsTicks[slot] = 0;
    const target = this.#targetOf[slot];
    const address = this.#addresses[target];
    if (address !== null) return this.#connect(slot, address);
    this.#state[slot] = STATE.resolving;
    this.#resolve(slot, this.#targets[target]);
  }

  async #resolve(slot: number, { host, port }: Target): Promise<void> {
    const generation = this.#generation[slot];
    this.#resolving++;
    try {
      const address = await resolve(host);
      if (generation !== this.#generation[slot]) return;
      const now = this.#clock.now();
      this.#dnsTicks[slot] = now - this.#openTick[slot];
      this.#openTick[slot] = now;
      this.#connect(slot, socketAddress(address, port));
    } catch (cause) {
      this.#ended.push({ slot, generation, error: errorCode(cause, "dns"), cause: causeText(cause) });
    } finally {
      this.#resolving--;
    }
  }

  #connect(slot: number, address: Uint8Array<ArrayBuffer>): void {
    const libc = this.#libc;
    const socket = libc.openSocket(address);
    if (socket < 0) return this.#endLater(slot, libc.errno);
    this.#socket[slot] = socket;
    this.#state[slot] = STATE.connecting;
    const failed = libc.connect(socket, address) < 0 && libc.errno !== ERRNO.EINPROGRESS ||
      libc.watch(socket, WATCH_READS | READY.out, slot, this.#generation[slot]) < 0;
    if (failed) this.#endLater(slot, libc.errno);
  }

  #endLater(slot: number, errno: number): void {
    const cause = this.#libc.text(errno);
    this.#ended.push({ slot, generation: this.#generation[slot], error: connectErrorCode(errno), cause });
  }

  #opened(slot: number): void {
    const connect = this.#clock.now() - this.#openTick[slot];
    this.#state[slot] = STATE.open;
    this.#writeErrno[slot] = 0;
    this.#watchFor(slot, WATCH_READS);
    this.#completions.connectionOpened(slot, this.#dnsTicks[slot], connect, 0);
    this.#write(slot);
  }

  #failToConnect(slot: number, errno: number): void {
    this.close(slot);
    const cause = this.#libc.text(errno);
    this.#completions.requestFailed(slot, connectErrorCode(errno), -1, this.#clock.now(), 0, cause);
  }

  // Writing.

  #write(slot: number): void {
    const bytes = this.#bytes[slot];
    const [sent, length] = [this.#sent[slot], this.#length[slot]];
    if (bytes === null || sent >= length) return;
    const went = this.#libc.send(
      this.#socket[slot],
      sent === 0 ? bytes : bytes.subarray(sent),
      length - sent,
    );
    if (went === length - sent) {
      this.#sent[slot] = length;
      return;
    }
    if (went >= 0) this.#sent[slot] += went;
    else {
      const { errno } = this.#libc;
      if (errno !== ERRNO.EAGAIN) {
        // The target may have answered before it closed: an event will say, for one that failed is always ready.
        this.#writeErrno[slot] = errno;
        return;
      }
    }
    this.#watchFor(slot, WATCH_READS | READY.out);
  }

  // Reading.

  #read(slot: number): void {
    const buffer = this.#buffer;
    const generation = this.#generation[slot];
    while (true) {
      const bytes = this.#libc.receive(this.#socket[slot], buffer);
      if (bytes < 0) return this.#failToRead(slot);
      if (bytes === 0) return this.#onEnd(slot);
      if (this.#inFlight[slot] === 0) return this.#lose(slot, CLOSED.afterError);
      if (this.#onBytes(slot, bytes)) return;
      if (bytes < buffer.length || generation !== this.#generation[slot]) return;
    }
  }

  /** True where the request has ended. */
  #onBytes(slot: number, bytes: number): boolean {
    if (this.#firstByte[slot] < 0) this.#firstByte[slot] = this.#clock.now();
    this.#received[slot] += bytes;
    const parser = this.#parsers[slot]!;
    const parsed = parser.feed(this.#buffer, 0, bytes);
    if (parsed === PARSED.more) return false;
    if (parsed === PARSED.done) this.#onResponse(slot, parser, parser.consumed === bytes);
    else this.#fail(slot, ERROR[parser.failure ?? "protocol.header"], "");
    return true;
  }

  /** `clean`: nothing came behind the response. */
  #onResponse(slot: number, parser: ResponseParser, clean: boolean): void {
    this.#inFlight[slot] = 0;
    const sent = this.#sent[slot] === this.#length[slot];
    if (!parser.keepAlive || !clean || !sent) {
      this.#lose(slot, clean && sent ? CLOSED.announced : CLOSED.afterError);
    }
    const keepBody = this.#wishes[slot]?.keepBody === true;
    this.#completions.responseEnded(
      slot,
      this.#firstByte[slot],
      this.#clock.now(),
      parser.status,
      this.#received[slot],
      keepBody ? parser.body() : null,
      parser.head(),
    );
  }

  /** The target sent its last byte. */
  #onEnd(slot: number): void {
    if (this.#inFlight[slot] === 0) return this.#lose(slot, CLOSED.byTarget);
    const writeErrno = this.#writeErrno[slot];
    if (this.#firstByte[slot] < 0) {
      if (writeErrno === 0) return this.#fail(slot, ERROR["wait.closed"], "");
      return this.#fail(slot, ERROR["write.reset"], this.#libc.text(writeErrno));
    }
    const parser = this.#parsers[slot]!;
    if (parser.close() === PARSED.done) this.#onResponse(slot, parser, true);
    else this.#fail(slot, ERROR[parser.failure ?? "receive.closed"], "");
  }

  #failToRead(slot: number): void {
    const { errno } = this.#libc;
    if (errno === ERRNO.EAGAIN || errno === ERRNO.EINTR) return;
    if (this.#inFlight[slot] === 0) return this.#lose(slot, CLOSED.byTarget);
    const writeErrno = this.#writeErrno[slot];
    if (writeErrno !== 0) return this.#fail(slot, ERROR["write.reset"], this.#libc.text(writeErrno));
    const error = this.#phase(slot) === "receive" ? ERROR["receive.reset"] : ERROR["wait.reset"];
    this.#fail(slot, error, this.#libc.text(errno));
  }

  // Ending.

  #fail(slot: number, error: number, cause: string): void {
    const [firstByte, received] = [this.#firstByte[slot], this.#received[slot]];
    this.#lose(slot, CLOSED.afterError);
    this.#completions.requestFailed(slot, error, firstByte, this.#clock.now(), received, cause);
  }

  /** The connection is of no use any more. */
  #lose(slot: number, reason: number): void {
    this.close(slot);
    this.#completions.connectionClosed(slot, reason);
  }
}
