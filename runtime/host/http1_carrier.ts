import type { Completions, RequestPhase, ResponseWish } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";
import { ResponseParser } from "../protocol/http1_response.ts";
import { PARSED } from "../protocol/parsed.ts";
import type { Carrier, CarrierWorld } from "./carrier.ts";
import { errorCode } from "./causes.ts";
import { EventMessages, eventStreamFault } from "./event_messages.ts";
import type { Pipes } from "./pipes.ts";

/** Who takes a connection over where its target switches protocols. */
export type Upgrading = Readonly<{
  /** Says in words why this head, of status 101, is not the one that was asked for; or nothing, and takes over. */
  upgraded(head: Uint8Array): string;
}>;

/** HTTP/1.1: one request at a time. */
export class Http1Carrier implements Carrier {
  readonly kind = "http1";
  readonly #slot: number;
  readonly #world: CarrierWorld;
  readonly #pipes: Pipes;
  readonly #completions: Completions;
  readonly #upgrading: Upgrading | null;
  readonly #parser = new ResponseParser();
  #events: EventMessages | null = null;
  #inFlight = false;
  #keepBody = false;
  #keepHead = false;
  /** The response is a stream of events, once its head has come. */
  #isStream = false;
  #isStreamKnown = false;
  #firstByte: Tick = -1;
  #bytes = 0;

  constructor(slot: number, world: CarrierWorld, upgrading: Upgrading | null = null) {
    this.#slot = slot;
    this.#world = world;
    this.#pipes = world.pipes;
    this.#completions = world.completions;
    this.#upgrading = upgrading;
  }

  get inFlight(): boolean {
    return this.#inFlight;
  }

  /** The index behind the last byte of what was received that is part of the response. */
  get consumed(): number {
    return this.#parser.consumed;
  }

  begin(): void {}

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    this.#inFlight = true;
    this.#firstByte = -1;
    this.#bytes = 0;
    this.#keepBody = wish.keepBody;
    this.#keepHead = wish.keepHead;
    this.#isStream = wish.stream !== null;
    const isUpgrade = wish.kind === "webSocket";
    const keepHead = wish.keepHead || isUpgrade || this.#isStream;
    this.#parser.begin(wish.head, wish.keepBody, keepHead, isUpgrade, this.#world.knownHeads[wish.request]);
    if (this.#isStream) this.#beginStream();
    this.#pipes.write(slot, bytes, length, true);
  }

  phase(): RequestPhase {
    if (this.#firstByte >= 0) return "receive";
    return this.#pipes.unsent(this.#slot) > 0 ? "write" : "wait";
  }

  cancel(): boolean {
    return false;
  }

  received(bytes: Uint8Array, end: number, now: Tick): void {
    if (!this.#inFlight) return this.#world.lose(this.#slot, CLOSED.afterError);
    if (this.#firstByte < 0) this.#firstByte = now;
    this.#bytes += end;
    const parser = this.#parser;
    const parsed = parser.feed(bytes, 0, end);
    if (this.#isStream && this.#readStream(parsed, now)) return;
    if (parsed === PARSED.done) this.#onResponse(now, end - parser.consumed);
    else if (parsed === PARSED.failed) this.#fail(ERROR[parser.failure ?? "protocol.header"], now, "");
  }

  /** `left`: what came behind the response. */
  #onResponse(now: Tick, left: number): void {
    const parser = this.#parser;
    const slot = this.#slot;
    if (parser.status === 101) return this.#onUpgrade(now, left);
    this.#inFlight = false;
    const isWhole = left === 0 && this.#pipes.unsent(slot) === 0;
    if (!isWhole) this.#world.lose(slot, CLOSED.afterError);
    else if (!parser.keepAlive) this.#world.lose(slot, CLOSED.announced);
    this.#completions.responseEnded(
      slot,
      this.#firstByte,
      now,
      parser.status,
      this.#bytes,
      this.#keepBody ? this.#body() : null,
      this.#keepHead ? parser.head() : null,
    );
  }

  #body(): Uint8Array | null {
    return this.#isStream ? this.#events?.last() ?? null : this.#parser.body();
  }

  #onUpgrade(now: Tick, left: number): void {
    const head = this.#parser.head();
    const fault = this.#upgrading?.upgraded(head) ?? "nobody has asked for it";
    if (fault !== "") return this.#fail(ERROR["websocket.refused"], now, fault);
    this.#inFlight = false;
    const [bytes, body] = [this.#bytes - left, this.#keepBody ? NOTHING : null];
    const kept = this.#keepHead ? head : null;
    this.#completions.responseEnded(this.#slot, this.#firstByte, now, 101, bytes, body, kept);
  }

  // Streams of events.

  #beginStream(): void {
    this.#isStreamKnown = false;
    this.#events ??= new EventMessages(this.#completions);
    this.#events.begin();
    this.#parser.stream();
  }

  /** True where the request has ended with what came: by the awaited event, or a failure. */
  #readStream(parsed: number, now: Tick): boolean {
    const parser = this.#parser;
    const content = parser.takeContent();
    if (parsed === PARSED.failed || this.#events === null) return false;
    if (parsed === PARSED.more && content.length === 0) return false;
    // Whatever is no success is an answer by itself; its body is nothing that somebody waits for.
    if (parser.status < 200 || parser.status > 299) return false;
    if (!this.#isStreamKnown) {
      const fault = eventStreamFault(parser.head());
      if (fault !== "") {
        this.#fail(ERROR["protocol.event-stream"], now, fault);
        return true;
      }
      this.#isStreamKnown = true;
    }
    if (!this.#events.read(this.#slot, content, now)) return false;
    if (this.#events.error !== 0) this.#fail(this.#events.error, now, "");
    else this.#endStream(now);
    return true;
  }

  /** The awaited event has come. What the target would go on to send is given up, with its connection. */
  #endStream(now: Tick): void {
    this.#inFlight = false;
    this.#world.lose(this.#slot, CLOSED.asPlanned);
    const parser = this.#parser;
    const [body, head] = [this.#keepBody ? this.#body() : null, this.#keepHead ? parser.head() : null];
    const { status } = parser;
    this.#completions.responseEnded(this.#slot, this.#firstByte, now, status, this.#bytes, body, head);
  }

  // Ending.

  ended(isClean: boolean, cause: string, now: Tick): void {
    if (!this.#inFlight) return this.#world.lose(this.#slot, CLOSED.byTarget);
    if (isClean && this.#firstByte >= 0) {
      if (this.#parser.close() === PARSED.done) return this.#onResponse(now, 0);
      return this.#fail(ERROR[this.#parser.failure ?? "receive.closed"], now, "");
    }
    const writeFailure = this.#pipes.writeFailure(this.#slot);
    if (writeFailure !== "") return this.#fail(errorCode(writeFailure, "write"), now, writeFailure);
    if (isClean) return this.#fail(ERROR["wait.closed"], now, "");
    this.#fail(errorCode(cause, this.phase()), now, cause);
  }

  turn(): void {}

  closed(): void {
    this.#inFlight = false;
  }

  #fail(error: number, now: Tick, cause: string): void {
    const [firstByte, bytes] = [this.#firstByte, this.#bytes];
    this.#inFlight = false;
    this.#world.lose(this.#slot, CLOSED.afterError);
    this.#completions.requestFailed(this.#slot, error, firstByte, now, bytes, cause);
  }
}

const NOTHING = new Uint8Array(0);
