import { ABSENT, connectionOptions, contentLength, INVALID, transferCoding } from "./http1_field_values.ts";
import { GrowingBytes } from "./growing_bytes.ts";
import type { HeadMeaning, KnownHead } from "./http1_known_head.ts";
import { COLON, CR, HTAB, isWord, LF, OCTET, octetsOf, SP, TEXT, TOKEN } from "./octets.ts";
import { type Failure, PARSED } from "./parsed.ts";

/** A line's end is not among the bytes yet. */
const INCOMPLETE = -1;
const MALFORMED = -2;
/** Pending bytes are gathered in steps, so that a body behind a split head is not gathered too. */
const GATHER_BYTES = 1024;
const NO_VIEW = new DataView(new ArrayBuffer(0));

const VERSION = octetsOf("HTTP/1.");
const NAME = {
  connection: octetsOf("connection"),
  contentLength: octetsOf("content-length"),
  transferEncoding: octetsOf("transfer-encoding"),
} as const;

/**
 * Reads the head of one response, or a trailer. A line is judged once it is whole, so the result does not depend on
 * how the bytes were split; only the first seven bytes are judged at once, for peers that speak no HTTP and wait.
 * Whole lines are read where they lie; the rest of a feed that ends within a line is gathered until it is whole.
 *
 * A line may end with a lone LF (RFC 9112 section 2.2). A folded value is read as one (section 5.2). White space
 * before the first header, a bare CR, and control characters in a value are failures, and so is an empty line before
 * the status line: section 2.2 allows it to requests only.
 */
export class HeadReader implements HeadMeaning {
  status = 0;
  minorVersion = 0;
  contentLength: number = ABSENT;
  transferCoding: number = ABSENT;
  connectionOptions = 0;
  /** The index behind the last byte used by the last feed. */
  consumed = 0;
  /** Null until a feed says `PARSED.failed`. */
  failure: Failure | null = null;

  #expectsStatusLine = true;
  #parsed: number = PARSED.more;
  #leftBytes = 0;
  #malformedAt = 0;
  /** The line's end is awaited, only to fail there. */
  #isMalformed = false;
  /** How much of a pending line was found well formed; its octets are looked at once, however slowly they come. */
  #resumeBytes = 0;
  /** Where the colon of a pending field is, from its line's start; 0 before it came. */
  #colonBytes = 0;
  readonly #pending = new GrowingBytes();
  /** Until the first feed has been looked at: what the head may be. */
  #known: KnownHead | null = null;
  /** The bytes that were fed last, often those of the next feed, too; and a view of them. */
  #fed: Uint8Array | null = null;
  #view: DataView = NO_VIEW;

  /** Prepares for a head of at most `limitBytes`. Where it is equal to `known`, it is not read; else, it is known from then on. */
  begin(limitBytes: number, known: KnownHead | null = null): void {
    this.status = 0;
    this.minorVersion = 0;
    this.contentLength = ABSENT;
    this.transferCoding = ABSENT;
    this.connectionOptions = 0;
    this.#start(true, limitBytes);
    this.#known = known;
  }

  /** Prepares for a trailer, whose fields must be well formed; nobody asks what they say. */
  beginTrailer(limitBytes: number): void {
    this.#start(false, limitBytes);
  }

