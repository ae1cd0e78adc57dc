/** Where a ledger's bytes go: a file, or memory. */
export interface Sink {
  /** Appends all of `bytes` before it returns, or throws; the buffer may be reused afterwards. */
  write(bytes: Uint8Array): void;
  close(): void;
}
