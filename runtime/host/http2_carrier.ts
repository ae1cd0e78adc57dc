import type { Completions, RequestPhase, ResponseWish } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED, GRPC_STATUS } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";
import { Http2Connection } from "../protocol/http2_connection.ts";
import type { Http2Events } from "../protocol/http2_events.ts";
import type { Http2Failure } from "../protocol/http2_failures.ts";
import { CODE } from "../protocol/http2_frames.ts";
import type { Http2Response } from "../protocol/http2_stream.ts";
import type { Carrier, CarrierWorld } from "./carrier.ts";
import { errorCode } from "./causes.ts";
import type { Http2Content } from "./http2_content.ts";
import { Http2Exchange } from "./http2_exchange.ts";
import type { Http2Requests } from "./http2_requests.ts";

/** Room for frames above this is given back once they have gone out. */
const KEPT_OUTPUT_BYTES = 256 * 1024;
const NO_BYTES = new Uint8Array(0);

/** How a connection ended that did not fail by its own doing. */
type Ending = Readonly<{ isClean: boolean; cause: string; writeFailure: string; isWriting: boolean }>;

/**
 * HTTP/2: many requests at once, each on a stream of its own. What there is to write gathers until the next poll, and
 * goes out at once. Streams are known by their position behind the connection's first slot.
 */
export class Http2Carrier implements Carrier {
  readonly kind = "http2";
  readonly #connection: number;
  readonly #world: CarrierWorld;
  readonly #completions: Completions;
  readonly #requests: Http2Requests;
  /** By position. */
  readonly #exchanges: readonly Http2Exchange[];
  readonly #events: Http2Events = {
    responseBegan: (at) => this.#exchanges[at].firstByte = this.#now,
    bodyReceived: (at, response, bytes, start, end) =>
      this.#contentReceived(at, response, bytes.subarray(start, end)),
    responseEnded: (at, response) => this.#responseEnded(this.#exchanges[at], response),
    streamFailed: (at, response, failure, cause) =>
      this.#streamFailed(this.#exchanges[at], response, failure, cause),
    requestUnsent: (at) => this.#sendElsewhere(this.#exchanges[at]),
    closing: () => {
      if (this.#http2 !== null) this.#world.drain(this.#connection);
    },
    connectionFailed: () => this.#isFailed = true,
  };
  /** Null while there is no connection. */
  #http2: Http2Connection | null = null;
  #now: Tick = 0;
  #wantsTurn = false;
  /** The peer broke the rules. */
  #isFailed = false;
  #ending: Ending | null = null;
  /** Those that have failed while bytes were read: told when all of them are, for the connection's end is told before. */
  #failed: Http2Exchange[] = [];

