/** What the engine needs of the world, and nothing more. Hosts (live, simulated, replayed) stand behind it. */
import type { Condition, Request, Tick } from "../plan.ts";
import type { Stream } from "../plan_messages.ts";

/** A clock and a network: one world. */
export interface Host {
  readonly clock: Clock;
  /** Who tells what responses mean, where their bytes are not at hand; without one the engine reads the bytes. */
  readonly examiner?: Examiner;
  /** None where nobody can tell, or nothing is used: worlds without a machine of their own. */
  readonly processor?: Processor;
  /** Opens the network, which reports to `completions`. Called once. */
  openNetwork(completions: Completions): Network;
}

/** The one door to time. */
export interface Clock {
  /** Whole ticks since the run's start; never goes back. */
  now(): Tick;
  /** Time of day for `${now.iso}`, in milliseconds since 1970: an observation. */
  wallClockMs(): number;
}

/** What the engine's thread uses of the machine's processor. */
export interface Processor {
  /** Ticks of processor time up to now, counted from any moment, without those spent looking for what is due. */
  usedTicks(): Tick;
}

/**
 * Requests in flight, addressed by slot (0 … bounds.connections − 1): at most one on each. Slots of a target with several
 * streams share connections as `Target.slots` says; every other slot is a connection. `send` opens what is not open.
 */
export interface Network {
  /**
   * Sends `bytes[0, length)` on `slot` (none, where a message is waited for), opening a connection first where there is none. The bytes stay untouched
   * until the request ends. Ends in exactly one call of `responseEnded` or `requestFailed`, unless cancelled; a message
   * that is sent on a WebSocket ends in none: its bytes are taken, or copied, at once.
   */
  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void;
  /**
   * Gives up the request in flight on `slot`, and says which phase it was in. Its connection is closed, unless it can
   * carry others all the same: `isOpen` tells.
   */
  cancel(slot: number): RequestPhase;
  isOpen(slot: number): boolean;
  /** Closes the idle connection of `slot`. */
  close(slot: number): void;
  /**
   * Delivers what has happened, and waits for more up to `until`. Returns nothing when it did not have to wait, and
   * a promise when it did. Also returns early: as soon as `Completions.dueTick` is before `until`.
   */
  poll(until: Tick): void | Promise<void>;
}

/** How the response must be read: set once per request of the plan. */
export type ResponseWish = Readonly<{
  /** Position in the plan's requests. */
  request: number;
  kind: Request["kind"];
  /** What the response is made of, where it is messages. */
  stream: Stream["kind"] | null;
  /** Of `webSocket`: messages that come unasked are kept, for something will ask for them. */
  keepMessages: boolean;
  /** A response to HEAD has no body (RFC 9112 section 6.3). */
  head: boolean;
  /** The body is needed for checks, and is handed over whole. */
  keepBody: boolean;
  /**
   * The head is needed, from its status line to its empty line, and is handed over as received. That of a call of gRPC
   * that was not answered with OK is handed over in any case.
   */
  keepHead: boolean;
}>;

export type RequestPhase = "dns" | "connect" | "tls" | "write" | "wait" | "receive";

/** What the network tells the engine, with numbers. Never called from inside `send`, `cancel` or `close`. */
export interface Completions {
  /**
   * When sessions under way need the engine's next turn: what is delivered can bring it forward. Where that is not before
   * `before`, any tick that is not.
   */
  dueTick(before?: Tick): Tick;
  /** A connection stands. Times in ticks; 0 for a phase that did not happen. */
  connectionOpened(slot: number, dns: Tick, connect: Tick, tls: Tick): void;
  /** Right behind it, where it is one of TLS. `protocol`: 1 for HTTP/1.1, 2 for HTTP/2. */
  connectionSecured(slot: number, protocol: number, isResumed: boolean): void;
  /**
   * A connection ended that the engine did not ask to end; `reason` is one of `CLOSED`. Where a request was in
   * flight, this comes before its `responseEnded` or `requestFailed`.
   */
  connectionClosed(slot: number, reason: number): void;
  /**
   * A message came, `kind` of `MESSAGE`, with so many bytes of payload: on a WebSocket also while no request is in flight.
   * Told once for each, when it comes.
   */
  messageReceived(slot: number, tick: Tick, kind: number, bytes: number): void;
  /**
   * Whether this message is the one that the request in flight on `slot` waits for: asked about each that was received,
   * in order, also about those that came before they were asked for. Where it is, `responseEnded` follows, `body` being
   * the message. `payload` is valid during the call only. `event`: the name of a server-sent event, else empty.
   */
  isAwaited(slot: number, payload: Uint8Array, event: string): boolean;
  /**
   * What the `Rendered` of the request in flight on `slot` say: those of JSON values first, then those of the whole. A
   * simulated target has to answer with it.
   */
  awaitedTexts(slot: number): readonly string[];
  /** A ping or a close was answered with so many bytes; `kind` of `MESSAGE`. */
  frameAnswered(slot: number, tick: Tick, kind: number, bytes: number): void;
  /** `firstByte` and `end` are moments, `bytes` counts head and body as received; `body` and `head` are valid during the call only. */
  responseEnded(
    slot: number,
    firstByte: Tick,
    end: Tick,
    status: number,
    bytes: number,
    body: Uint8Array | null,
    head: Uint8Array | null,
  ): void;
  /** `error` is a code of `ERRORS`; `firstByte` is −1 where none came; `cause` is the system's own words, or empty. */
  requestFailed(slot: number, error: number, firstByte: Tick, end: Tick, bytes: number, cause: string): void;
}

/**
 * The one door to what was observed in bytes: what a response means to its session, and what depends on it. Worlds
 * with bytes need none of their own; one that recalls a run recalls this from the run's ledger.
 */
export interface Examiner {
  /** Both are good until the next call. Not asked about responses of which only the status matters. */
  examine(response: ExaminedResponse): Findings;
  /** Whether the condition of a `when` holds. `status`: of the session's last response; 0 before the first. */
  holds(condition: Condition, vu: number, status: number): boolean;
  /** Bytes of the request that the VU sends next, which has slots or secrets, or follows a redirect; `rendered` were made of it. */
  requestBytes(vu: number, rendered: number): number;
}

/** A response, and the request that it answers. */
export type ExaminedResponse = Readonly<{
  vu: number;
  session: number;
  /** Position in the plan's requests. */
  request: number;
  status: number;
  /** From the request's issue to the response's end. */
  serviceTicks: Tick;
  head: Uint8Array | null;
  body: Uint8Array | null;
  /** The request as it was sent; it may have followed a redirect. */
  sent: Uint8Array;
  /** One more redirect would be followed. */
  mayRedirect: boolean;
}>;

/** What there was in a response. */
export interface Findings {
  /** The target (path and query) of the request that is sent next instead; then nothing below but cookies is told. */
  readonly redirect: string | null;
  /** `set-cookie` fields. */
  readonly cookies: readonly string[];
  /** Numbers of the checks that fail, ascending: 0 is the status, then those of `expect`, then captures. */
  readonly failed: readonly number[];
  /** What the request's captures found, in their order; null: nothing. */
  readonly captured: readonly (Captured | null)[];
  /** What there was in place of what a failed check wanted, on one line, for a report; empty: nothing to tell. */
  foundBy(check: number): string;
}

/** A value that was found: `text` may be cut, `bytes` (of UTF-8) counts all of it. */
export type Captured = Readonly<{ text: string; bytes: number; isWhole: boolean }>;
