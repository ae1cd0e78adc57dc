import { GrowingBytes } from "../protocol/growing_bytes.ts";

/** Bytes that wait behind others until those have gone out: copies, gathered in one of two buffers while the other goes. */
export class Outgoing {
  #gathering = new GrowingBytes();
  #going = new GrowingBytes();

  /** How many have not been taken. */
  get waiting(): number {
    return this.#gathering.length;
  }

  /** Appends bytes[0, length). */
  append(bytes: Uint8Array, length: number): void {
    this.#gathering.append(bytes, 0, length);
  }

  /** All that wait; good until the next call, when they must have gone out. */
  take(): Uint8Array {
    const taken = this.#gathering;
    this.#gathering = this.#going;
    this.#gathering.clear();
    this.#going = taken;
    return taken.bytes.subarray(0, taken.length);
  }
}
