import { KEPT_MESSAGE_BYTES, MessagePayload } from "./message_payload.ts";
import { Utf8Check } from "./utf8_check.ts";
import { CONTROL_PAYLOAD_BYTES, OPCODE } from "./websocket_frame.ts";

/** What a feed of a `WebSocketReader` found; a message or a control frame has the number of its opcode. */
export const WEBSOCKET_READ = {
  failed: -1,
  /** Everything fed is used up. */
  more: 0,
  text: OPCODE.text,
  binary: OPCODE.binary,
  close: OPCODE.close,
  ping: OPCODE.ping,
  pong: OPCODE.pong,
} as const;

/** Names of request errors. */
export type WebSocketFailure = "websocket.frame" | "websocket.utf8" | "too-large.message";

/** Stands for a close frame without a code (RFC 6455 section 7.4.1); never on the wire. */
export const NO_CLOSE_CODE = 1005;

const PART = { first: 0, second: 1, length: 2, payload: 3, closed: 4, failed: 5 } as const;

/** Bits of a frame's first two bytes. */
const FINAL = 0x80;
const RESERVED = 0x70;
const OPCODE_BITS = 0x0f;
const CONTROL = 0x08;
const MASKED = 0x80;

/** No message is under way. */
const NONE = 0;

/**
 * Reads what a server sends on a WebSocket once it is open (RFC 6455 section 5), without extensions. Whatever is wrong
 * shows at its first byte: a frame's head is judged byte by byte, and so is the text of a message. What follows a
 * close is ignored (section 1.4).
 */
export class WebSocketReader {
  /** The index behind the last byte used by the last feed. */
  consumed = 0;
  /** Null until a feed says failed. */
  failure: WebSocketFailure | null = null;
  /** Of the message or control frame that the last feed found. */
  payloadBytes = 0;
  /** Of the close: its code, or `NO_CLOSE_CODE`. */
  closeCode = 0;

  #part: number = PART.first;
  #keepPayload = true;
  /** Of the frame. */
  #opcode = 0;
  #isFinal = false;
  #frameBytes = 0;
  #leftBytes = 0;
  #lengthOctets = 0;
  /** Opcode of the message under way, or `NONE`, and its bytes before the frame. */
  #messageOpcode = NONE;
  #messageBytes = 0;
  #isControlLast = false;
  readonly #message = new MessagePayload();
  readonly #control = new MessagePayload();
  readonly #text = new Utf8Check();

  /** Prepares for a new connection. `keepPayload`: messages are handed over, and otherwise only counted. */
  begin(keepPayload: boolean): void {
    this.failure = null;
    this.payloadBytes = 0;
    this.closeCode = 0;
    this.#part = PART.first;
    this.#keepPayload = keepPayload;
    this.#messageOpcode = NONE;
    this.#message.begin();
    this.#control.begin();
  }