  /** Reads bytes[start, end) up to the empty line at most; returns a `PARSED`. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + this.#leftBytes);
    const known = this.#known;
    this.#known = null;
    if (known !== null && known.recall(this.#viewOf(bytes), start, stop, this)) {
      this.consumed = start + known.length;
      return this.#parsed = PARSED.done;
    }
    if (this.#pending.length > 0) {
      this.#gather(bytes, start, stop);
    } else {
      this.consumed = this.#readLines(bytes, start, stop);
      if (this.#parsed === PARSED.more) {
        this.#pending.append(bytes, this.consumed, stop);
        this.consumed = stop;
      }
    }
    this.#leftBytes -= this.consumed - start;
    if (this.#parsed === PARSED.more && stop < end) this.#fail("too-large.head");
    if (known !== null && this.#parsed === PARSED.done) known.learn(bytes, start, this.consumed, this);
    return this.#parsed;
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#fed) {
      this.#fed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    return this.#view;
  }

  #start(expectsStatusLine: boolean, limitBytes: number): void {
    this.failure = null;
    this.#expectsStatusLine = expectsStatusLine;
    this.#parsed = PARSED.more;
    this.#leftBytes = limitBytes;
    this.#isMalformed = false;
    this.#resumeBytes = 0;
    this.#colonBytes = 0;
    this.#known = null;
    this.#pending.clear();
  }

  #gather(bytes: Uint8Array, start: number, stop: number): void {
    const pending = this.#pending;
    this.consumed = start;
    while (this.#parsed === PARSED.more && this.consumed < stop) {
      const from = this.consumed;
      const to = Math.min(stop, from + GATHER_BYTES);
      const before = pending.length;
      pending.append(bytes, from, to);
      this.consumed = to;
      const read = this.#readLines(pending.bytes, 0, pending.length);
      if (this.#parsed === PARSED.more) pending.drop(read);
      else this.consumed = from + read - before;
    }
  }

  /** Reads the whole lines of bytes[start, stop); returns the index behind what is used up, and sets `#parsed`. */
  #readLines(bytes: Uint8Array, start: number, stop: number): number {
    if (start === stop) return start;
    if (this.#isMalformed) return this.#endMalformed(bytes, start, stop);
    let at = start;
    let next = this.#beginLines(bytes, start, stop);
    for (;;) {
      if (next === MALFORMED) return this.#endMalformed(bytes, this.#malformedAt, stop);
      if (next === INCOMPLETE) return at;
      at = next;
      if (at === stop || this.#parsed === PARSED.failed) return at;
      if (bytes[at] === LF || bytes[at] === CR) {
        const lineFeed = bytes[at] === LF ? at : at + 1;
        if (lineFeed === stop) return at;
        if (bytes[lineFeed] === LF) {
          this.#parsed = PARSED.done;
          return lineFeed + 1;
        }
      }
      next = this.#field(bytes, at, at, at, stop);
    }
  }

  /** Reads the status line where it is due, or the rest of a pending field; else nothing. */
  #beginLines(bytes: Uint8Array, at: number, stop: number): number {
    if (this.#expectsStatusLine) return this.#statusLine(bytes, at, stop);
    return this.#resumeBytes > 0 ? this.#resumedField(bytes, at, stop) : at;
  }

  /** RFC 9112 section 4; the space before an empty reason may be missing. */
  #statusLine(bytes: Uint8Array, at: number, stop: number): number {
    for (let i = 0; i < VERSION.length; i++) {
      if (at + i === stop) return INCOMPLETE;
      if (bytes[at + i] !== VERSION[i]) {
        this.#fail("protocol.status-line");
        return at + i + 1;
      }
    }
    let i = at + Math.max(VERSION.length, this.#resumeBytes);
    this.#resumeBytes = 0;
    while (i < stop && (OCTET[bytes[i]] & TEXT) !== 0) i++;
    const lineEnd = i;
    if (i < stop && bytes[i] === CR) i++;
    if (i >= stop) return this.#incomplete(lineEnd - at, 0);
    const status = (bytes[at + 9] - 48) * 100 + (bytes[at + 10] - 48) * 10 + bytes[at + 11] - 48;
    const isWell = bytes[i] === LF && lineEnd >= at + 12 && isDigit(bytes[at + 7]) && bytes[at + 8] === SP &&
      isDigit(bytes[at + 9]) && isDigit(bytes[at + 10]) && isDigit(bytes[at + 11]) && status >= 100 &&
      (lineEnd === at + 12 || bytes[at + 12] === SP);
    if (!isWell) return this.#malformed(i);
    this.minorVersion = bytes[at + 7] - 48;
    this.status = status;
    this.#expectsStatusLine = false;
    return i + 1;
  }

  /** Goes on with a field of which a part was found well formed before. */
  #resumedField(bytes: Uint8Array, at: number, stop: number): number {
    const from = at + this.#resumeBytes;
    const colon = at + this.#colonBytes;
    this.#resumeBytes = 0;
    this.#colonBytes = 0;
    return this.#field(bytes, at, colon === at ? from : colon, from, stop);
  }

