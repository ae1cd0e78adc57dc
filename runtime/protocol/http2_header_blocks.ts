import { GrowingBytes } from "./growing_bytes.ts";
import { FLAG, FRAME_HEADER_BYTES } from "./http2_frames.ts";
import { LIMITS } from "./parsed.ts";

const PRIORITY_BYTES = 5;

/** Puts together header blocks that come in HEADERS and CONTINUATION (RFC 9113 section 4.3). */
export class HeaderBlocks {
  /** The stream of a block that is not whole yet; 0: there is none. */
  openStream = 0;
  /** The stream ends with the block. */
  endsStream = false;
  /** The block is bytes[start, end) once `openStream` is 0. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  /** As received, with the headers of its frames. */
  wireBytes = 0;

  readonly #gathered = new GrowingBytes();

  /** It is longer than any that could be used; what is gathered must have an end. */
  get isTooLong(): boolean {
    return this.wireBytes > LIMITS.headBytes;
  }

  /** Takes a frame of HEADERS with payload bytes[start, end); false where padding or priority do not fit in it. */
  begin(flags: number, stream: number, bytes: Uint8Array, start: number, end: number): boolean {
    let from = start;
    let to = end;
    if ((flags & FLAG.padded) !== 0) {
      if (from >= to) return false;
      to -= bytes[from++];
    }
    if ((flags & FLAG.priority) !== 0) from += PRIORITY_BYTES;
    if (from > to) return false;
    this.endsStream = (flags & FLAG.endStream) !== 0;
    this.wireBytes = FRAME_HEADER_BYTES + end - start;
    if ((flags & FLAG.endHeaders) !== 0) {
      this.#found(bytes, from, to);
    } else {
      this.openStream = stream;
      this.#gathered.clear();
      this.#gathered.append(bytes, from, to);
    }
    return true;
  }

  /** Takes a frame of CONTINUATION. */
  add(flags: number, bytes: Uint8Array, start: number, end: number): void {
    this.wireBytes += FRAME_HEADER_BYTES + end - start;
    this.#gathered.append(bytes, start, end);
    if ((flags & FLAG.endHeaders) === 0) return;
    this.openStream = 0;
    this.#found(this.#gathered.bytes, 0, this.#gathered.length);
  }

  #found(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}

const NO_BYTES = new Uint8Array(0);
