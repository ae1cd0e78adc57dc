/** Room kept from one response to the next; what is larger is given back, so that many connections stay small. */
const KEPT_CAPACITY_BYTES = 256 * 1024;
const FIRST_CAPACITY_BYTES = 512;
/** Below this a loop copies faster than a view can be made. */
const LOOP_BYTES = 48;
const NO_BYTES = new Uint8Array(0);

/** Bytes that are appended at one end and dropped at the other; takes no room before the first. */
export class GrowingBytes {
  /** The first `length` are valid, until the next call of a method. */
  bytes: Uint8Array = NO_BYTES;
  length = 0;

  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_CAPACITY_BYTES) this.bytes = NO_BYTES;
  }

  /** Appends bytes[start, end). */
  append(bytes: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.bytes.length) this.#grow(length);
    if (end - start <= LOOP_BYTES) {
      const own = this.bytes;
      for (let from = start, to = this.length; from < end; from++, to++) own[to] = bytes[from];
    } else {
      this.bytes.set(bytes.subarray(start, end), this.length);
    }
    this.length = length;
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    if (count === 0) return;
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }

  #grow(length: number): void {
    let capacity = Math.max(FIRST_CAPACITY_BYTES, this.bytes.length);
    while (capacity < length) capacity *= 2;
    const larger = new Uint8Array(capacity);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
