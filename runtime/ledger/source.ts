/** Where a ledger is read from: a file, or memory. */
export interface Source {
  /** Bytes there are. */
  readonly size: number;
  /** Fills `into` from `offset` on as far as it can; returns how many bytes that were, 0 at the end. Throws on I/O errors. */
  read(into: Uint8Array, offset: number): number;
}

/** A ledger in memory: simulated runs and tests. `bytes` is not copied. */
export function memorySource(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    read(into, offset) {
      const found = bytes.subarray(offset, offset + into.length);
      into.set(found);
      return found.length;
    },
  };
}

/** Reads until `into` is full or the source ends; returns how many bytes there were. */
export function readFully(source: Source, into: Uint8Array, offset: number): number {
  let length = 0;
  while (length < into.length) {
    const more = source.read(into.subarray(length), offset + length);
    if (more === 0) break;
    length += more;
  }
  return length;
}
