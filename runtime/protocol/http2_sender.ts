import {
  FIRST_WINDOW_BYTES,
  FLAG,
  FRAME,
  FRAME_BYTES_MAX,
  SETTING,
  uint32,
  WINDOW_BYTES_MAX,
} from "./http2_frames.ts";
import { octetsOf } from "./octets.ts";
import { TABLE_BYTES_MAX } from "./hpack_decoder.ts";
import { HpackIndexer } from "./hpack_indexer.ts";
import { Http2Output } from "./http2_output.ts";
import type { Http2Request } from "./http2_request.ts";
import type { Http2Stream } from "./http2_stream.ts";
import { LIMITS } from "./parsed.ts";

/** What a stream may send to us, and all streams together, before we say that it may send more. */
export const STREAM_WINDOW_BYTES = 16 * 1024 * 1024;
export const CONNECTION_WINDOW_BYTES = 2 ** 30;
/** Until the peer says how many streams it allows; RFC 9113 section 6.5.2 tells it to allow no fewer. */
const FIRST_STREAMS = 100;
/** A table of no size, as a header block says it first (RFC 7541 section 6.3). */
const NO_TABLE = Uint8Array.of(0x20);
const NOTHING = new Uint8Array(0);

const PREFACE = octetsOf("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const SETTINGS: readonly (readonly [setting: number, value: number])[] = [
  [SETTING.enablePush, 0],
  [SETTING.initialWindowSize, STREAM_WINDOW_BYTES],
  [SETTING.maxHeaderListSize, LIMITS.headBytes],
];

/** What a connection sends, within the peer's settings and windows. */
export class Http2Sender {
  readonly output = new Http2Output();
  /** How many streams the peer allows at once. */
  streamsMax = FIRST_STREAMS;

  readonly #indexer = new HpackIndexer();
  #frameBytesMax = FRAME_BYTES_MAX;
  #streamWindow = FIRST_WINDOW_BYTES;
  #connectionWindow = FIRST_WINDOW_BYTES;
  /** The peer's decoder allows a smaller table than it had, and must be told that none is used. */
  #mustShrinkTable = false;
  /** Streams whose content waits for a window, the oldest first. */
  #blocked: Http2Stream[] = [];

  begin(): void {
    const { output } = this;
    output.append(PREFACE, 0, PREFACE.length);
    output.frame(FRAME.settings, 0, 0, 6 * SETTINGS.length);
    for (const [setting, value] of SETTINGS) {
      output.uint16(setting);
      output.uint32(value);
    }
    this.windowUpdate(0, CONNECTION_WINDOW_BYTES - FIRST_WINDOW_BYTES);
  }

