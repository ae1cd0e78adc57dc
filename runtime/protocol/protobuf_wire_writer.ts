/** Shorter ones are written letter by letter, faster than by an encoder; their length takes one byte. */
const SHORT_TEXT = 64;

/** Puts bytes together, one value behind the other, in a buffer that grows and is kept. */
export class WireWriter {
  /** So many bytes were written; may be set back. */
  length = 0;

  readonly #encoder = new TextEncoder();
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);

  /** A view of what was written, good until more is. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  isZerosFrom(start: number): boolean {
    for (let at = start; at < this.length; at++) if (this.#bytes[at] !== 0) return false;
    return true;
  }

  /** Up to 32 bits, without a sign. */
  varint(value: number): void {
    this.#reserve(5);
    let left = value >>> 0;
    while (left > 127) {
      this.#bytes[this.length++] = left | 128;
      left >>>= 7;
    }
    this.#bytes[this.length++] = left;
  }

  /** 64 bits without a sign. */
  varint64(value: bigint): void {
    this.#reserve(10);
    if (value <= Number.MAX_SAFE_INTEGER) return this.#varintDouble(Number(value));
    let left = value;
    while (left > 127n) {
      this.#bytes[this.length++] = Number(left & 127n) | 128;
      left >>= 7n;
    }
    this.#bytes[this.length++] = Number(left);
  }

  /** What a double holds needs no long arithmetic. */
  #varintDouble(value: number): void {
    let left = value;
    while (left > 127) {
      this.#bytes[this.length++] = (left % 128) | 128;
      left = Math.floor(left / 128);
    }
    this.#bytes[this.length++] = left;
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.length, value, true);
    this.length += 4;
  }

  fixed64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.length, value, true);
    this.length += 8;
  }

  float(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.length, value, true);
    this.length += 4;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** With its length in front, as UTF-8. */
  text(value: string): void {
    if (value.length < SHORT_TEXT && this.#ascii(value)) return;
    this.bytes(this.#encoder.encode(value));
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.length);
    this.length += value.length;
  }

  /** What is written from here to `endBytes` has its length in front. Returns what `endBytes` is told. */
  beginBytes(): number {
    this.#reserve(1);
    return this.length++;
  }

  /** There is room for one byte of length, which is enough for most; the rest makes room for more. */
  endBytes(begin: number): void {
    const length = this.length - begin - 1;
    if (length < 128) {
      this.#bytes[begin] = length;
      return;
    }
    const more = length < 2 ** 14 ? 1 : length < 2 ** 21 ? 2 : length < 2 ** 28 ? 3 : 4;
    this.#reserve(more);
    this.#bytes.copyWithin(begin + 1 + more, begin + 1, this.length);
    this.length = begin;
    this.varint(length);
    this.length += length;
  }

  /** False, and nothing written, where a letter is another. */
  #ascii(value: string): boolean {
    this.#reserve(1 + value.length);
    const bytes = this.#bytes;
    const start = this.length + 1;
    for (let i = 0; i < value.length; i++) {
      const letter = value.charCodeAt(i);
      if (letter > 127) return false;
      bytes[start + i] = letter;
    }
    bytes[this.length] = value.length;
    this.length = start + value.length;
    return true;
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
