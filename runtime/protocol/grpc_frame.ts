/** Messages of gRPC in their frames: a flag, four bytes of length, the message ("gRPC over HTTP2", Length-Prefixed-Message). */
import { KEPT_MESSAGE_BYTES, MessagePayload } from "./message_payload.ts";
import { PARSED } from "./parsed.ts";

/** The frame around one message, which is not compressed. */
export function grpcFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEAD_BYTES + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, HEAD_BYTES);
  return frame;
}

const HEAD_BYTES = 5;

/** Reads the messages of a response. None may be compressed, as no encoding is ever offered. */
export class GrpcReader {
  /** The index behind the last byte used by the last feed. */
  consumed = 0;
  /** Null until a feed says `PARSED.failed`. */
  failure: "grpc.message" | "too-large.message" | null = null;
  /** Of the message that the last feed found. */
  messageBytes = 0;

  #keepMessages = true;
  #headBytes = 0;
  #leftBytes = 0;
  readonly #message = new MessagePayload();

  /** Prepares for a new response. `keepMessages`: they are handed over, and otherwise only counted. */
  begin(keepMessages: boolean): void {
    this.failure = null;
    this.messageBytes = 0;
    this.#keepMessages = keepMessages;
    this.#headBytes = 0;
    this.#message.begin();
  }

  /** No message is left unfinished: the response may end. */
  get isWhole(): boolean {
    return this.#headBytes === 0 && this.failure === null;
  }

  /** Reads bytes[start, end) up to the end of the first message; returns a `PARSED`, `done` for a message. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    this.consumed = start;
    if (this.failure !== null) return PARSED.failed;
    while (this.#headBytes < HEAD_BYTES) {
      if (this.consumed === end) return PARSED.more;
      if (!this.#headOctet(bytes[this.consumed++])) return PARSED.failed;
    }
    const at = this.consumed;
    const stop = Math.min(end, at + this.#leftBytes);
    if (this.#keepMessages) this.#message.add(bytes, at, stop, stop - at === this.messageBytes);
    this.consumed = stop;
    this.#leftBytes -= stop - at;
    if (this.#leftBytes > 0) return PARSED.more;
    this.#headBytes = 0;
    return PARSED.done;
  }

  /** The message that the last feed found, good until the next one; empty where it was only counted. */
  message(): Uint8Array {
    return this.#message.bytes();
  }

  #headOctet(octet: number): boolean {
    if (this.#headBytes++ === 0) {
      this.messageBytes = 0;
      this.#message.begin();
      if (octet !== 0) this.failure = "grpc.message";
    } else {
      this.messageBytes = this.messageBytes * 256 + octet;
      const isTooLong = this.#keepMessages && this.messageBytes > KEPT_MESSAGE_BYTES;
      if (this.#headBytes === HEAD_BYTES && isTooLong) this.failure = "too-large.message";
      this.#leftBytes = this.messageBytes;
    }
    return this.failure === null;
  }
}
