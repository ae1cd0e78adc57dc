import type { Clock, Completions, RequestPhase } from "../engine/host.ts";
import { slotTargets } from "../engine/slot_targets.ts";
import type { Plan, Target, Tick } from "../plan.ts";
import { type ByteSocket, Opening } from "./byte_socket.ts";
import { causeText, errorCode } from "./causes.ts";
import type { Looking } from "./looking.ts";
import { Outgoing } from "./outgoing.ts";
import { Pacer } from "./pacer.ts";
import type { Pipes, PipesListener } from "./pipes.ts";
import { type OpenedSocket, openSocket } from "./socket_opening.ts";
import type { TlsTexts } from "./transport.ts";

/** Connections by Deno's sockets, with and without TLS. */
export class SocketPipes implements Pipes {
  readonly #parts: SocketParts;
  readonly #targets: readonly Target[];
  readonly #texts: readonly TlsTexts[];
  /** By slot, the position of its target. */
  readonly #targetOf: Uint16Array;
  readonly #pipes: (SocketPipe | null)[];

  /** `texts`: by target; none where no target has TLS of its own. */
  constructor(
    plan: Plan,
    clock: Clock,
    completions: Completions,
    listener: PipesListener,
    texts: readonly TlsTexts[],
    looking: Looking,
  ) {
    this.#parts = { clock, listener, pacer: new Pacer(clock, completions, looking) };
    this.#targets = plan.targets;
    this.#texts = texts;
    this.#targetOf = slotTargets(plan);
    this.#pipes = new Array(plan.bounds.connections).fill(null);
  }

  open(connection: number, protocol: Target["protocol"]): void {
    const position = this.#targetOf[connection];
    const pipe = new SocketPipe(this.#parts, connection);
    this.#pipes[connection] = pipe;
    pipe.open(this.#targets[position], this.#texts[position] ?? NO_TEXTS, protocol);
  }

  write(connection: number, bytes: Uint8Array, length: number, isLent: boolean): void {
    this.#pipes[connection]?.write(bytes, length, isLent);
  }

  unsent(connection: number): number {
    return this.#pipes[connection]?.unsent ?? 0;
  }

  writeFailure(connection: number): string {
    return this.#pipes[connection]?.writeFailure ?? "";
  }

  phase(connection: number): RequestPhase {
    return this.#pipes[connection]?.phase ?? "dns";
  }

  close(connection: number): void {
    this.#pipes[connection]?.close();
    this.#pipes[connection] = null;
  }

  poll(until: Tick): Promise<void> {
    return this.#parts.pacer.wait(until);
  }
}

/** Each connection has a TLS configuration of its own in Deno, and so nothing that an earlier one could be resumed by. */
const NEVER_RESUMED = false;
const NO_TEXTS: TlsTexts = { ca: null, cert: null, key: null };

/** What all connections share. */
type SocketParts = Readonly<{ clock: Clock; listener: PipesListener; pacer: Pacer }>;

/** A read is pending on every connection, so what waits in them is counted in thousands. */
const FIRST_BUFFER_BYTES = 1024;
const LARGEST_BUFFER_BYTES = 64 * 1024;

/**
 * One connection, from its opening to its end. A read is pending at all times, so that a target which closes an idle
 * connection is noticed before the next request is lost on it.
 */
class SocketPipe {
  writeFailure = "";
  readonly #parts: SocketParts;
  readonly #connection: number;
  readonly #opening: Opening;
  #socket: ByteSocket | null = null;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  /** What is being written, and what waits behind it. */
  #written: Uint8Array = NOTHING;
  #outgoing: Outgoing | null = null;

  constructor(parts: SocketParts, connection: number) {
    this.#parts = parts;
    this.#connection = connection;
    this.#opening = new Opening(parts.clock);
  }

  get phase(): RequestPhase {
    return this.#opening.phase;
  }

  get unsent(): number {
    return this.#written.length + (this.#outgoing?.waiting ?? 0);
  }

  close(): void {
    this.#opening.giveUp();
  }

  async open(target: Target, texts: TlsTexts, protocol: Target["protocol"]): Promise<void> {
    const { clock, listener, pacer } = this.#parts;
    const opening = this.#opening;
    let opened: OpenedSocket | null = null;
    try {
      opened = await openSocket(target, texts, protocol, clock, opening);
    } catch (cause) {
      if (opening.isGivenUp) return;
      const error = errorCode(cause, opening.phase);
      listener.failedToOpen(this.#connection, error, causeText(cause), clock.now());
      return pacer.delivered();
    }
    if (opened === null) return;
    this.#socket = opened.socket;
    const { dns, connect, tls } = opened;
    listener.opened(this.#connection, dns, connect, tls, opened.protocol, NEVER_RESUMED);
    if (!opening.isGivenUp) this.#read();
    pacer.delivered();
  }

  // Writing.

  write(bytes: Uint8Array, length: number, isLent: boolean): void {
    if (this.#written.length === 0 && isLent) {
      this.#written = length === bytes.length ? bytes : bytes.subarray(0, length);
      this.#go();
      return;
    }
    this.#outgoing ??= new Outgoing();
    this.#outgoing.append(bytes, length);
    if (this.#written.length === 0) this.#goOn();
  }

  #goOn(): void {
    this.#written = this.#outgoing?.take() ?? NOTHING;
    if (this.#written.length > 0) this.#go();
  }

  #go(): void {
    this.#socket?.write(this.#written).then(this.#onWritten, this.#onWriteFailed);
  }

  readonly #onWritten = (bytes: number): void => {
    if (this.#opening.isGivenUp) return;
    if (bytes < this.#written.length) {
      this.#written = this.#written.subarray(bytes);
      this.#go();
    } else {
      this.#goOn();
    }
  };

  /** The target may have answered before it closed: what the pending read brings decides. */
  readonly #onWriteFailed = (cause: unknown): void => {
    this.writeFailure = causeText(cause);
  };

  // Reading.

  #read(): void {
    this.#socket?.read(this.#buffer).then(this.#onRead, this.#onReadFailed);
  }

  readonly #onRead = (bytes: number | null): void => {
    if (this.#opening.isGivenUp) return;
    const { clock, listener, pacer } = this.#parts;
    if (bytes === null || bytes === 0) listener.ended(this.#connection, true, "", clock.now());
    else {
      listener.received(this.#connection, this.#buffer, bytes, clock.now());
      if (!this.#opening.isGivenUp) {
        if (bytes === this.#buffer.length && bytes < LARGEST_BUFFER_BYTES) {
          this.#buffer = new Uint8Array(2 * bytes);
        }
        this.#read();
      }
    }
    pacer.delivered();
  };

  readonly #onReadFailed = (cause: unknown): void => {
    if (this.#opening.isGivenUp) return;
    const { clock, listener, pacer } = this.#parts;
    listener.ended(this.#connection, false, causeText(cause), clock.now());
    pacer.delivered();
  };
}

const NOTHING = new Uint8Array(0);
