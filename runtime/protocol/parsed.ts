/** How far a parser came with the bytes it was given. */
export const PARSED = { more: 0, done: 1, failed: 2 } as const;

/** Why a response could not be read. The names are those of the request errors that they become. */
export const FAILURES = [
  /** No HTTP/1.x status line. */
  "protocol.status-line",
  /** A header or trailer line against RFC 9112 section 5. */
  "protocol.header",
  /** No number, a number above 2^53 − 1, or several that differ. */
  "protocol.content-length",
  /** Anything but `chunked`, once. */
  "protocol.transfer-encoding",
  /** Chunk framing against RFC 9112 section 7.1. */
  "protocol.chunk",
  /** Status 101. */
  "protocol.upgrade",
  /** The heads of interim responses and response together, or the trailer, above `LIMITS.headBytes`. */
  "too-large.head",
  /** A body that is kept, above `LIMITS.keptBodyBytes`. */
  "too-large.body",
  /** The peer closed before the response was whole. */
  "receive.closed",
] as const;

export type Failure = (typeof FAILURES)[number];

/** Where a parser gives up, in bytes. */
export const LIMITS = {
  /** Of all heads of one response; its trailer may be as long again. */
  headBytes: 64 * 1024,
  keptBodyBytes: 16 * 1024 * 1024,
  /** Of the line that begins a chunk, with its extensions. */
  chunkLineBytes: 4096,
} as const;
