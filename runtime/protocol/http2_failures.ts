import type { HeaderFailure } from "./hpack_decoder.ts";

/** Why a request on a stream was not answered, or a connection is of no use. The names are those of the request errors. */
export type Http2Failure =
  | HeaderFailure
  /** Status 101. */
  | "protocol.upgrade"
  /** A frame against RFC 9113, or one that does not belong where it stands. */
  | "protocol.frame"
  /** RFC 7541. */
  | "protocol.header-block"
  /** A window above 2^31 − 1. More data than our windows allow is never seen: they are opened again in time. */
  | "protocol.flow-control"
  /** A body that is kept, above `LIMITS.keptBodyBytes`. */
  | "too-large.body"
  | "stream.reset"
  | "stream.refused"
  | "stream.goaway"
  /** The peer closed the connection before it answered, or in the middle. */
  | "wait.closed"
  | "receive.closed";
