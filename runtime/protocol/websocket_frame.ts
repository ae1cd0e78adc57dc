/** Frames of a WebSocket (RFC 6455 section 5.2), as a client sends them. */

/** Also the numbers of what comes as a message. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A control frame's payload has at most so many bytes (RFC 6455 section 5.5). */
export const CONTROL_PAYLOAD_BYTES = 125;

const FINAL = 0x80;
const MASKED = 0x80;
/** From here on, four bytes at a time are faster, though it takes a view to see them so. */
const WORDS_FROM_BYTES = 256;

/** Bytes of the whole frame around a payload: its head, which holds the masking key, and the payload. */
export function frameBytes(payloadBytes: number): number {
  return payloadBytes + (payloadBytes < 126 ? 6 : payloadBytes < 65_536 ? 8 : 14);
}

/**
 * Writes a masked frame around payload[from, to) to into[at, …), which has room for `frameBytes(to − from)`; returns
 * the index behind it. `maskingKey`: 32 bits, the first byte of the key being the highest. The payload may already lie
 * where it will stand.
 */
export function writeFrame(
  into: Uint8Array,
  at: number,
  opcode: number,
  isFinal: boolean,
  maskingKey: number,
  payload: Uint8Array,
  from: number,
  to: number,
): number {
  const body = writeHead(into, at, opcode, isFinal, maskingKey, to - from);
  const end = body + to - from;
  if (to - from >= WORDS_FROM_BYTES) {
    into.set(payload.subarray(from, to), body);
    maskWords(into, body, end, maskingKey);
    return end;
  }
  const one = maskingKey >>> 24, two = (maskingKey >>> 16) & 255, three = (maskingKey >>> 8) & 255;
  const four = maskingKey & 255;
  let source = from;
  let target = body;
  for (; target + 4 <= end; target += 4, source += 4) {
    into[target] = payload[source] ^ one;
    into[target + 1] = payload[source + 1] ^ two;
    into[target + 2] = payload[source + 2] ^ three;
    into[target + 3] = payload[source + 3] ^ four;
  }
  if (target < end) into[target++] = payload[source++] ^ one;
  if (target < end) into[target++] = payload[source++] ^ two;
  if (target < end) into[target] = payload[source] ^ three;
  return end;
}

function writeHead(
  into: Uint8Array,
  at: number,
  opcode: number,
  isFinal: boolean,
  maskingKey: number,
  payloadBytes: number,
): number {
  let next = at;
  into[next++] = isFinal ? FINAL | opcode : opcode;
  if (payloadBytes < 126) {
    into[next++] = MASKED | payloadBytes;
  } else if (payloadBytes < 65_536) {
    into[next++] = MASKED | 126;
    into[next++] = payloadBytes >>> 8;
    into[next++] = payloadBytes;
  } else {
    into[next++] = MASKED | 127;
    next = writeWord(into, next, Math.floor(payloadBytes / 2 ** 32));
    next = writeWord(into, next, payloadBytes);
  }
  return writeWord(into, next, maskingKey);
}

/** 32 bits, the highest first. */
function writeWord(into: Uint8Array, at: number, word: number): number {
  into[at] = word >>> 24;
  into[at + 1] = word >>> 16;
  into[at + 2] = word >>> 8;
  into[at + 3] = word;
  return at + 4;
}

/** Masks bytes[start, end) where they lie (RFC 6455 section 5.3). */
function maskWords(bytes: Uint8Array, start: number, end: number, maskingKey: number): void {
  const words = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const whole = (end - start) & ~3;
  for (let at = 0; at < whole; at += 4) words.setInt32(at, words.getInt32(at) ^ maskingKey);
  for (let at = start + whole, shift = 24; at < end; at++, shift -= 8) bytes[at] ^= maskingKey >>> shift;
}
