/**
 * The values of the three headers that frame a response. A folded value still holds its line ends: they count as
 * white space (RFC 9112 section 5.2).
 */
import { COMMA, CR, HTAB, isWord, LF, octetsOf, SP } from "./octets.ts";

/** No such header came. */
export const ABSENT = -1;
/** It came, and cannot be used. */
export const INVALID = -2;
/** The transfer coding is `chunked`, once and alone. */
export const CHUNKED = 1;
/** Options of a Connection header. */
export const CLOSE = 1;
export const KEEP_ALIVE = 2;

const WORD = {
  chunked: octetsOf("chunked"),
  close: octetsOf("close"),
  keepAlive: octetsOf("keep-alive"),
} as const;

/** The length that bytes[at, end) give, one number or the same in a list (RFC 9110 section 8.6), or `INVALID`. */
export function contentLength(bytes: Uint8Array, at: number, end: number): number {
  let length = ABSENT;
  let i = at;
  for (;;) {
    i = skipSpace(bytes, i, end);
    const first = i;
    let value = 0;
    for (; i < end && bytes[i] >= 48 && bytes[i] <= 57; i++) {
      // The digit first: a sum above 2^53 on the way would be rounded.
      value = value * 10 + (bytes[i] - 48);
      if (value > Number.MAX_SAFE_INTEGER) return INVALID;
    }
    if (i === first || (length !== ABSENT && length !== value)) return INVALID;
    length = value;
    i = skipSpace(bytes, i, end);
    if (i === end) return length;
    if (bytes[i++] !== COMMA) return INVALID;
  }
}

/** `CHUNKED` or `INVALID`. Empty elements of the list do not count (RFC 9110 section 5.6.1.2). */
export function transferCoding(bytes: Uint8Array, at: number, end: number): number {
  let coding = INVALID;
  for (let i = at; i < end; i++) {
    const first = skipSpace(bytes, i, end);
    i = elementEnd(bytes, first, end);
    const last = trimmedEnd(bytes, first, i);
    if (last === first) continue;
    if (coding === CHUNKED || !isWord(bytes, first, last, WORD.chunked)) return INVALID;
    coding = CHUNKED;
  }
  return coding;
}

/** The sum of `CLOSE` and `KEEP_ALIVE` that a Connection header lists. */
export function connectionOptions(bytes: Uint8Array, at: number, end: number): number {
  let options = 0;
  for (let i = at; i < end; i++) {
    const first = skipSpace(bytes, i, end);
    i = elementEnd(bytes, first, end);
    const last = trimmedEnd(bytes, first, i);
    if (isWord(bytes, first, last, WORD.close)) options |= CLOSE;
    else if (isWord(bytes, first, last, WORD.keepAlive)) options |= KEEP_ALIVE;
  }
  return options;
}

/** The index of the comma that ends a list's element, or `end`. */
function elementEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i] !== COMMA) i++;
  return i;
}

function trimmedEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = end;
  while (i > at && isSpace(bytes[i - 1])) i--;
  return i;
}

function skipSpace(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && isSpace(bytes[i])) i++;
  return i;
}

function isSpace(octet: number): boolean {
  return octet === SP || octet === HTAB || octet === CR || octet === LF;
}
