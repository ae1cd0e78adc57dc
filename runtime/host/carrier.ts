/** One open connection's protocol, without I/O: between the network's requests and the bytes of `Pipes`. */
import type { Completions, RequestPhase, ResponseWish } from "../engine/host.ts";
import type { Tick } from "../plan.ts";
import type { KnownHead } from "../protocol/http1_known_head.ts";
import type { Pipes } from "./pipes.ts";

/** Made once for a connection's number, and used for one connection after another. */
export interface Carrier {
  readonly kind: "http1" | "http2" | "webSocket";
  /** A new connection stands; nothing is in flight. */
  begin(): void;
  /** As `Network.send`, on a connection that stands. */
  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void;
  /** How far the request in flight on `slot` has come. */
  phase(slot: number): RequestPhase;
  /** Gives it up. True where the connection can carry others all the same. */
  cancel(slot: number): boolean;
  /** bytes[0, end) came; they are good during the call only. */
  received(bytes: Uint8Array, end: number, now: Tick): void;
  /** Nothing more comes; must lead to `lose`. `cause`: why reading failed; empty where the target has said so. */
  ended(isClean: boolean, cause: string, now: Tick): void;
  /** The beginning of a poll, for which it has asked: time to write what has gathered, and to tell what `send` could not. */
  turn(now: Tick): void;
  /** The connection was closed from above. */
  closed(): void;
}

/** What carriers share. */
export type CarrierWorld = Readonly<{
  pipes: Pipes;
  completions: Completions;
  /** By position in the plan's requests: the head of its last answer in HTTP/1.1. */
  knownHeads: readonly KnownHead[];
  /** The connection is of no use any more: closes it, and tells so. `reason` is one of `CLOSED`. */
  lose(connection: number, reason: number): void;
  /** The connection takes no more requests, but ends those in flight; then it must be lost. New ones wait for the next. */
  drain(connection: number): void;
  /** Nothing of the request was sent on a connection that drains: the next one is to carry it. As `Network.send`. */
  resend(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void;
  /** Has `turn` called when the next poll begins. */
  wantTurn(connection: number): void;
}>;
