import type { Completions, RequestPhase, ResponseWish } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED, MESSAGE } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";
import { frameBytes, writeFrame } from "../protocol/websocket_frame.ts";
import { askedUpgrade, type Upgrade, upgradeFault } from "../protocol/websocket_handshake.ts";
import { NO_CLOSE_CODE, WEBSOCKET_READ, WebSocketReader } from "../protocol/websocket_reader.ts";
import type { Carrier, CarrierWorld } from "./carrier.ts";
import { Http1Carrier } from "./http1_carrier.ts";
import { KeptMessages } from "./kept_messages.ts";
import type { Pipes } from "./pipes.ts";

/** Stands for a connection that ended without a close frame (RFC 6455 section 7.4.1); never on the wire. */
const NO_CLOSE_FRAME = 1006;
/** What the target is told of its failure (RFC 6455 section 7.4.1). */
const FAILURE_CODES = { "websocket.frame": 1002, "websocket.utf8": 1007, "too-large.message": 1009 } as const;

/** Why there is no WebSocket any more. */
type Gone = Readonly<{ error: number; cause: string }>;

/** A WebSocket, from its upgrade to its end. What it sends are whole frames, which the engine renders. */
export class WebSocketCarrier implements Carrier {
  readonly kind = "webSocket";
  readonly #slot: number;
  readonly #world: CarrierWorld;
  readonly #pipes: Pipes;
  readonly #completions: Completions;
  readonly #reader = new WebSocketReader();
  readonly #kept = new KeptMessages();
  /** While it is being opened, and where it was refused. */
  #http: Http1Carrier | null = null;
  #asked: Upgrade = { accept: "", protocols: [] };
  #keepsMessages = false;
  /** What is waited for on an open one. */
  #waiting: "receive" | "ping" | "close" | null = null;
  /** Payload of the ping that is waited for. */
  #pinged: Uint8Array = NOTHING;
  #gone: Gone | null = null;

  constructor(slot: number, world: CarrierWorld) {
    this.#slot = slot;
    this.#world = world;
    this.#pipes = world.pipes;
    this.#completions = world.completions;
  }

  begin(): void {
    this.#waiting = null;
    this.#gone = null;
    this.#kept.clear();
  }

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    switch (wish.kind) {
      case "webSocket":
        return this.#open(slot, bytes, length, wish);
      case "send":
        return this.#write(bytes, length);
      case "receive":
        this.#waiting = "receive";
        if (!this.#kept.isEmpty || this.#gone !== null) this.#world.wantTurn(slot);
        return;
      case "ping":
        this.#pinged = controlPayload(bytes);
        return this.#ask("ping", bytes, length);
      case "close":
        return this.#ask("close", bytes, length);
      case "http":
        throw new Error("z6c has a bug: a request of HTTP is on a WebSocket");
    }
  }

