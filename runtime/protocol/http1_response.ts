import { GrowingBytes } from "./growing_bytes.ts";
import { ChunkReader } from "./http1_chunks.ts";
import { ABSENT, CHUNKED, CLOSE, INVALID, KEEP_ALIVE } from "./http1_field_values.ts";
import { HeadReader } from "./http1_head.ts";
import type { KnownHead } from "./http1_known_head.ts";
import { type Failure, LIMITS, PARSED } from "./parsed.ts";

const PART = { head: 0, length: 1, chunks: 2, trailer: 3, untilClose: 4, ended: 5 } as const;

const NO_BYTES = new Uint8Array(0);

/**
 * A client's reader of HTTP/1.1 responses, without I/O (RFC 9112). One for each connection; it allocates nothing
 * for a response whose head comes in one piece. What it says of some bytes does not depend on how they were split.
 * `headBytes + bodyBytes` is always the sum of what the feeds since `begin` consumed.
 *
 * The length of a body follows RFC 9112 section 6.3 in its order: none with HEAD, 1xx, 204 and 304, whatever the
 * headers say; then the transfer coding; then the content length; then the close. Interim responses are skipped.
 */
export class ResponseParser {
  /** Of the heads, those of interim responses among them, up to and with the empty line. */
  headBytes = 0;
  /** Behind the head as received: content, chunk framing and trailer. */
  bodyBytes = 0;
  /** Of the content alone. */
  contentBytes = 0;
  /** Whether the connection may carry another request. False until the response is done. */
  keepAlive = false;
  /** The index behind the last byte used by the last feed, also after `begin`; there the next response starts. */
  consumed = 0;
  /** Null until `feed` or `close` says `PARSED.failed`. */
  failure: Failure | null = null;

  #part: number = PART.ended;
  #isHead = false;
  #keepBody = false;
  #keepHead = false;
  #mayUpgrade = false;
  #isStreamed = false;
  #mayReuse = false;
  #leftBytes = 0;
  readonly #head = new HeadReader();
  readonly #chunks = new ChunkReader();
  readonly #kept = new GrowingBytes();
  readonly #keptHead = new GrowingBytes();

  /** Of the last status line; 0 before it. */
  get status(): number {
    return this.#head.status;
  }

  /**
   * Prepares for the next response: to HEAD where `head`, with its content collected where `keepBody`, and its head
   * where `keepHead`. `mayUpgrade`: status 101 ends it with its head, and what follows is of another protocol. `known`: the
   * head that it may have; one that was read takes its place.
   */
  begin(
    head: boolean,
    keepBody: boolean,
    keepHead = false,
    mayUpgrade = false,
    known: KnownHead | null = null,
  ): void {
    this.headBytes = 0;
    this.bodyBytes = 0;
    this.contentBytes = 0;
    this.keepAlive = false;
    this.failure = null;
    this.#part = PART.head;
    this.#isHead = head;
    this.#keepBody = keepBody;
    this.#keepHead = keepHead;
    this.#mayUpgrade = mayUpgrade;
    this.#isStreamed = false;
    this.#mayReuse = false;
    this.#head.begin(LIMITS.headBytes, known);
    this.#kept.clear();
    if (keepHead) this.#keptHead.clear();
  }

  /** Behind `begin`: the content is handed over in pieces, by `takeContent`, and may be of any length. */
  stream(): void {
    this.#keepBody = true;
    this.#isStreamed = true;
  }

  /** The content since it was last taken, valid until the next feed. */
  takeContent(): Uint8Array {
    const content = this.body();
    this.#kept.clear();
    return content;
  }

  /** The content, valid until the next `begin`; empty unless it is kept. */
  body(): Uint8Array {
    return this.#kept.bytes.subarray(0, this.#kept.length);
  }

  /** The head from its status line to the empty line, both included, valid until the next `begin`; empty unless it is kept. */
  head(): Uint8Array {
    return this.#keepHead ? this.#keptHead.bytes.subarray(0, this.#keptHead.length) : NO_BYTES;
  }

