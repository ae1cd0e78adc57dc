const FIRST_CAPACITY_BYTES = 4096;
/** Below this a loop copies faster than a view can be made. */
const LOOP_BYTES = 64;

/** What a connection has to write: frames, one behind the other (RFC 9113 section 4.1). */
export class Http2Output {
  /** The first `length` are to be written, and then dropped or exchanged. */
  bytes: Uint8Array = new Uint8Array(FIRST_CAPACITY_BYTES);
  length = 0;

  /** Appends a frame's header, and makes room for its payload of `length` octets. */
  frame(type: number, flags: number, stream: number, length: number): void {
    this.#reserve(9 + length);
    const bytes = this.bytes;
    let at = this.length;
    bytes[at++] = length >>> 16;
    bytes[at++] = length >>> 8;
    bytes[at++] = length;
    bytes[at++] = type;
    bytes[at++] = flags;
    this.length = at;
    this.uint32(stream);
  }

  /** Appends two octets, for which there is room. */
  uint16(value: number): void {
    this.bytes[this.length++] = value >>> 8;
    this.bytes[this.length++] = value;
  }

  /** Appends four octets, for which there is room. */
  uint32(value: number): void {
    const bytes = this.bytes;
    let at = this.length;
    bytes[at++] = value >>> 24;
    bytes[at++] = value >>> 16;
    bytes[at++] = value >>> 8;
    bytes[at++] = value;
    this.length = at;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    if (end - start <= LOOP_BYTES) {
      const own = this.bytes;
      for (let from = start, to = this.length; from < end; from++, to++) own[to] = bytes[from];
    } else {
      this.bytes.set(bytes.subarray(start, end), this.length);
    }
    this.length += end - start;
  }

  /** Drops the first `count` bytes, which were written. */
  drop(count: number): void {
    if (count < this.length) this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }

  /** Takes all there is, for a writer that wants it untouched while it writes; from now on, `empty` is filled. */
  exchange(empty: Uint8Array): Uint8Array {
    const full = this.bytes.subarray(0, this.length);
    this.bytes = empty;
    this.length = 0;
    return full;
  }

  #reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
