/** What is sent, as far as it is known before a run. Types only, no imports. */

/**
 * Literal text (sent as UTF-8) and slots, in order. Bytes that are no UTF-8 text (files) are `{ base64 }`.
 */
export type Template = readonly Part[];
export type Part = string | Slot | Readonly<{ base64: string }>;

/**
 * A value that is not known before the run. Texts in a slot are already encoded for the place they stand in
 * (URL, header, JSON string). `use` numbers the draw within its step.
 */
export type Slot = Readonly<
  /** `host` or `host:port` of the request's target, so that a base can be overridden. */
  | { slot: "authority" }
  /** Decimal length of the rendered body. */
  | { slot: "content-length" }
  | { slot: "session" }
  /** Which VU carries the session: an observation, like `now`. */
  | { slot: "vu" }
  /** Which pass of the enclosing repeat, from 1; 1 outside of one. */
  | { slot: "loop" }
  /** `texts[stage of the session's arrival]` */
  | { slot: "stage"; texts: readonly string[] }
  /** RFC 9562 version 4. */
  | { slot: "uuid"; use: number }
  /** 16 drawn bytes in base64 (RFC 6455 section 4.1, `sec-websocket-key`). */
  | { slot: "websocket-key"; use: number }
  | { slot: "int"; use: number; min: number; max: number }
  | { slot: "choice"; use: number; texts: readonly string[] }
  /** RFC 3339 time of rendering: an observation. */
  | { slot: "now" }
  /** A cell of the row that the session took: decided. */
  | { slot: "data"; table: number; column: number; encoding: Encoding }
  /** Observed; empty where nothing was captured. */
  | { slot: "capture"; capture: number; encoding: Encoding }
  /** Read when the executable starts; in no digest. */
  | { slot: "secret"; secret: number; encoding: Encoding }
  /** `user:password` in base64 (RFC 7617), of parts that have slots. */
  | { slot: "basic"; user: Template; password: Template }
  /** The session's cookies as a whole header line, `cookie: a=b; c=d` CRLF, or nothing. Observed. */
  | { slot: "cookies" }
>;

/**
 * How a text becomes part of what is around it. none: as it is; path: RFC 3986 unreserved characters and `/` stay, all
 * else as %XX of UTF-8; query: unreserved stay, all else as %XX; json: inside a JSON text (RFC 8259 section 7); header:
 * CR, LF and NUL become a space; target: a captured path or URL in place of the request's: an absolute URL of the
 * target's origin loses the origin, a text that then does not begin with `/` gets one, and what no request target can
 * hold (RFC 9112 section 3.2.1) becomes %XX.
 */
export type Encoding = "none" | "path" | "query" | "json" | "header" | "target";
