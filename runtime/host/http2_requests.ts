import type { ResponseWish } from "../engine/host.ts";
import type { Plan, Request } from "../plan.ts";
import { StandingFields } from "../protocol/hpack_standing_fields.ts";
import { type Http2Request, Http2RequestReader } from "../protocol/http2_request.ts";
import type { Http2Wish } from "../protocol/http2_stream.ts";

/** What HTTP/2 sends in place of a plan's requests, which are rendered as HTTP/1.1: for all connections of a network. */
export class Http2Requests {
  readonly #plan: Plan;
  readonly #standing = new StandingFields();
  /** By position in the plan's requests. */
  readonly #made: (PlannedHttp2Request | undefined)[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** The one of the plan's request at that position. */
  of(request: number): PlannedHttp2Request {
    return this.#made[request] ??= this.#make(this.#plan.requests[request]);
  }

  #make(request: Request): PlannedHttp2Request {
    const { scheme } = this.#plan.targets[request.target];
    return new PlannedHttp2Request(isAlwaysTheSame(request), new Http2RequestReader(scheme, this.#standing));
  }
}

/** Frames' content for one request of the plan, and what is wanted of its responses. */
export class PlannedHttp2Request {
  readonly #isFixed: boolean;
  readonly #reader: Http2RequestReader;
  #fixed: Http2Request | null = null;
  /** A wish for messages, and the same for a connection. */
  #asked: ResponseWish | null = null;
  #wish: Http2Wish | null = null;

  /** `isFixed`: it is the same bytes whenever it is no redirect. */
  constructor(isFixed: boolean, reader: Http2RequestReader) {
    this.#isFixed = isFixed;
    this.#reader = reader;
  }

  /** The request that bytes[0, length) are: good until the next call, but for its body. */
  read(bytes: Uint8Array, length: number): Http2Request {
    if (!this.#isFixed || bytes.length !== length) return this.#reader.read(bytes, length);
    this.#fixed ??= this.#reader.readFixed(bytes);
    // Requests that follow a redirect are other bytes.
    return this.#fixed.body === bytes ? this.#fixed : this.#reader.read(bytes, length);
  }

  /** Whether a response is made of messages is said by its head, and how a call of gRPC went by its trailer. */
  wish(wish: ResponseWish): Http2Wish {
    if (wish.stream === null) return wish;
    if (this.#asked === wish && this.#wish !== null) return this.#wish;
    this.#asked = wish;
    this.#wish = { head: wish.head, keepBody: wish.keepBody, keepHead: true, stream: wish.stream };
    return this.#wish;
  }
}

function isAlwaysTheSame({ head, body }: Request): boolean {
  return [...head, ...body].every((part) =>
    typeof part === "string" || "base64" in part || part.slot === "authority" || part.slot === "secret"
  );
}
