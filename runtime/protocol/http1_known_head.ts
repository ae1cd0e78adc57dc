/** What a head says of its response: all that is ever asked of it. */
export type HeadMeaning = {
  status: number;
  /** The x of HTTP/1.x. */
  minorVersion: number;
  /** Bytes, `ABSENT` or `INVALID`. */
  contentLength: number;
  /** `CHUNKED`, `ABSENT` or `INVALID`. */
  transferCoding: number;
  /** The sum of `CLOSE` and `KEEP_ALIVE` that it lists. */
  connectionOptions: number;
};

/** Longer heads are not remembered. */
const CAPACITY_BYTES = 1024;
const STEP_BYTES = 4;
const NO_VIEW = new DataView(new ArrayBuffer(0));

/**
 * The last whole head of many that are likely alike, as those that answer one request: a target that answers in the
 * same second often says the same, octet for octet, and what was read once need not be read again.
 */
export class KnownHead {
  /** None before the first. */
  length = 0;
  readonly #meaning: HeadMeaning = {
    status: 0,
    minorVersion: 0,
    contentLength: 0,
    transferCoding: 0,
    connectionOptions: 0,
  };
  #octets: Uint8Array | null = null;
  #view = NO_VIEW;

  /** What bytes[start, end) mean, a head that was well formed; it takes the place of the one before. */
  learn(bytes: Uint8Array, start: number, end: number, meaning: HeadMeaning): void {
    if (end - start > CAPACITY_BYTES) return;
    const octets = this.#octets ??= this.#room();
    for (let from = start, to = 0; from < end; from++, to++) octets[to] = bytes[from];
    this.length = end - start;
    copyMeaning(meaning, this.#meaning);
  }

  /** Taken when the first head comes: a plan has many requests. */
  #room(): Uint8Array {
    const octets = new Uint8Array(CAPACITY_BYTES);
    this.#view = new DataView(octets.buffer);
    return octets;
  }

  /** Whether the head begins at `start`, in `bytes` that end at `end`; if so, `meaning` is set to what it says. */
  recall(bytes: DataView, start: number, end: number, meaning: HeadMeaning): boolean {
    const { length } = this;
    if (length === 0 || end - start < length) return false;
    const view = this.#view;
    // The last step reads some octets a second time: even the shortest head is longer than a step.
    const last = length - STEP_BYTES;
    for (let at = 0; at < last; at += STEP_BYTES) {
      if (view.getInt32(at) !== bytes.getInt32(start + at)) return false;
    }
    if (view.getInt32(last) !== bytes.getInt32(start + last)) return false;
    copyMeaning(this.#meaning, meaning);
    return true;
  }
}

function copyMeaning(from: HeadMeaning, to: HeadMeaning): void {
  to.status = from.status;
  to.minorVersion = from.minorVersion;
  to.contentLength = from.contentLength;
  to.transferCoding = from.transferCoding;
  to.connectionOptions = from.connectionOptions;
}
