import type { Http2Failure } from "./http2_failures.ts";
import type { Http2Response } from "./http2_stream.ts";

/**
 * What comes of requests, each known by its slot. From within a call, requests may be sent (unless
 * the connection is closing) and given up. Each request
 * ends in one call of `responseEnded`, `streamFailed` or `requestUnsent`, unless it is given up.
 */
export interface Http2Events {
  /** The first frame of a response came. */
  responseBegan(slot: number): void;
  /** A piece of content, bytes[start, end), where it was wished for as a stream; its head came before. */
  bodyReceived(slot: number, response: Http2Response, bytes: Uint8Array, start: number, end: number): void;
  responseEnded(slot: number, response: Http2Response): void;
  /** `cause`: the peer's own words or what was found, or empty. The response is as far as it came. */
  streamFailed(slot: number, response: Http2Response, failure: Http2Failure, cause: string): void;
  /** The peer closes the connection before it was asked: another one must carry the request. */
  requestUnsent(slot: number): void;
  /** No request may be sent any more; those in flight go on. Told once. */
  closing(): void;
  /** Behind the failures of all its streams: what is in `output` tells the peer why, and then the connection is closed. */
  connectionFailed(failure: Http2Failure, cause: string): void;
}

/** How far a request came; the words of the engine's host. */
export type Http2Phase = "write" | "wait" | "receive";
