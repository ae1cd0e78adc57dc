import { GrowingBytes } from "./growing_bytes.ts";
import { ABSENT } from "./http1_field_values.ts";
import type { Http2Request } from "./http2_request.ts";

/** What is wanted of a response. */
export type Http2Wish = Readonly<{
  /** A response to HEAD has no content. */
  head: boolean;
  /** The content is collected. */
  keepBody: boolean;
  /** Head and trailer are collected, as text. */
  keepHead: boolean;
  /** Not null: the content is told of piece by piece as it comes, and not collected. */
  stream: string | null;
}>;

/** A response, valid until the next request on its slot. */
export interface Http2Response {
  /** 0 until the final one came. */
  readonly status: number;
  /** Something of it came. */
  readonly hasBegun: boolean;
  /** Frames of the head as received, those of interim responses among them. */
  readonly headBytes: number;
  /** Frames behind the head as received: data, padding, trailer. */
  readonly bodyBytes: number;
  /** Of the content alone. */
  readonly contentBytes: number;
  /** `HTTP/2 200\r\nname: value\r\n…\r\n`; empty unless it is kept. */
  head(): Uint8Array;
  /** Empty unless it is kept. */
  body(): Uint8Array;
  /** `name: value\r\n…`; empty unless the head is kept. */
  trailer(): Uint8Array;
}

/** The stream of the request in flight on one slot; used anew for the next. */
export class Http2Stream implements Http2Response {
  readonly slot: number;
  /** 0 while there is none: nothing was sent yet, or all is over. */
  id = 0;
  /** It stands in line for a stream. */
  isWaiting = false;

  // The response.
  status = 0;
  hasBegun = false;
  headBytes = 0;
  bodyBytes = 0;
  contentBytes = 0;
  contentLength = ABSENT;
  /** Of all heads so far, as text. */
  headTextBytes = 0;
  keepBody = false;
  keepHead = false;
  isStreamed = false;
  /** Whatever its headers say (RFC 9110 section 6.4.1). */
  hasNoContent = false;
  /** Data since its window was last opened. */
  usedWindow = 0;

  // The request.
  requestBody: Uint8Array = NO_BYTES;
  /** The next octet of it to be sent. */
  requestBodyAt = 0;
  requestBodyEnd = 0;
  sendWindow = 0;
  /** It stands in line for a window. */
  isBlocked = false;

  readonly #head = new GrowingBytes();
  readonly #body = new GrowingBytes();
  readonly #trailer = new GrowingBytes();
  /** The header block while it waits. */
  readonly waitingBlock = new GrowingBytes();

  constructor(slot: number) {
    this.slot = slot;
  }

  get isSent(): boolean {
    return this.requestBodyAt === this.requestBodyEnd;
  }

  /** Prepares for a request and its response. */
  begin(request: Http2Request, wish: Http2Wish): void {
    this.status = 0;
    this.hasBegun = false;
    this.headBytes = 0;
    this.bodyBytes = 0;
    this.contentBytes = 0;
    this.contentLength = ABSENT;
    this.headTextBytes = 0;
    this.usedWindow = 0;
    this.isStreamed = wish.stream !== null;
    this.keepBody = wish.keepBody && !this.isStreamed;
    this.keepHead = wish.keepHead;
    this.hasNoContent = wish.head;
    this.requestBody = request.body;
    this.requestBodyAt = request.bodyStart;
    this.requestBodyEnd = request.bodyEnd;
    this.#head.clear();
    this.#body.clear();
    this.#trailer.clear();
  }

  head(): Uint8Array {
    return this.#head.bytes.subarray(0, this.#head.length);
  }

  body(): Uint8Array {
    return this.#body.bytes.subarray(0, this.#body.length);
  }

  trailer(): Uint8Array {
    return this.#trailer.bytes.subarray(0, this.#trailer.length);
  }

  appendHead(bytes: Uint8Array, end: number): void {
    this.#head.append(bytes, 0, end);
  }

  appendBody(bytes: Uint8Array, start: number, end: number): void {
    this.#body.append(bytes, start, end);
  }

  appendTrailer(bytes: Uint8Array, end: number): void {
    this.#trailer.append(bytes, 0, end);
  }
}

const NO_BYTES = new Uint8Array(0);