  /**
   * Reads bytes[start, end) up to the end of the first message or control frame, and returns a `WEBSOCKET_READ`. A
   * reader that failed stays so.
   */
  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (;;) {
      switch (this.#part) {
        case PART.first:
          if (at === end) return this.#more(end);
          if (!this.#first(bytes[at++])) return this.#fail("websocket.frame", at);
          break;
        case PART.second:
          if (at === end) return this.#more(end);
          if (!this.#second(bytes[at++])) return this.#fail(this.failure ?? "websocket.frame", at);
          break;
        case PART.length:
          if (at === end) return this.#more(end);
          if (!this.#length(bytes[at++])) return this.#fail(this.failure ?? "websocket.frame", at);
          break;
        case PART.payload: {
          const stop = Math.min(end, at + this.#leftBytes);
          if (!this.#payload(bytes, at, stop)) return this.#fail("websocket.utf8", stop);
          at = stop;
          if (this.#leftBytes > 0) return this.#more(end);
          this.#part = PART.first;
          this.consumed = at;
          const read = this.#frameEnded();
          if (read !== WEBSOCKET_READ.more) return read;
          break;
        }
        case PART.closed:
          return this.#more(end);
        default:
          this.consumed = start;
          return WEBSOCKET_READ.failed;
      }
    }
  }

  /** The payload that the last feed found, good until the next one; empty where it was only counted. */
  payload(): Uint8Array {
    return this.#isControlLast ? this.#control.bytes() : this.#message.bytes();
  }

  /** Why the server closed; empty where it does not say. */
  closeReason(): string {
    return new TextDecoder().decode(this.#control.bytes().subarray(2));
  }

  #more(end: number): number {
    this.consumed = end;
    return WEBSOCKET_READ.more;
  }

  #fail(failure: WebSocketFailure, at: number): number {
    this.#part = PART.failed;
    this.failure = failure;
    this.consumed = at;
    return WEBSOCKET_READ.failed;
  }

  #first(octet: number): boolean {
    const opcode = octet & OPCODE_BITS;
    const isControl = opcode >= CONTROL;
    if ((octet & RESERVED) !== 0) return false;
    if (opcode > OPCODE.pong || (opcode > OPCODE.binary && !isControl)) return false;
    this.#isFinal = (octet & FINAL) !== 0;
    this.#opcode = opcode;
    this.#part = PART.second;
    if (isControl) return this.#isFinal;
    if ((opcode === OPCODE.continuation) !== (this.#messageOpcode !== NONE)) return false;
    if (opcode !== OPCODE.continuation) this.#beginMessage(opcode);
    return true;
  }

  #beginMessage(opcode: number): void {
    this.#messageOpcode = opcode;
    this.#messageBytes = 0;
    this.#message.begin();
    this.#text.begin();
  }

  #second(octet: number): boolean {
    if ((octet & MASKED) !== 0) return false;
    if (this.#opcode >= CONTROL) {
      if (octet > CONTROL_PAYLOAD_BYTES || (this.#opcode === OPCODE.close && octet === 1)) return false;
      this.#control.begin();
    }
    if (octet < 126) return this.#beginPayload(octet);
    this.#lengthOctets = octet === 126 ? 2 : 8;
    this.#frameBytes = 0;
    this.#leftBytes = this.#lengthOctets;
    this.#part = PART.length;
    return true;
  }

  /** A length is written in the fewest bytes that hold it, and its highest bit is 0 (RFC 6455 section 5.2). */
  #length(octet: number): boolean {
    if (this.#leftBytes === 8 && octet >= 128) return false;
    this.#frameBytes = this.#frameBytes * 256 + octet;
    if (--this.#leftBytes > 0) return true;
    const least = this.#lengthOctets === 2 ? 126 : 65_536;
    return this.#frameBytes >= least && this.#beginPayload(this.#frameBytes);
  }

  #beginPayload(length: number): boolean {
    this.#frameBytes = length;
    this.#leftBytes = length;
    this.#part = PART.payload;
    const most = this.#keepPayload ? KEPT_MESSAGE_BYTES : Number.MAX_SAFE_INTEGER;
    if (this.#opcode >= CONTROL || this.#messageBytes + length <= most) return true;
    this.failure = "too-large.message";
    return false;
  }

  /** Takes bytes[at, stop) of the frame's payload; false where they are no text. */
  #payload(bytes: Uint8Array, at: number, stop: number): boolean {
    const isWholeFrame = stop - at === this.#frameBytes;
    this.#leftBytes -= stop - at;
    if (this.#opcode >= CONTROL) {
      this.#control.add(bytes, at, stop, isWholeFrame);
      return true;
    }
    if (this.#keepPayload) this.#message.add(bytes, at, stop, isWholeFrame && this.#isFinal);
    return this.#messageOpcode !== OPCODE.text || this.#text.feed(bytes, at, stop);
  }

  #frameEnded(): number {
    if (this.#opcode >= CONTROL) return this.#controlEnded();
    this.#messageBytes += this.#frameBytes;
    if (!this.#isFinal) return WEBSOCKET_READ.more;
    const opcode = this.#messageOpcode;
    if (opcode === OPCODE.text && !this.#text.isWhole) return this.#fail("websocket.utf8", this.consumed);
    this.#messageOpcode = NONE;
    this.#isControlLast = false;
    this.payloadBytes = this.#messageBytes;
    return opcode;
  }

  #controlEnded(): number {
    this.#isControlLast = true;
    this.payloadBytes = this.#frameBytes;
    return this.#opcode === OPCODE.close ? this.#closed() : this.#opcode;
  }

  #closed(): number {
    const { source, start, length } = this.#control;
    this.closeCode = length === 0 ? NO_CLOSE_CODE : source[start] * 256 + source[start + 1];
    if (length > 0 && !isCloseCode(this.closeCode)) return this.#fail("websocket.frame", this.consumed);
    if (length > 2) {
      this.#text.begin();
      const isText = this.#text.feed(source, start + 2, start + length) && this.#text.isWhole;
      if (!isText) return this.#fail("websocket.utf8", this.consumed);
    }
    this.#part = PART.closed;
    return OPCODE.close;
  }
}

/** What may stand in a close frame (RFC 6455 section 7.4, and the registry that it founds). */
function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}
