import type { Clock, Completions, Network, RequestPhase, ResponseWish } from "../engine/host.ts";
import { slotTargets } from "../engine/slot_targets.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED } from "../ledger/record.ts";
import type { Plan, Target, Tick } from "../plan.ts";
import { ResponseParser } from "../protocol/http1_response.ts";
import { PARSED } from "../protocol/parsed.ts";
import { isAddress, resolve } from "./address.ts";
import { causeText, errorCode } from "./causes.ts";
import { Pacer } from "./pacer.ts";
import type { TransportModule } from "./transport.ts";

/** HTTP/1.1 over `Deno.connect` and TLS, with our own codec. The default. */
export const socketTransport: TransportModule = {
  name: "socket",
  open: (plan, clock, completions) => new SocketNetwork(plan, clock, completions),
};

class SocketNetwork implements Network {
  readonly #world: World;
  readonly #targets: readonly Target[];
  /** By slot, the position of its target. */
  readonly #targetOf: Uint16Array;
  readonly #connections: (Connection | null)[];

  constructor(plan: Plan, clock: Clock, completions: Completions) {
    this.#targets = plan.targets;
    this.#targetOf = slotTargets(plan);
    this.#world = {
      clock,
      completions,
      pacer: new Pacer(clock, completions),
      drop: (slot) => this.#drop(slot),
    };
    this.#connections = new Array(plan.bounds.connections).fill(null);
  }

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    const connection = this.#connections[slot] ??= this.#newConnection(slot);
    connection.send(length === bytes.length ? bytes : bytes.subarray(0, length), wish);
  }

  cancel(slot: number): RequestPhase {
    const connection = this.#connections[slot];
    if (connection === null) throw new Error("z6c has a bug: a request was cancelled that is not in flight");
    const phase = connection.phase;
    connection.close();
    this.#drop(slot);
    return phase;
  }

  isOpen(slot: number): boolean {
    return this.#connections[slot] !== null;
  }

  close(slot: number): void {
    this.#connections[slot]?.close();
    this.#drop(slot);
  }

  poll(until: Tick): Promise<void> {
    return this.#world.pacer.wait(until);
  }

  #newConnection(slot: number): Connection {
    return new Connection(this.#world, this.#targets[this.#targetOf[slot]], slot);
  }

  #drop(slot: number): void {
    this.#connections[slot] = null;
  }
}

/** What all connections share. */
type World = Readonly<{
  clock: Clock;
  completions: Completions;
  pacer: Pacer;
  drop(slot: number): void;
}>;

const FIRST_BUFFER_BYTES = 4 * 1024;
const LARGEST_BUFFER_BYTES = 64 * 1024;

/**
 * One connection, from its opening to its end; its slot gets another after it. A read is pending at all times, so
 * that a target which closes an idle connection is noticed before the next request is lost on it.
 */
class Connection {
  /** How far the request in flight has come. */
  phase: RequestPhase = "dns";

  readonly #world: World;
  readonly #target: Target;
  readonly #slot: number;
  readonly #parser = new ResponseParser();
  #socket: Deno.Conn | null = null;
  #closed = false;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #inFlight = false;
  #keepBody = false;
  /** What is still to be written. */
  #unsent: Uint8Array = NOTHING;
  #writeFailure: unknown = null;
  #firstByte: Tick = -1;
  #bytes = 0;

  constructor(world: World, target: Target, slot: number) {
    this.#world = world;
    this.#target = target;
    this.#slot = slot;
  }

