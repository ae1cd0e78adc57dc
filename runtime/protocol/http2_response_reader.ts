import { HpackDecoder } from "./hpack_decoder.ts";
import { ABSENT } from "./http1_field_values.ts";
import type { Http2Events } from "./http2_events.ts";
import type { Http2Failure } from "./http2_failures.ts";
import { CODE, FRAME_HEADER_BYTES } from "./http2_frames.ts";
import { HeaderBlocks } from "./http2_header_blocks.ts";
import { CONNECTION_WINDOW_BYTES, type Http2Sender, STREAM_WINDOW_BYTES } from "./http2_sender.ts";
import type { Http2Stream } from "./http2_stream.ts";
import type { Http2Streams } from "./http2_streams.ts";
import { LIMITS } from "./parsed.ts";

/** Ends the connection, telling the peer by a `CODE`. */
export type FailConnection = (failure: Http2Failure, cause: string, code?: number) => void;

/** Makes responses of the frames of streams that were opened: HEADERS, CONTINUATION and DATA. */
export class Http2ResponseReader {
  readonly #events: Http2Events;
  readonly #sender: Http2Sender;
  readonly #streams: Http2Streams;
  readonly #failConnection: FailConnection;
  readonly #decoder = new HpackDecoder();
  readonly #blocks = new HeaderBlocks();
  /** Data of all streams since their window was last opened. */
  #usedWindow = 0;
  /** Whose data is being received, and its number then; null: nobody's any more. */
  #dataStream: Http2Stream | null = null;
  #dataStreamId = 0;

  constructor(events: Http2Events, sender: Http2Sender, streams: Http2Streams, fail: FailConnection) {
    this.#events = events;
    this.#sender = sender;
    this.#streams = streams;
    this.#failConnection = fail;
  }

  /** The stream of a header block that is not whole yet; 0: there is none. */
  get openBlock(): number {
    return this.#blocks.openStream;
  }

  // HEADERS and CONTINUATION.

  /** A frame of HEADERS. */
  headers(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    const stream = this.#streams.get(id);
    if (!this.#blocks.begin(flags, id, bytes, start, end)) {
      return this.#failConnection("protocol.frame", "padding longer than its frame");
    }
    if (stream !== undefined && !stream.hasBegun) {
      stream.hasBegun = true;
      this.#events.responseBegan(stream.slot);
    }
    if (this.#blocks.openStream === 0) this.#block(id);
  }

  /** A frame of CONTINUATION. */
  continuation(flags: number, id: number, bytes: Uint8Array, start: number, end: number): void {
    const blocks = this.#blocks;
    if (blocks.openStream === 0) return this.#failConnection("protocol.frame", "CONTINUATION of nothing");
    blocks.add(flags, bytes, start, end);
    if (blocks.isTooLong) {
      return this.#failConnection("too-large.head", "", CODE.enhanceYourCalm);
    }
    if (blocks.openStream === 0) this.#block(id);
  }

  /** A header block is whole. It must be decoded even if nobody waits for it any more. */
  #block(id: number): void {
    const blocks = this.#blocks;
    const stream = this.#streams.get(id);
    const isTrailer = stream !== undefined && stream.status !== 0;
    const decoder = this.#decoder;
    if (!decoder.decode(blocks.bytes, blocks.start, blocks.end, isTrailer)) {
      return this.#failConnection("protocol.header-block", "", CODE.compressionError);
    }
    if (stream === undefined) return;
    if (isTrailer) stream.bodyBytes += blocks.wireBytes;
    else stream.headBytes += blocks.wireBytes;
    if (decoder.failure !== null) return this.#streams.fail(stream, decoder.failure, "");
    if (isTrailer) this.#trailer(stream);
    else if (decoder.status < 200) this.#interim(stream);
    else this.#head(stream);
  }

