import type { Http2Events, Http2Phase } from "./http2_events.ts";
import type { Http2Failure } from "./http2_failures.ts";
import { FrameReader } from "./http2_frame_reader.ts";
import { CODE, codeName, FLAG, FRAME, uint31, uint32 } from "./http2_frames.ts";
import type { Http2Output } from "./http2_output.ts";
import type { Http2Request } from "./http2_request.ts";
import { Http2Sender } from "./http2_sender.ts";
import { settingsError } from "./http2_settings.ts";
import { Http2ResponseReader } from "./http2_response_reader.ts";
import type { Http2Stream, Http2Wish } from "./http2_stream.ts";
import { Http2Streams } from "./http2_streams.ts";

const HTTP1 = "HTTP/1";
const DEBUG_CHARACTERS = 120;

/**
 * A client's connection of HTTP/2 (RFC 9113), without I/O: bytes are fed, frames to be written gather in `output`. At
 * most one request is in flight on a slot. For a request nothing is allocated. What it says of some bytes does not
 * depend on how they were split, but for the pieces of content.
 *
 * Everything that is received is taken at once, so windows are opened again without asking anyone.
 */
export class Http2Connection {
  readonly #events: Http2Events;
  readonly #sender = new Http2Sender();
  readonly #reader = new FrameReader({
    frame: (type, flags, stream, bytes, start, end) => this.#frame(type, flags, stream, bytes, start, end),
    dataBegan: (stream, length) => this.#dataBegan(stream, length),
    dataReceived: (bytes, start, end, received) => this.#responses.dataReceived(bytes, start, end, received),
    dataEnded: (isLast) => this.#responses.dataEnded(isLast),
    malformed: (isTooLong, bytes, at, end) => this.#malformed(isTooLong, bytes, at, end),
  });
  readonly #streams: Http2Streams;
  readonly #responses: Http2ResponseReader;
  #isFailed = false;
  #hasSettings = false;

  /** `firstStream` is an odd number. */
  constructor(events: Http2Events, firstStream = 1) {
    this.#events = events;
    this.#streams = new Http2Streams(events, this.#sender, firstStream);
    this.#responses = new Http2ResponseReader(
      events,
      this.#sender,
      this.#streams,
      (failure, cause, code) => this.#fail(failure, cause, code),
    );
  }

  /** It takes no more requests. */
  get isClosing(): boolean {
    return this.#streams.isClosing;
  }

  /** Requests that have a stream. */
  get inFlight(): number {
    return this.#streams.inFlight;
  }

  /** What is to be written. */
  get output(): Http2Output {
    return this.#sender.output;
  }

  /** Says hello. Requests may follow at once. */
  begin(): void {
    this.#sender.begin();
  }

  /** Sends a request on `slot`, on which none is in flight, as soon as the peer allows one stream more. */
  request(slot: number, request: Http2Request, wish: Http2Wish): void {
    this.#streams.request(slot, request, wish);
  }

  /** Gives up the request on `slot`, if there is one; nothing is told of it any more. */
  reset(slot: number, code: number = CODE.cancel): void {
    this.#streams.giveUp(slot, code);
  }

  /** How far the request on `slot` came; of one that waits for a stream or a window: `write`. */
  phase(slot: number): Http2Phase {
    return this.#streams.phase(slot);
  }

  /** Slots with a request, the oldest first. */
  slots(): number[] {
    return this.#streams.occupied();
  }

  /** The peer closed the connection: what is in flight fails. */
  close(): void {
    if (this.#isFailed) return;
    this.#stop((stream) => stream.hasBegun ? "receive.closed" : "wait.closed", "");
  }

  /** Reads bytes[start, end). Once the connection has failed, nothing. */
  feed(bytes: Uint8Array, start: number, end: number): void {
    this.#reader.feed(bytes, start, end);
  }

  /** The peer breaks the rules (RFC 9113 section 5.4.1). */
  #fail(failure: Http2Failure, cause: string, code: number = CODE.protocolError): void {
    if (this.#isFailed) return;
    this.#sender.goAway(code);
    this.#stop(() => failure, cause);
    this.#events.connectionFailed(failure, cause);
  }

  #stop(failure: (stream: Http2Stream) => Http2Failure, cause: string): void {
    this.#isFailed = true;
    this.#reader.stop();
    this.#streams.failAll(failure, cause);
  }

  // Frames.

  #frame(type: number, flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#mayCome(type, id)) return;
    switch (type) {
      case FRAME.data:
        return this.#fail("protocol.frame", "DATA on no stream");
      case FRAME.headers:
        if (!this.#isIdle(id)) this.#responses.headers(flags, id, bytes, start, end);
        return;
      case FRAME.continuation:
        return this.#responses.continuation(flags, id, bytes, start, end);
      case FRAME.resetStream:
        return this.#resetStream(id, bytes, start, end);
      case FRAME.settings:
        return this.#settings(flags, id, bytes, start, end);
      case FRAME.pushPromise:
        return this.#fail("protocol.frame", "PUSH_PROMISE, which was not allowed");
      case FRAME.ping:
        return this.#ping(flags, id, bytes, start, end);
      case FRAME.goAway:
        return this.#goAway(id, bytes, start, end);
      case FRAME.windowUpdate:
        return this.#windowUpdate(id, bytes, start, end);
        // PRIORITY means nothing any more (RFC 9113 section 5.3.2), and others are to be ignored (section 5.5).
    }
  }

  /** Settings come first, and nothing comes between the frames of a header block (RFC 9113 sections 3.4, 4.3). */
  #mayCome(type: number, id: number): boolean {
    if (!this.#hasSettings && type !== FRAME.settings) {
      this.#fail("protocol.frame", "the first frame is not SETTINGS");
      return false;
    }
    const open = this.#responses.openBlock;
    if (open !== 0 && (type !== FRAME.continuation || id !== open)) {
      this.#fail("protocol.frame", "another frame within a header block");
      return false;
    }
    return true;
  }

  /** Whether a stream never was; all of them are opened by us. */
  #isIdle(id: number): boolean {
    if (this.#streams.wasOpened(id)) return false;
    this.#fail("protocol.frame", id === 0 ? "a frame of a stream, on none" : `stream ${id} was never opened`);
    return true;
  }

  #dataBegan(id: number, length: number): void {
    if (this.#mayCome(FRAME.data, id) && !this.#isIdle(id)) this.#responses.dataBegan(id, length);
  }

  #malformed(isTooLong: boolean, bytes: Uint8Array, at: number, end: number): void {
    if (!isTooLong) return this.#fail("protocol.frame", "padding longer than its frame");
    const text = String.fromCharCode(...bytes.subarray(at, Math.min(end, at + DEBUG_CHARACTERS)));
    if (!this.#hasSettings && text.startsWith(HTTP1)) {
      return this.#fail("protocol.frame", `the answer is one of HTTP/1: ${text.split("\r\n")[0]}`);
    }
    this.#fail("protocol.frame", "a frame longer than was allowed", CODE.frameSizeError);
  }

  #wrongSize(name: string): void {
    this.#fail("protocol.frame", `${name} of a wrong length`, CODE.frameSizeError);
  }

  #resetStream(id: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#isIdle(id)) return;
    if (end - start !== 4) return this.#wrongSize("RST_STREAM");
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const code = uint32(bytes, start);
    this.#streams.failed(
      stream,
      code === CODE.refusedStream ? "stream.refused" : "stream.reset",
      codeName(code),
    );
  }

  #settings(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    if (id !== 0) return this.#fail("protocol.frame", "SETTINGS on a stream");
    const isAck = (flags & FLAG.ack) !== 0;
    if ((end - start) % 6 !== 0 || (isAck && start !== end)) return this.#wrongSize("SETTINGS");
    if (isAck && !this.#hasSettings) {
      return this.#fail("protocol.frame", "the first frame is not SETTINGS");
    }
    this.#hasSettings = true;
    if (isAck) return;
    const error = settingsError(bytes, start, end);
    const isFlowControl = error === CODE.flowControlError;
    if (error !== CODE.noError) {
      return this.#fail(
        isFlowControl ? "protocol.flow-control" : "protocol.frame",
        "SETTINGS of a wrong value",
        error,
      );
    }
    if (!this.#sender.settings(bytes, start, end, this.#streams.open())) {
      return this.#fail("protocol.flow-control", "a window above its limit", CODE.flowControlError);
    }
    this.#streams.openWaiting();
  }

  #ping(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    if (id !== 0) return this.#fail("protocol.frame", "PING on a stream");
    if (end - start !== 8) return this.#wrongSize("PING");
    if ((flags & FLAG.ack) === 0) this.#sender.pong(bytes, start, end);
  }

  /** RFC 9113 section 6.8: what is above the last stream was not looked at. */
  #goAway(id: number, bytes: Uint8Array, start: number, end: number): void {
    if (id !== 0) return this.#fail("protocol.frame", "GOAWAY on a stream");
    if (end - start < 8) return this.#wrongSize("GOAWAY");
    const lastStream = uint31(bytes, start);
    const debug = String.fromCharCode(
      ...bytes.subarray(start + 8, Math.min(end, start + 8 + DEBUG_CHARACTERS)),
    );
    const cause = codeName(uint32(bytes, start + 4)) + (debug === "" ? "" : `: ${debug}`);
    this.#streams.close();
    for (const stream of [...this.#streams.open()]) {
      // Whoever is told of one may give up another.
      if (stream.id > lastStream) this.#streams.failed(stream, "stream.goaway", cause);
    }
  }

  #windowUpdate(id: number, bytes: Uint8Array, start: number, end: number): void {
    if (end - start !== 4) return this.#wrongSize("WINDOW_UPDATE");
    if (id !== 0 && this.#isIdle(id)) return;
    const increment = uint31(bytes, start);
    const stream = id === 0 ? null : this.#streams.get(id);
    if (stream === undefined) return;
    if (increment > 0 && this.#sender.widen(stream, increment)) return;
    const failure = increment === 0 ? "protocol.frame" : "protocol.flow-control";
    const code = increment === 0 ? CODE.protocolError : CODE.flowControlError;
    const cause = increment === 0 ? "WINDOW_UPDATE of nothing" : "a window above its limit";
    if (stream === null) this.#fail(failure, cause, code);
    else this.#streams.fail(stream, failure, cause, code);
  }
}
