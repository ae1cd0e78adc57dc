import { GrowingBytes } from "./growing_bytes.ts";
import { FLAG, FRAME, FRAME_BYTES_MAX, FRAME_HEADER_BYTES, uint31 } from "./http2_frames.ts";

/** What frames are told to. Offsets are into the bytes given, which are good during the call only. */
export interface FrameEvents {
  /** A whole frame with its payload bytes[start, end); of DATA only what cannot be one. */
  frame(type: number, flags: number, stream: number, bytes: Uint8Array, start: number, end: number): void;
  /** A frame of DATA began, with a payload of `length`, padding included. */
  dataBegan(stream: number, length: number): void;
  /** A piece of it: content bytes[start, end), within `received` octets of payload. */
  dataReceived(bytes: Uint8Array, start: number, end: number, received: number): void;
  dataEnded(isLast: boolean): void;
  /** A frame longer than `FRAME_BYTES_MAX`, or padding longer than its frame. `bytes` from `at` on are what came of it. */
  malformed(isTooLong: boolean, bytes: Uint8Array, at: number, end: number): void;
}

/**
 * Cuts what a connection receives into frames (RFC 9113 section 4.1). Frames that come whole are told of where they
 * lie; others are gathered, but for DATA, whose pieces are told of as they come.
 */
export class FrameReader {
  readonly #events: FrameEvents;
  readonly #pending = new GrowingBytes();
  #isStopped = false;
  /** Of the frame of DATA that is being received: octets to come, with padding, and how many of them are padding. */
  #left = 0;
  #padding = 0;
  /** The next octet says how much padding there is. */
  #isPaddingNext = false;
  #inData = false;
  #isLast = false;

  constructor(events: FrameEvents) {
    this.#events = events;
  }

  /** Nothing is read any more, not even the rest of the feed. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Reads bytes[start, end). */
  feed(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#isStopped) {
      if (this.#inData) at = this.#data(bytes, at, end);
      else if (this.#pending.length > 0) at = this.#gather(bytes, at, end);
      else at = this.#frame(bytes, at, end);
    }
  }

  /** Reads one frame that begins here, or sets it aside where it is not whole. Returns where the next begins. */
  #frame(bytes: Uint8Array, at: number, end: number): number {
    const payload = at + FRAME_HEADER_BYTES;
    if (payload > end) return this.#setAside(bytes, at, end);
    const length = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
    if (length > FRAME_BYTES_MAX) {
      this.#events.malformed(true, bytes, at, end);
      return end;
    }
    const type = bytes[at + 3];
    const flags = bytes[at + 4];
    const stream = uint31(bytes, at + 5);
    if (type === FRAME.data && stream !== 0) {
      this.#begin(stream, flags, length);
      return payload;
    }
    if (payload + length > end) return this.#setAside(bytes, at, end);
    this.#events.frame(type, flags, stream, bytes, payload, payload + length);
    return payload + length;
  }

  #setAside(bytes: Uint8Array, at: number, end: number): number {
    this.#pending.append(bytes, at, end);
    return end;
  }

  /** Goes on with a frame of which a part was set aside. */
  #gather(bytes: Uint8Array, at: number, end: number): number {
    const pending = this.#pending;
    const isHeader = pending.length < FRAME_HEADER_BYTES;
    const length = isHeader ? 0 : (pending.bytes[0] << 16) | (pending.bytes[1] << 8) | pending.bytes[2];
    const next = Math.min(end, at + FRAME_HEADER_BYTES + length - pending.length);
    pending.append(bytes, at, next);
    const had = pending.length;
    if (had < FRAME_HEADER_BYTES + length) return next;
    // Read as if it had come like this; what is still not whole is set aside again.
    const whole = pending.bytes;
    pending.length = 0;
    this.#frame(whole, 0, had);
    return next;
  }

  #begin(stream: number, flags: number, length: number): void {
    this.#inData = true;
    this.#isLast = (flags & FLAG.endStream) !== 0;
    this.#isPaddingNext = (flags & FLAG.padded) !== 0;
    this.#padding = 0;
    this.#left = length;
    this.#events.dataBegan(stream, length);
    if (length > 0 || this.#isStopped) return;
    if (this.#isPaddingNext) this.#events.malformed(false, NO_BYTES, 0, 0);
    else this.#endData();
  }

  #data(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    const stop = Math.min(end, at + this.#left);
    if (this.#isPaddingNext) {
      this.#isPaddingNext = false;
      this.#padding = bytes[at++];
      if (this.#padding > this.#left - 1) {
        this.#events.malformed(false, bytes, at, end);
        return end;
      }
    }
    const contentEnd = Math.min(stop, start + this.#left - this.#padding);
    this.#padding -= stop - contentEnd;
    this.#left -= stop - start;
    this.#events.dataReceived(bytes, at, contentEnd, stop - start);
    if (this.#left === 0 && !this.#isStopped) this.#endData();
    return stop;
  }

  #endData(): void {
    this.#inData = false;
    this.#events.dataEnded(this.#isLast);
  }
}

const NO_BYTES = new Uint8Array(0);