  /** It has `slots` of them, from `connection` on. */
  constructor(connection: number, slots: number, world: CarrierWorld, requests: Http2Requests) {
    this.#connection = connection;
    this.#world = world;
    this.#completions = world.completions;
    this.#requests = requests;
    this.#exchanges = Array.from(
      { length: slots },
      (_, at) => new Http2Exchange(connection + at, world.completions),
    );
  }

  begin(): void {
    this.#http2 = new Http2Connection(this.#events);
    this.#isFailed = false;
    this.#http2.begin();
    this.#wantTurn();
  }

  // Asked by the network.

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    const at = slot - this.#connection;
    const planned = this.#requests.of(wish.request);
    this.#exchanges[at].begin(bytes, length, wish);
    this.#open().request(at, planned.read(bytes, length), planned.wish(wish));
    this.#wantTurn();
  }

  phase(slot: number): RequestPhase {
    const at = slot - this.#connection;
    // Of those that were lost together, some may be given up when the others are told.
    if (this.#http2 === null) return this.#exchanges[at].firstByte < 0 ? "wait" : "receive";
    const phase = this.#http2.phase(at);
    const isWriting = phase === "wait" && this.#world.pipes.unsent(this.#connection) > 0;
    return isWriting ? "write" : phase;
  }

  cancel(slot: number): boolean {
    const at = slot - this.#connection;
    this.#exchanges[at].end();
    this.#http2?.reset(at, CODE.cancel);
    this.#wantTurn();
    return true;
  }

  closed(): void {
    this.#http2 = null;
    for (const exchange of this.#exchanges) exchange.end();
  }

  turn(now: Tick): void {
    this.#wantsTurn = false;
    this.#now = now;
    if (this.#http2 === null) return;
    this.#write(this.#http2);
    this.#loseWhenDone(this.#http2);
  }

  #open(): Http2Connection {
    if (this.#http2 === null) throw new Error("z6c has a bug: a request is on a connection that is closed");
    return this.#http2;
  }

  #wantTurn(): void {
    if (this.#wantsTurn) return;
    this.#wantsTurn = true;
    this.#world.wantTurn(this.#connection);
  }

  #write({ output }: Http2Connection): void {
    if (output.length === 0) return;
    this.#world.pipes.write(this.#connection, output.bytes, output.length, false);
    if (output.bytes.length > KEPT_OUTPUT_BYTES) output.exchange(NO_BYTES);
    else output.drop(output.length);
  }

  /** The target lets no more requests come, and all that were in flight have ended. */
  #loseWhenDone(http2: Http2Connection): void {
    if (!http2.isClosing || http2.inFlight > 0) return;
    this.#http2 = null;
    this.#world.lose(this.#connection, CLOSED.announced);
  }

  // Heard from the connection.

  received(bytes: Uint8Array, end: number, now: Tick): void {
    const http2 = this.#http2;
    if (http2 === null) return;
    this.#now = now;
    http2.feed(bytes, 0, end);
    // The engine may have closed it when it heard of a response.
    if (this.#http2 === null) return;
    if (this.#isFailed) return this.#loseFailed(http2);
    if (this.#failed.length > 0) this.#tellFailed();
    if (http2.output.length > 0) this.#wantTurn();
    this.#loseWhenDone(http2);
  }

  /** The target is told why, before the connection is closed (RFC 9113 section 5.4.1). */
  #loseFailed(http2: Http2Connection): void {
    this.#write(http2);
    this.#http2 = null;
    this.#world.lose(this.#connection, CLOSED.afterError);
    this.#tellFailed();
  }

  ended(isClean: boolean, cause: string, now: Tick): void {
    const http2 = this.#open();
    const { pipes } = this.#world;
    this.#now = now;
    this.#http2 = null;
    this.#ending = {
      isClean,
      cause,
      writeFailure: pipes.writeFailure(this.#connection),
      isWriting: pipes.unsent(this.#connection) > 0,
    };
    http2.close();
    this.#ending = null;
    this.#world.lose(this.#connection, this.#failed.length > 0 ? CLOSED.afterError : CLOSED.byTarget);
    this.#tellFailed();
  }

  #contentReceived(at: number, response: Http2Response, piece: Uint8Array): void {
    const exchange = this.#exchanges[at];
    const { content, slot, wish } = exchange;
    if (content === null || wish === null || !content.read(slot, response, piece, this.#now)) return;
    this.#http2?.reset(at, CODE.cancel);
    this.#tellContent(exchange, response, content, wish);
  }

  #responseEnded(exchange: Http2Exchange, response: Http2Response): void {
    const { slot, wish, content, firstByte } = exchange;
    if (wish === null) return;
    if (content !== null) {
      content.finish(response);
      return this.#tellContent(exchange, response, content, wish);
    }
    const body = wish.keepBody ? response.body() : null;
    const head = wish.keepHead ? response.head() : null;
    exchange.end();
    const bytes = response.headBytes + response.bodyBytes;
    this.#completions.responseEnded(slot, firstByte, this.#now, response.status, bytes, body, head);
  }

  /** A response of messages is over. */
  #tellContent(
    exchange: Http2Exchange,
    response: Http2Response,
    content: Http2Content,
    wish: ResponseWish,
  ): void {
    const { slot, firstByte } = exchange;
    exchange.end();
    const { error, cause, status } = content;
    const now = this.#now;
    const bytes = response.headBytes + response.bodyBytes;
    if (error !== 0) return this.#completions.requestFailed(slot, error, firstByte, now, bytes, cause);
    const body = wish.keepBody ? content.last() : null;
    // It says why.
    const isRefused = wish.stream === "grpc" && status !== GRPC_STATUS;
    const head = wish.keepHead || isRefused ? content.head(response) : null;
    this.#completions.responseEnded(slot, firstByte, now, status, bytes, body, head);
  }

  /** It stood in line behind what the target allows at once, and now waits for another connection. */
  #sendElsewhere(exchange: Http2Exchange): void {
    const { slot, wish, bytes, length } = exchange;
    exchange.end();
    if (wish !== null) this.#world.resend(slot, bytes, length, wish);
  }

  // Failures.

  #streamFailed(
    exchange: Http2Exchange,
    response: Http2Response,
    failure: Http2Failure,
    cause: string,
  ): void {
    if (exchange.wish === null) return;
    const bytes = response.headBytes + response.bodyBytes;
    const ending = this.#ending;
    exchange.failed = ending === null
      ? { error: ERROR[failure], cause, bytes }
      : { ...endingError(ending, response.hasBegun), bytes };
    this.#failed.push(exchange);
  }

  /** The engine may send again, or give up others, as soon as it hears of one. */
  #tellFailed(): void {
    const all = this.#failed;
    this.#failed = [];
    for (const exchange of all) {
      const { slot, failed, firstByte } = exchange;
      if (failed === null) continue;
      exchange.end();
      this.#completions.requestFailed(slot, failed.error, firstByte, this.#now, failed.bytes, failed.cause);
    }
  }
}

function endingError(
  { isClean, cause, writeFailure, isWriting }: Ending,
  hasBegun: boolean,
): Readonly<{ error: number; cause: string }> {
  if (isClean && hasBegun) return { error: ERROR["receive.closed"], cause: "" };
  if (writeFailure !== "") return { error: errorCode(writeFailure, "write"), cause: writeFailure };
  if (isClean) return { error: ERROR["wait.closed"], cause: "" };
  return { error: errorCode(cause, hasBegun ? "receive" : isWriting ? "write" : "wait"), cause };
}
