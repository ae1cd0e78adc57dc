import { CR, hexDigit, HTAB, LF, OCTET, SEMICOLON, SP, TEXT } from "./octets.ts";
import type { GrowingBytes } from "./growing_bytes.ts";
import { type Failure, LIMITS, PARSED } from "./parsed.ts";

const STATE = {
  firstDigit: 0,
  size: 1,
  space: 2,
  extension: 3,
  sizeLineFeed: 4,
  data: 5,
  dataReturn: 6,
  dataLineFeed: 7,
} as const;

/**
 * Reads chunks up to and with the line of the last one; the trailer follows (RFC 9112 section 7.1). Every line ends
 * with CR LF: section 2.2 allows a lone LF to the head's lines only. Extensions are skipped, as is white space before
 * them or before the line's end. Data is skipped by arithmetic unless it is kept.
 */
export class ChunkReader {
  /** Bytes of data so far, without the framing. */
  contentBytes = 0;
  /** The index behind the last byte used by the last feed. */
  consumed = 0;
  /** Null until a feed says `PARSED.failed`. */
  failure: Failure | null = null;

  #state: number = STATE.firstDigit;
  /** Of the chunk: as far as read in its line, then what is left of its data. */
  #sizeBytes = 0;
  #lineBytes = 0;
  #kept: GrowingBytes | null = null;
  #keptBytesMax = 0;

  /** Prepares for a body whose data is appended to `kept`, or skipped; together no more than `keptBytesMax`. */
  begin(kept: GrowingBytes | null, keptBytesMax: number = LIMITS.keptBodyBytes): void {
    this.contentBytes = 0;
    this.failure = null;
    this.#state = STATE.firstDigit;
    this.#sizeBytes = 0;
    this.#lineBytes = 0;
    this.#kept = kept;
    this.#keptBytesMax = keptBytesMax;
  }

  /** Reads bytes[start, end); returns a `PARSED`. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end) {
      if (this.#state === STATE.data) {
        at = this.#data(bytes, at, end);
        continue;
      }
      const octet = bytes[at++];
      const isWell = this.#state < STATE.data ? this.#sizeOctet(octet) : this.#dataEnd(octet);
      this.consumed = at;
      if (!isWell) {
        this.failure ??= "protocol.chunk";
        return PARSED.failed;
      }
      if (this.#state === STATE.data && this.#sizeBytes === 0) return PARSED.done;
    }
    this.consumed = at;
    return PARSED.more;
  }

  #data(bytes: Uint8Array, at: number, end: number): number {
    const count = Math.min(end - at, this.#sizeBytes);
    this.#kept?.append(bytes, at, at + count);
    this.contentBytes += count;
    this.#sizeBytes -= count;
    if (this.#sizeBytes === 0) this.#state = STATE.dataReturn;
    return at + count;
  }

  #dataEnd(octet: number): boolean {
    if (this.#state === STATE.dataReturn) {
      this.#state = STATE.dataLineFeed;
      return octet === CR;
    }
    this.#state = STATE.firstDigit;
    this.#lineBytes = 0;
    return octet === LF;
  }

  /** One octet of a chunk's first line; false where it may not stand there. */
  #sizeOctet(octet: number): boolean {
    if (++this.#lineBytes > LIMITS.chunkLineBytes) return false;
    const state = this.#state;
    if (state === STATE.sizeLineFeed) return octet === LF && this.#lineEnded();
    if (state === STATE.firstDigit || state === STATE.size) {
      const digit = hexDigit(octet);
      if (digit >= 0) {
        this.#state = STATE.size;
        this.#sizeBytes = this.#sizeBytes * 16 + digit;
        return this.#sizeBytes <= Number.MAX_SAFE_INTEGER;
      }
      if (state === STATE.firstDigit) return false;
    }
    if (octet === CR) this.#state = STATE.sizeLineFeed;
    else if (state === STATE.extension) return (OCTET[octet] & TEXT) !== 0;
    else if (octet === SEMICOLON) this.#state = STATE.extension;
    else if (octet === SP || octet === HTAB) this.#state = STATE.space;
    else return false;
    return true;
  }

  #lineEnded(): boolean {
    this.#state = STATE.data;
    if (this.#kept === null || this.contentBytes + this.#sizeBytes <= this.#keptBytesMax) return true;
    this.failure = "too-large.body";
    return false;
  }
}
