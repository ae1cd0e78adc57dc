/** Bytes to and from targets: the lowest of three layers. Carriers stand on it, and the network on those. */
import type { RequestPhase } from "../engine/host.ts";
import type { Target, Tick } from "../plan.ts";

/** Connections as the machine has them, each known by its first slot. Nothing is told from inside a call but `poll`'s. */
export interface Pipes {
  /** Begins to open a connection that is closed: `opened` or `failedToOpen` follows. `protocol`: what TLS is to ask for. */
  open(connection: number, protocol: Target["protocol"]): void;
  /**
   * Sends bytes[0, length) behind what was written before, as soon as they go out. `isLent`: they stay as they are
   * while something is unsent; others are copied where they cannot go out at once.
   */
  write(connection: number, bytes: Uint8Array, length: number, isLent: boolean): void;
  /** How many of the bytes written have not gone out. */
  unsent(connection: number): number;
  /** The system's words for why writing failed, or empty: what is read decides what that means. */
  writeFailure(connection: number): string;
  /** How far a connection that is being opened has come: dns, connect or tls. */
  phase(connection: number): RequestPhase;
  /** Closes it, or gives its opening up; nothing more is told of it. */
  close(connection: number): void;
  /** Tells what has happened, and waits for more as `Network.poll` does. */
  poll(until: Tick): void | Promise<void>;
}

/** Who hears of connections. */
export interface PipesListener {
  /** It stands. Times in ticks; `protocol`: what TLS agreed on, 1 for HTTP/1.1 and 2 for HTTP/2, or 0 without TLS. */
  opened(connection: number, dns: Tick, connect: Tick, tls: Tick, protocol: number, isResumed: boolean): void;
  /** It does not, and is closed. `error` is a code of `ERRORS`. */
  failedToOpen(connection: number, error: number, cause: string, now: Tick): void;
  /** bytes[0, end) came; they are good during the call only. */
  received(connection: number, bytes: Uint8Array, end: number, now: Tick): void;
  /** Nothing more comes: the target has said so, or reading failed, and `cause` says why. To be closed by who hears it. */
  ended(connection: number, isClean: boolean, cause: string, now: Tick): void;
}
