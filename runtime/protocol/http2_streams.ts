import { ABSENT } from "./http1_field_values.ts";
import type { Http2Events, Http2Phase } from "./http2_events.ts";
import type { Http2Failure } from "./http2_failures.ts";
import { CODE, STREAM_MAX } from "./http2_frames.ts";
import type { Http2Request } from "./http2_request.ts";
import type { Http2Sender } from "./http2_sender.ts";
import { Http2Stream, type Http2Wish } from "./http2_stream.ts";

/** The streams of a connection, from request to end (RFC 9113 section 5.1). All of them are opened by us. */
export class Http2Streams {
  /** No request may be sent any more. */
  isClosing = false;
  /** Requests that have a stream. */
  inFlight = 0;

  readonly #events: Http2Events;
  readonly #sender: Http2Sender;
  /** By slot; what was made for a request serves the next ones. */
  readonly #slots: Http2Stream[] = [];
  /** By the number of the stream. */
  readonly #byId = new Map<number, Http2Stream>();
  /** Beyond what the peer allows at once, the oldest first. */
  #waiting: Http2Stream[] = [];
  #nextId: number;

  constructor(events: Http2Events, sender: Http2Sender, firstId: number) {
    this.#events = events;
    this.#sender = sender;
    this.#nextId = firstId;
  }

  // Requests.

  /** Sends a request, or lets it stand in line until the peer allows one stream more. */
  request(slot: number, request: Http2Request, wish: Http2Wish): void {
    if (this.isClosing) throw new Error("Cannot send a request: the connection is closing");
    const stream = this.#slots[slot] ??= new Http2Stream(slot);
    if (stream.id !== 0 || stream.isWaiting) throw new Error(`Cannot send a request: slot ${slot} has one`);
    stream.begin(request, wish);
    if (this.#mayOpen() && this.#waiting.length === 0) {
      this.#open(stream);
      this.#sender.request(stream, request);
      return this.#opened();
    }
    stream.isWaiting = true;
    stream.waitingBlock.clear();
    stream.waitingBlock.append(request.block, 0, request.blockBytes);
    this.#waiting.push(stream);
  }

  /** Ends the request on `slot`, if there is one, without telling anyone but the peer. */
  giveUp(slot: number, code: number): void {
    const stream = this.#slots[slot];
    if (stream === undefined) return;
    if (stream.isWaiting) {
      stream.isWaiting = false;
      this.#waiting = this.#waiting.filter((waiting) => waiting !== stream);
    } else if (stream.id !== 0) {
      this.#sender.reset(stream.id, code);
      this.#release(stream);
    }
  }

  phase(slot: number): Http2Phase {
    const stream = this.#slots[slot];
    if (stream.hasBegun) return "receive";
    return stream.isWaiting || !stream.isSent ? "write" : "wait";
  }

  /** Slots with a request, the oldest first. */
  occupied(): number[] {
    return [...this.#byId.values(), ...this.#waiting].map(({ slot }) => slot);
  }

  /** Opens streams for those in line, as many as the peer allows. */
  openWaiting(): void {
    while (this.#mayOpen() && !this.isClosing) {
      const stream = this.#waiting.shift();
      if (stream === undefined) return;
      stream.isWaiting = false;
      this.#open(stream);
      this.#sender.requestOf(stream, stream.waitingBlock.bytes, stream.waitingBlock.length);
      this.#opened();
    }
  }

  #mayOpen(): boolean {
    return this.inFlight < this.#sender.streamsMax;
  }

  #open(stream: Http2Stream): void {
    stream.id = this.#nextId;
    this.#nextId += 2;
    this.inFlight++;
    this.#byId.set(stream.id, stream);
  }

  #opened(): void {
    if (this.#nextId > STREAM_MAX) this.close();
  }

  // Streams.

  /** The stream of that number while its request is in flight. */
  get(id: number): Http2Stream | undefined {
    return this.#byId.get(id);
  }

  /** Whether it is, or was, one of ours. */
  wasOpened(id: number): boolean {
    return id % 2 === 1 && id < this.#nextId;
  }

  /** The oldest first. */
  open(): Iterable<Http2Stream> {
    return this.#byId.values();
  }

  // Ends.

  /** RFC 9113 section 8.1: the peer may answer before it has the whole request, which then is not sent any more. */
  end(stream: Http2Stream): void {
    const { contentLength, contentBytes } = stream;
    if (!stream.hasNoContent && contentLength !== ABSENT && contentLength !== contentBytes) {
      const cause = `content-length is ${contentLength}, and ${contentBytes} bytes came`;
      return this.fail(stream, "protocol.content-length", cause);
    }
    if (!stream.isSent) this.#sender.reset(stream.id, CODE.cancel);
    this.#release(stream);
    this.#events.responseEnded(stream.slot, stream);
  }

  /** The response is of no use, as the peer is told (RFC 9113 sections 5.4.2, 8.1.1). */
  fail(stream: Http2Stream, failure: Http2Failure, cause: string, code: number = CODE.protocolError): void {
    this.#sender.reset(stream.id, code);
    this.failed(stream, failure, cause);
  }

  /** There will be no response, as the peer knows. */
  failed(stream: Http2Stream, failure: Http2Failure, cause: string): void {
    this.#release(stream);
    this.#events.streamFailed(stream.slot, stream, failure, cause);
  }

  /** No more requests; those that stand in line are left to others. */
  close(): void {
    const waiting = this.#closed();
    for (const stream of waiting) {
      if (!stream.isWaiting) continue;
      stream.isWaiting = false;
      this.#events.requestUnsent(stream.slot);
    }
  }

  /** Nothing comes any more. */
  failAll(failure: (stream: Http2Stream) => Http2Failure, cause: string): void {
    const waiting = this.#closed();
    // Whoever is told of one may give up another.
    for (const stream of [...this.#byId.values()]) {
      if (stream.id !== 0) this.failed(stream, failure(stream), cause);
    }
    for (const stream of waiting) {
      if (!stream.isWaiting) continue;
      stream.isWaiting = false;
      this.#events.streamFailed(stream.slot, stream, failure(stream), cause);
    }
  }

  /** Says once that no request may be sent any more; returns what stands in line, of which nothing is told yet. */
  #closed(): Http2Stream[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (!this.isClosing) {
      this.isClosing = true;
      this.#events.closing();
    }
    return waiting;
  }

  /** The request is over, and its slot is free. */
  #release(stream: Http2Stream): void {
    this.#byId.delete(stream.id);
    this.inFlight--;
    stream.id = 0;
    if (!stream.isSent) this.#sender.forget(stream);
    if (this.#waiting.length > 0) this.openWaiting();
  }
}
