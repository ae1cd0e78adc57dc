import type { Completions, ResponseWish } from "../engine/host.ts";
import type { Tick } from "../plan.ts";
import { EventContent, type Http2Content } from "./http2_content.ts";
import { GrpcContent } from "./http2_grpc_content.ts";

/** Why a request had no response, and how much of one had come. */
export type Http2Failed = Readonly<{ error: number; cause: string; bytes: number }>;

/** The request in flight on a slot, and what comes of it; used anew for the next. */
export class Http2Exchange {
  readonly slot: number;
  /** Null where no request is in flight. */
  wish: ResponseWish | null = null;
  /** The request as it was rendered: bytes[0, length). */
  bytes: Uint8Array = NO_BYTES;
  length = 0;
  /** −1: none came yet. */
  firstByte: Tick = -1;
  /** Null where the response is a body. */
  content: Http2Content | null = null;
  /** It has failed, and this is not told yet. */
  failed: Http2Failed | null = null;
  readonly #completions: Completions;
  #events: EventContent | null = null;
  #grpc: GrpcContent | null = null;

  constructor(slot: number, completions: Completions) {
    this.slot = slot;
    this.#completions = completions;
  }

  begin(bytes: Uint8Array, length: number, wish: ResponseWish): void {
    this.wish = wish;
    this.bytes = bytes;
    this.length = length;
    this.firstByte = -1;
    this.failed = null;
    this.content = this.#contentFor(wish.stream);
    this.content?.begin();
  }

  /** Nothing is in flight any more. */
  end(): void {
    this.wish = null;
    this.failed = null;
    this.bytes = NO_BYTES;
  }

  #contentFor(stream: ResponseWish["stream"]): Http2Content | null {
    switch (stream) {
      case "events":
        return this.#events ??= new EventContent(this.#completions);
      case "grpc":
        return this.#grpc ??= new GrpcContent(this.#completions);
      case "webSocket":
      case null:
        return null;
    }
  }
}

const NO_BYTES = new Uint8Array(0);