  /** Reads bytes[start, end); returns a `PARSED`. Must not be called once the response is done or has failed. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    let parsed: number = PARSED.more;
    this.consumed = start;
    do {
      switch (this.#part) {
        case PART.head:
          parsed = this.#readHead(bytes, this.consumed, end);
          break;
        case PART.length:
          parsed = this.#readLength(bytes, this.consumed, end);
          break;
        case PART.chunks:
          parsed = this.#readChunks(bytes, this.consumed, end);
          break;
        case PART.trailer:
          parsed = this.#readTrailer(bytes, this.consumed, end);
          break;
        case PART.untilClose:
          parsed = this.#readUntilClose(bytes, this.consumed, end);
          break;
        default:
          throw new Error("Cannot feed a response parser that has ended: call begin first");
      }
    } while (parsed === PARSED.more && this.consumed < end);
    return parsed;
  }

  /** The peer closed: done where that ends the body (RFC 9112 section 6.3 rule 8), failed otherwise. */
  close(): number {
    if (this.#part === PART.ended) throw new Error("Cannot close a response parser that has ended");
    return this.#part === PART.untilClose ? this.#done() : this.#fail("receive.closed");
  }

  #readHead(bytes: Uint8Array, start: number, end: number): number {
    const head = this.#head;
    const parsed = head.feed(bytes, start, end);
    this.consumed = head.consumed;
    this.headBytes += head.consumed - start;
    if (this.#keepHead) this.#keptHead.append(bytes, start, head.consumed);
    if (parsed === PARSED.more) return parsed;
    if (head.failure !== null) return this.#fail(head.failure);
    return this.#headEnded();
  }

  /** RFC 9112 sections 6.3 (which body) and 9.3 (whether the connection persists). */
  #headEnded(): number {
    const head = this.#head;
    const { status, contentLength, transferCoding } = head;
    if (status === 101) return this.#mayUpgrade ? this.#done() : this.#fail("protocol.upgrade");
    if (status < 200) {
      if (this.#keepHead) this.#keptHead.clear();
      head.begin(LIMITS.headBytes - this.headBytes);
      return PARSED.more;
    }
    const options = head.connectionOptions;
    const persists = (options & CLOSE) === 0 && (head.minorVersion >= 1 || (options & KEEP_ALIVE) !== 0);
    // A transfer coding beside a length, or in HTTP/1.0, is faulty framing: the last use of its connection (6.1).
    const isFaulty = transferCoding !== ABSENT && (contentLength !== ABSENT || head.minorVersion === 0);
    this.#mayReuse = persists && !isFaulty;
    if (this.#isHead || status === 204 || status === 304) return this.#done();
    if (transferCoding === CHUNKED) {
      this.#part = PART.chunks;
      this.#chunks.begin(this.#keepBody ? this.#kept : null, this.#keepsWhole ? undefined : Infinity);
      return PARSED.more;
    }
    if (transferCoding === INVALID) return this.#fail("protocol.transfer-encoding");
    if (contentLength === INVALID) return this.#fail("protocol.content-length");
    if (contentLength === 0) return this.#done();
    if (contentLength === ABSENT) {
      this.#mayReuse = false;
      this.#part = PART.untilClose;
      return PARSED.more;
    }
    if (this.#keepsWhole && contentLength > LIMITS.keptBodyBytes) return this.#fail("too-large.body");
    this.#leftBytes = contentLength;
    this.#part = PART.length;
    return PARSED.more;
  }

  get #keepsWhole(): boolean {
    return this.#keepBody && !this.#isStreamed;
  }

  #readLength(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + this.#leftBytes);
    this.#take(bytes, start, stop);
    this.#leftBytes -= stop - start;
    return this.#leftBytes === 0 ? this.#done() : PARSED.more;
  }

  #readChunks(bytes: Uint8Array, start: number, end: number): number {
    const chunks = this.#chunks;
    const parsed = chunks.feed(bytes, start, end);
    this.consumed = chunks.consumed;
    this.bodyBytes += chunks.consumed - start;
    this.contentBytes = chunks.contentBytes;
    if (chunks.failure !== null) return this.#fail(chunks.failure);
    if (parsed === PARSED.done) {
      this.#part = PART.trailer;
      this.#head.beginTrailer(LIMITS.headBytes);
    }
    return PARSED.more;
  }

  #readTrailer(bytes: Uint8Array, start: number, end: number): number {
    const head = this.#head;
    const parsed = head.feed(bytes, start, end);
    this.consumed = head.consumed;
    this.bodyBytes += head.consumed - start;
    if (head.failure !== null) return this.#fail(head.failure);
    return parsed === PARSED.done ? this.#done() : parsed;
  }

  #readUntilClose(bytes: Uint8Array, start: number, end: number): number {
    const leftBytes = this.#keepsWhole ? LIMITS.keptBodyBytes - this.contentBytes : Infinity;
    const stop = Math.min(end, start + leftBytes);
    this.#take(bytes, start, stop);
    return stop < end ? this.#fail("too-large.body") : PARSED.more;
  }

  /** Takes bytes[start, stop) as content. */
  #take(bytes: Uint8Array, start: number, stop: number): void {
    if (this.#keepBody) this.#kept.append(bytes, start, stop);
    this.bodyBytes += stop - start;
    this.contentBytes += stop - start;
    this.consumed = stop;
  }

  #done(): number {
    this.#part = PART.ended;
    this.keepAlive = this.#mayReuse;
    return PARSED.done;
  }

  #fail(failure: Failure): number {
    this.#part = PART.ended;
    this.failure = failure;
    return PARSED.failed;
  }
}