  #open(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    this.#asked = askedUpgrade(bytes.subarray(0, length));
    this.#keepsMessages = wish.keepMessages;
    this.#http = new Http1Carrier(slot, this.#world, { upgraded: (head) => this.#upgraded(head) });
    this.#http.send(slot, bytes, length, wish);
  }

  /** What the response comes to; from here on the connection is a WebSocket, where that is nothing. */
  #upgraded(head: Uint8Array): string {
    const fault = upgradeFault(head, this.#asked);
    if (fault !== "") return fault;
    this.#http = null;
    this.#reader.begin(this.#keepsMessages);
    return "";
  }

  #ask(kind: "ping" | "close", bytes: Uint8Array, length: number): void {
    this.#waiting = kind;
    if (this.#gone === null) this.#write(bytes, length);
    else this.#world.wantTurn(this.#slot);
  }

  /** The engine may render the next one into the same bytes. */
  #write(bytes: Uint8Array, length: number): void {
    if (this.#gone === null) this.#pipes.write(this.#slot, bytes, length, false);
  }

  phase(): RequestPhase {
    if (this.#http !== null) return this.#http.phase();
    return this.#waiting !== "receive" && this.#pipes.unsent(this.#slot) > 0 ? "write" : "wait";
  }

  /** Nothing is lost with a message or a pong that does not come in time. */
  cancel(): boolean {
    const isOpen = this.#http === null && this.#waiting !== "close";
    this.#waiting = null;
    return isOpen;
  }

  closed(): void {
    this.#end(ERROR["websocket.closed"], "");
    this.#waiting = null;
    this.#kept.clear();
  }

  /** Looks through what came before it was asked for. */
  turn(now: Tick): void {
    while (this.#waiting === "receive" && !this.#kept.isEmpty) this.#offer(this.#kept.take(), now);
    if (this.#gone !== null) this.#failWaiting(this.#gone, now);
  }

  // What comes.

  received(bytes: Uint8Array, end: number, now: Tick): void {
    let at = 0;
    const http = this.#http;
    if (http !== null) {
      http.received(bytes, end, now);
      at = http.consumed;
    } else if (this.#gone !== null) {
      return this.#world.lose(this.#slot, CLOSED.afterError);
    }
    while (at < end && this.#http === null && this.#gone === null) {
      const read = this.#reader.feed(bytes, at, end);
      at = this.#reader.consumed;
      this.#found(read, now);
    }
  }

  #found(read: number, now: Tick): void {
    const reader = this.#reader;
    if (read === WEBSOCKET_READ.more) return;
    if (read === WEBSOCKET_READ.failed) return this.#failReading(now);
    this.#completions.messageReceived(this.#slot, now, read, reader.payloadBytes);
    switch (read) {
      case WEBSOCKET_READ.ping:
        return this.#answer(MESSAGE.pong, reader.payload(), now);
      case WEBSOCKET_READ.pong:
        if (this.#waiting === "ping" && isSame(reader.payload(), this.#pinged)) {
          this.#respond(0, NOTHING, now);
        }
        return;
      case WEBSOCKET_READ.close:
        return this.#onClose(now);
      default:
        if (this.#waiting === "receive" && this.#kept.isEmpty) this.#offer(reader.payload(), now);
        else if (this.#keepsMessages) this.#kept.add(reader.payload());
    }
  }

  /** Asks whether this is the message that is waited for. */
  #offer(message: Uint8Array | null, now: Tick): void {
    if (message === null || !this.#completions.isAwaited(this.#slot, message, "")) return;
    this.#respond(0, message, now);
  }

  #respond(status: number, payload: Uint8Array, now: Tick): void {
    this.#waiting = null;
    this.#completions.responseEnded(this.#slot, now, now, status, payload.length, payload, null);
  }

  /** A masking key must not be foreseen (RFC 6455 section 5.3); of an answer it is nothing that the plan decides. */
  #answer(message: number, payload: Uint8Array, now: Tick): void {
    const frame = new Uint8Array(frameBytes(payload.length));
    const [key] = crypto.getRandomValues(new Uint32Array(1));
    writeFrame(frame, 0, message, true, key, payload, 0, payload.length);
    this.#pipes.write(this.#slot, frame, frame.length, true);
    this.#completions.frameAnswered(this.#slot, now, message, frame.length);
  }

  #onClose(now: Tick): void {
    const { closeCode, payloadBytes } = this.#reader;
    const cause = `${closeCode} ${this.#reader.closeReason()}`.trim();
    if (this.#waiting === "close") {
      this.#waiting = null;
      this.#end(ERROR["websocket.closed"], cause);
      // Whoever has said goodbye closes the connection, too.
      this.#completions.responseEnded(this.#slot, now, now, closeCode, payloadBytes, null, null);
      return;
    }
    const hasCode = closeCode !== NO_CLOSE_CODE;
    this.#answer(MESSAGE.close, hasCode ? this.#reader.payload().subarray(0, 2) : NOTHING, now);
    this.#lose(CLOSED.byTarget, ERROR["websocket.closed"], cause, now);
  }

  #failReading(now: Tick): void {
    const failure = this.#reader.failure ?? "websocket.frame";
    const code = FAILURE_CODES[failure];
    this.#answer(MESSAGE.close, Uint8Array.of(code >> 8, code & 255), now);
    this.#lose(CLOSED.afterError, ERROR[failure], "", now);
  }

  ended(isClean: boolean, cause: string, now: Tick): void {
    if (this.#http !== null) return this.#http.ended(isClean, cause, now);
    const reason = this.#waiting === null ? CLOSED.byTarget : CLOSED.afterError;
    const how = isClean ? "the connection ended without a close frame" : cause;
    this.#lose(reason, ERROR["websocket.closed"], `${NO_CLOSE_FRAME} ${how}`, now);
  }

  // Ending.

  #lose(reason: number, error: number, cause: string, now: Tick): void {
    this.#end(error, cause);
    this.#world.lose(this.#slot, reason);
    // Messages that it has not looked through yet come first.
    if (this.#gone !== null && (this.#waiting !== "receive" || this.#kept.isEmpty)) {
      this.#failWaiting(this.#gone, now);
    }
  }

  #end(error: number, cause: string): void {
    this.#http = null;
    this.#gone ??= { error, cause };
  }

  #failWaiting({ error, cause }: Gone, now: Tick): void {
    if (this.#waiting === null) return;
    this.#waiting = null;
    this.#completions.requestFailed(this.#slot, error, -1, now, 0, cause);
  }
}

const NOTHING = new Uint8Array(0);

/** Of a masked control frame: its head is two bytes and the masking key. */
function controlPayload(frame: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: frame[1] & 127 }, (_, at) => frame[6 + at] ^ frame[2 + at % 4]);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at]);
}
