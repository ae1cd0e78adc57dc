import { GrowingBytes } from "./growing_bytes.ts";

/** A message that is kept has at most so many bytes. */
export const KEPT_MESSAGE_BYTES = 16 * 1024 * 1024;

const NO_BYTES = new Uint8Array(0);

/**
 * The payload of one message: it stays where it was fed when it came in one piece, and is gathered otherwise. Good
 * until the reader that it belongs to is fed again.
 */
export class MessagePayload {
  /** The payload is `source[start, start + length)`; nothing where it was only counted. */
  source: Uint8Array = NO_BYTES;
  start = 0;
  length = 0;

  readonly #gathered = new GrowingBytes();

  /** Prepares for the next message. */
  begin(): void {
    this.source = NO_BYTES;
    this.start = 0;
    this.length = 0;
    this.#gathered.clear();
  }

  /** The next piece is bytes[from, to). `isAll`: it is the last one, and the bytes outlive the message. */
  add(bytes: Uint8Array, from: number, to: number, isAll: boolean): void {
    if (isAll && this.length === 0) {
      this.source = bytes;
      this.start = from;
      this.length = to - from;
      return;
    }
    this.#gathered.append(bytes, from, to);
    this.source = this.#gathered.bytes;
    this.length = this.#gathered.length;
  }

  /** A view of it. */
  bytes(): Uint8Array {
    return this.source.subarray(this.start, this.start + this.length);
  }
}
