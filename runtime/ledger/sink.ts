/** Where a ledger's bytes go: a file, or memory. */
export interface Sink {
  /** Appends all of `bytes` before it returns, or throws; the buffer may be reused afterwards. */
  write(bytes: Uint8Array): void;
  close(): void;
}

/** A ledger in memory: simulated runs and tests. */
export class MemorySink implements Sink {
  #bytes = new Uint8Array(1024);
  #length = 0;

  write(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + bytes.length));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  close(): void {}

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