  #head(stream: Http2Stream): void {
    const { text, textBytes, status, contentLength } = this.#decoder;
    if (!this.#mayGrow(stream)) return;
    stream.status = status;
    stream.contentLength = contentLength;
    if (status === 204 || status === 304) stream.hasNoContent = true;
    if (stream.keepHead) stream.appendHead(text, textBytes);
    if (this.#blocks.endsStream) return this.#streams.end(stream);
    if (stream.keepBody && !stream.hasNoContent && contentLength > LIMITS.keptBodyBytes) {
      this.#streams.fail(stream, "too-large.body", "", CODE.cancel);
    }
  }

  #interim(stream: Http2Stream): void {
    if (this.#decoder.status === 101) return this.#streams.fail(stream, "protocol.upgrade", "");
    if (this.#blocks.endsStream) {
      return this.#streams.fail(stream, "protocol.frame", "the stream ends with an interim response");
    }
    this.#mayGrow(stream);
  }

  /** All heads of a response together have a limit; fails the stream beyond it. */
  #mayGrow(stream: Http2Stream): boolean {
    stream.headTextBytes += this.#decoder.textBytes;
    if (stream.headTextBytes <= LIMITS.headBytes) return true;
    this.#streams.fail(stream, "too-large.head", "", CODE.cancel);
    return false;
  }

  #trailer(stream: Http2Stream): void {
    if (!this.#blocks.endsStream) {
      return this.#streams.fail(stream, "protocol.frame", "a trailer that does not end the stream");
    }
    if (stream.keepHead) stream.appendTrailer(this.#decoder.text, this.#decoder.textBytes);
    this.#streams.end(stream);
  }

  // DATA.

  /** A frame of DATA began, with a payload of `length`. */
  dataBegan(id: number, length: number): void {
    this.#dataStream = null;
    // Windows are opened again long before they are used up, so that no data can be too much.
    this.#usedWindow += length;
    if (this.#usedWindow >= CONNECTION_WINDOW_BYTES / 2) {
      this.#sender.windowUpdate(0, this.#usedWindow);
      this.#usedWindow = 0;
    }
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    stream.bodyBytes += FRAME_HEADER_BYTES;
    stream.usedWindow += length;
    if (stream.status === 0) return this.#streams.fail(stream, "protocol.frame", "DATA before HEADERS");
    this.#dataStream = stream;
    this.#dataStreamId = id;
  }

  /** A piece of it: content bytes[start, end), within `received` octets of payload. */
  dataReceived(bytes: Uint8Array, start: number, end: number, received: number): void {
    const stream = this.#dataStream;
    if (stream === null || stream.id !== this.#dataStreamId) return;
    stream.bodyBytes += received;
    if (start === end) return;
    stream.contentBytes += end - start;
    const { contentLength, contentBytes } = stream;
    if (stream.hasNoContent) {
      this.#streams.fail(stream, "protocol.frame", "content where a response has none");
    } else if (contentLength !== ABSENT && contentBytes > contentLength) {
      const cause = `content-length is ${contentLength}, and more came`;
      this.#streams.fail(stream, "protocol.content-length", cause);
    } else if (stream.isStreamed) {
      this.#events.bodyReceived(stream.slot, stream, bytes, start, end);
    } else if (stream.keepBody) {
      if (contentBytes > LIMITS.keptBodyBytes) this.#streams.fail(stream, "too-large.body", "", CODE.cancel);
      else stream.appendBody(bytes, start, end);
    }
  }

  /** It is whole; the stream ends with it where `isLast`. */
  dataEnded(isLast: boolean): void {
    const stream = this.#dataStream;
    this.#dataStream = null;
    if (stream === null || stream.id !== this.#dataStreamId) return;
    if (isLast) return this.#streams.end(stream);
    if (stream.usedWindow >= STREAM_WINDOW_BYTES / 2) {
      this.#sender.windowUpdate(stream.id, stream.usedWindow);
      stream.usedWindow = 0;
    }
  }
}