  /**
   * Reads the field that starts at `at`, its name from `nameFrom` and its value from `valueFrom` on, if that is
   * behind the colon (RFC 9112 section 5). A field is whole when the byte behind its line shows that it is not folded.
   * Name and value are read in one method because V8 then makes it faster by a third.
   */
  #field(bytes: Uint8Array, at: number, nameFrom: number, valueFrom: number, stop: number): number {
    let i = nameFrom;
    while (i < stop && (OCTET[bytes[i]] & TOKEN) !== 0) i++;
    if (i === stop) return this.#incomplete(i - at, 0);
    if (i === at || bytes[i] !== COLON) return this.#malformed(i);
    const colon = i;
    if (valueFrom > colon) i = valueFrom - 1;
    let valueEnd: number;
    do {
      i++;
      while (i < stop && (OCTET[bytes[i]] & TEXT) !== 0) i++;
      valueEnd = i;
      if (i < stop && bytes[i] === CR) i++;
      if (i >= stop) return this.#incomplete(valueEnd - at, colon - at);
      if (bytes[i] !== LF) return this.#malformed(i);
      if (++i === stop) return this.#incomplete(valueEnd - at, colon - at);
    } while (bytes[i] === SP || bytes[i] === HTAB);
    this.#heed(bytes, at, colon, valueEnd);
    return i;
  }

  /** Takes note of a field that frames the response. */
  #heed(bytes: Uint8Array, name: number, colon: number, valueEnd: number): void {
    const value = colon + 1;
    switch (colon - name) {
      case NAME.connection.length:
        if (!isWord(bytes, name, colon, NAME.connection)) return;
        this.connectionOptions |= connectionOptions(bytes, value, valueEnd);
        return;
      case NAME.contentLength.length: {
        if (!isWord(bytes, name, colon, NAME.contentLength)) return;
        const length = contentLength(bytes, value, valueEnd);
        const isFirst = this.contentLength === ABSENT;
        this.contentLength = isFirst || this.contentLength === length ? length : INVALID;
        return;
      }
      case NAME.transferEncoding.length: {
        if (!isWord(bytes, name, colon, NAME.transferEncoding)) return;
        const isFirst = this.transferCoding === ABSENT;
        this.transferCoding = isFirst ? transferCoding(bytes, value, valueEnd) : INVALID;
        return;
      }
    }
  }

  #incomplete(resumeBytes: number, colonBytes: number): number {
    this.#resumeBytes = resumeBytes;
    this.#colonBytes = colonBytes;
    return INCOMPLETE;
  }

  #malformed(at: number): number {
    this.#malformedAt = at;
    return MALFORMED;
  }

  /** Reads a malformed line on to its end; fails there. */
  #endMalformed(bytes: Uint8Array, at: number, stop: number): number {
    let i = at;
    while (i < stop && bytes[i] !== LF) i++;
    this.#isMalformed = i === stop;
    if (this.#isMalformed) return stop;
    this.#fail(this.#expectsStatusLine ? "protocol.status-line" : "protocol.header");
    return i + 1;
  }

  #fail(failure: Failure): void {
    this.#parsed = PARSED.failed;
    this.failure = failure;
  }
}

function isDigit(octet: number): boolean {
  return octet >= 48 && octet <= 57;
}
