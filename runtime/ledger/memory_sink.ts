/** A ledger in memory: simulated runs and tests. */
import type { Sink } from "./sink.ts";

export class MemorySink implements Sink {
  #bytes = new Uint8Array(64 * 1024);
  #length = 0;

  write(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.bytes());
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  close(): void {}

  /** What was written so far, in place: valid until the next write. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