  send(request: Uint8Array, wish: ResponseWish): void {
    this.#inFlight = true;
    this.#firstByte = -1;
    this.#bytes = 0;
    this.#unsent = request;
    this.#keepBody = wish.keepBody;
    this.#parser.begin(wish.head, wish.keepBody, wish.keepHead);
    if (this.#socket === null) this.#open();
    else this.#write();
  }

  close(): void {
    this.#closed = true;
    this.#inFlight = false;
    closeQuietly(this.#socket);
  }

  // Opening.

  async #open(): Promise<void> {
    const { clock, completions, pacer } = this.#world;
    const target = this.#target;
    try {
      const start = clock.now();
      let resolved = start;
      if (!isAddress(target.host)) {
        await resolve(target.host);
        resolved = clock.now();
      }
      this.phase = "connect";
      const plain = await Deno.connect({ hostname: target.host, port: target.port });
      this.#socket = plain;
      if (this.#closed) return closeQuietly(plain);
      plain.setNoDelay(true);
      const connected = clock.now();
      let secure = connected;
      if (target.scheme === "https") {
        this.phase = "tls";
        const secured = await Deno.startTls(plain, { hostname: target.host, alpnProtocols: ["http/1.1"] });
        this.#socket = secured;
        if (this.#closed) return closeQuietly(secured);
        await secured.handshake();
        if (this.#closed) return;
        secure = clock.now();
      }
      completions.connectionOpened(this.#slot, resolved - start, connected - resolved, secure - connected);
    } catch (cause) {
      if (this.#closed) return;
      this.#end();
      completions.requestFailed(
        this.#slot,
        errorCode(cause, this.phase),
        -1,
        clock.now(),
        0,
        causeText(cause),
      );
      pacer.delivered();
      return;
    }
    this.#read();
    this.#write();
  }

  // Writing.

  #write(): void {
    this.phase = "write";
    this.#socket?.write(this.#unsent).then(this.#onWritten, this.#onWriteFailed);
  }

  readonly #onWritten = (bytes: number): void => {
    if (this.#closed) return;
    if (bytes < this.#unsent.length) {
      this.#unsent = this.#unsent.subarray(bytes);
      this.#write();
    } else {
      this.#unsent = NOTHING;
      if (this.phase === "write") this.phase = "wait";
    }
  };

  /** The target may have answered before it closed: what the pending read brings decides. */
  readonly #onWriteFailed = (cause: unknown): void => {
    this.#writeFailure = cause;
  };

  // Reading.

  #read(): void {
    this.#socket?.read(this.#buffer).then(this.#onRead, this.#onReadFailed);
  }

  readonly #onRead = (bytes: number | null): void => {
    if (this.#closed) return;
    const now = this.#world.clock.now();
    if (bytes === null) this.#onEnd(now);
    else if (!this.#inFlight) this.#lose(CLOSED.afterError);
    else this.#onBytes(bytes, now);
    this.#world.pacer.delivered();
  };

  #onBytes(bytes: number, now: Tick): void {
    if (this.#firstByte < 0) {
      this.#firstByte = now;
      this.phase = "receive";
    }
    this.#bytes += bytes;
    const parsed = this.#parser.feed(this.#buffer, 0, bytes);
    if (parsed === PARSED.done) return this.#onResponse(now, this.#parser.consumed === bytes);
    if (parsed === PARSED.failed) {
      return this.#fail(ERROR[this.#parser.failure ?? "protocol.header"], now, "");
    }
    if (bytes === this.#buffer.length && bytes < LARGEST_BUFFER_BYTES) {
      this.#buffer = new Uint8Array(2 * bytes);
    }
    this.#read();
  }

  /** `clean`: nothing came behind the response. */
  #onResponse(now: Tick, clean: boolean): void {
    this.#inFlight = false;
    const parser = this.#parser;
    const sent = this.#unsent === NOTHING;
    if (parser.keepAlive && clean && sent) this.#read();
    else this.#lose(clean && sent ? CLOSED.announced : CLOSED.afterError);
    const body = this.#keepBody ? parser.body() : null;
    this.#world.completions.responseEnded(
      this.#slot,
      this.#firstByte,
      now,
      parser.status,
      this.#bytes,
      body,
      parser.head(),
    );
  }

  /** The target sent its last byte. */
  #onEnd(now: Tick): void {
    if (!this.#inFlight) return this.#lose(CLOSED.byTarget);
    if (this.#firstByte < 0) {
      const error = this.#writeFailure === null ? ERROR["wait.closed"] : ERROR["write.reset"];
      return this.#fail(error, now, this.#writeFailure === null ? "" : causeText(this.#writeFailure));
    }
    if (this.#parser.close() === PARSED.done) return this.#onResponse(now, true);
    this.#fail(ERROR[this.#parser.failure ?? "receive.closed"], now, "");
  }

  readonly #onReadFailed = (cause: unknown): void => {
    if (this.#closed) return;
    const phase = this.#writeFailure === null ? this.phase : "write";
    if (this.#inFlight) this.#fail(errorCode(cause, phase), this.#world.clock.now(), causeText(cause));
    else this.#lose(CLOSED.byTarget);
    this.#world.pacer.delivered();
  };

  // Ending.

  #fail(error: number, now: Tick, cause: string): void {
    this.#lose(CLOSED.afterError);
    this.#world.completions.requestFailed(this.#slot, error, this.#firstByte, now, this.#bytes, cause);
  }

  /** The connection is of no use any more. */
  #lose(reason: number): void {
    this.#end();
    this.#world.completions.connectionClosed(this.#slot, reason);
  }

  #end(): void {
    this.close();
    this.#world.drop(this.#slot);
  }
}

const NOTHING = new Uint8Array(0);

/** Closing what the target has closed already is no error. */
function closeQuietly(socket: Deno.Conn | null): void {
  try {
    socket?.close();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.BadResource)) throw cause;
  }
}