  /** Sends a request's head, and what the windows allow of its content. */
  request(stream: Http2Stream, request: Http2Request): void {
    this.#indexer.write(request);
    this.requestOf(stream, this.#indexer.bytes, this.#indexer.length);
  }

  /** The same with a header block that stands for itself. */
  requestOf(stream: Http2Stream, block: Uint8Array, blockBytes: number): void {
    stream.sendWindow = this.#streamWindow;
    this.#headers(stream, block, blockBytes);
    if (!stream.isSent) this.#content(stream);
  }

  // What the peer says.

  /** Takes settings bytes[start, end) over and acknowledges them; false where a window of `streams` gets too large. */
  settings(bytes: Uint8Array, start: number, end: number, streams: Iterable<Http2Stream>): boolean {
    let isWithin = true;
    for (let at = start; at < end; at += 6) {
      const value = uint32(bytes, at + 2);
      switch ((bytes[at] << 8) | bytes[at + 1]) {
        case SETTING.headerTableSize:
          if (value < TABLE_BYTES_MAX) {
            this.#mustShrinkTable = true;
            this.#indexer.turnOff();
          }
          break;
        case SETTING.maxConcurrentStreams:
          this.streamsMax = value;
          break;
        case SETTING.maxFrameSize:
          this.#frameBytesMax = value;
          break;
        case SETTING.initialWindowSize: {
          const change = value - this.#streamWindow;
          this.#streamWindow = value;
          for (const stream of streams) {
            stream.sendWindow += change;
            if (stream.sendWindow > WINDOW_BYTES_MAX) isWithin = false;
          }
          break;
        }
      }
    }
    this.output.frame(FRAME.settings, FLAG.ack, 0, 0);
    this.#unblock();
    return isWithin;
  }

  /** The peer takes so many bytes more, of one stream or (null) of all; false where the window gets too large. */
  widen(stream: Http2Stream | null, bytes: number): boolean {
    if (stream === null) this.#connectionWindow += bytes;
    else stream.sendWindow += bytes;
    this.#unblock();
    return (stream === null ? this.#connectionWindow : stream.sendWindow) <= WINDOW_BYTES_MAX;
  }

  /** Nothing more of its content is sent. */
  forget(stream: Http2Stream): void {
    stream.requestBodyAt = stream.requestBodyEnd;
    stream.requestBody = NOTHING;
    if (!stream.isBlocked) return;
    stream.isBlocked = false;
    this.#blocked = this.#blocked.filter((blocked) => blocked !== stream);
  }

  // Single frames.

  pong(bytes: Uint8Array, start: number, end: number): void {
    this.output.frame(FRAME.ping, FLAG.ack, 0, end - start);
    this.output.append(bytes, start, end);
  }

  windowUpdate(stream: number, bytes: number): void {
    this.output.frame(FRAME.windowUpdate, 0, stream, 4);
    this.output.uint32(bytes);
  }

  reset(stream: number, code: number): void {
    this.output.frame(FRAME.resetStream, 0, stream, 4);
    this.output.uint32(code);
  }

  goAway(code: number): void {
    this.output.frame(FRAME.goAway, 0, 0, 8);
    this.output.uint32(0);
    this.output.uint32(code);
  }

  /** HEADERS, and CONTINUATION where one frame is too short (RFC 9113 section 6.10). */
  #headers(stream: Http2Stream, block: Uint8Array, blockBytes: number): void {
    const { output } = this;
    const endStream = stream.isSent ? FLAG.endStream : 0;
    const prefix = this.#mustShrinkTable ? NO_TABLE : NOTHING;
    this.#mustShrinkTable = false;
    let sent = Math.min(blockBytes, this.#frameBytesMax - prefix.length);
    const endHeaders = sent === blockBytes ? FLAG.endHeaders : 0;
    output.frame(FRAME.headers, endStream | endHeaders, stream.id, prefix.length + sent);
    if (prefix !== NOTHING) output.append(prefix, 0, prefix.length);
    output.append(block, 0, sent);
    while (sent < blockBytes) {
      const next = Math.min(blockBytes, sent + this.#frameBytesMax);
      output.frame(FRAME.continuation, next === blockBytes ? FLAG.endHeaders : 0, stream.id, next - sent);
      output.append(block, sent, next);
      sent = next;
    }
  }

  /** What the windows allow of a request's content (RFC 9113 section 6.9); the rest stands in line. */
  #content(stream: Http2Stream): void {
    const { output } = this;
    while (!stream.isSent) {
      const window = Math.min(stream.sendWindow, this.#connectionWindow);
      const at = stream.requestBodyAt;
      const bytes = Math.min(stream.requestBodyEnd - at, window, this.#frameBytesMax);
      if (bytes <= 0) break;
      stream.requestBodyAt += bytes;
      stream.sendWindow -= bytes;
      this.#connectionWindow -= bytes;
      output.frame(FRAME.data, stream.isSent ? FLAG.endStream : 0, stream.id, bytes);
      output.append(stream.requestBody, at, at + bytes);
    }
    if (!stream.isSent && !stream.isBlocked) {
      stream.isBlocked = true;
      this.#blocked.push(stream);
    }
  }

  #unblock(): void {
    if (this.#blocked.length === 0) return;
    for (const stream of this.#blocked) {
      this.#content(stream);
      if (stream.isSent) stream.isBlocked = false;
    }
    this.#blocked = this.#blocked.filter((stream) => stream.isBlocked);
  }
}
