/** Responses of gRPC over HTTP/2 ("gRPC over HTTP2" and "HTTP to gRPC Status Code Mapping" of the gRPC project). */
import type { Completions } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import { GRPC_STATUS, MESSAGE } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";
import { GrpcReader } from "../protocol/grpc_frame.ts";
import { GrowingBytes } from "../protocol/growing_bytes.ts";
import type { Http2Response } from "../protocol/http2_stream.ts";
import { PARSED } from "../protocol/parsed.ts";
import type { Http2Content } from "./http2_content.ts";
import { grpcHead, grpcStatusIn, grpcTypeFault, statusOfHttp } from "./http2_grpc_fields.ts";

const OK = 0;

/**
 * A call's response. What the server says becomes a status; what the transport does (RST_STREAM with any code, GOAWAY,
 * a connection that ends) stays an error of the transport, for then no server has said anything.
 */
export class GrpcContent implements Http2Content {
  error = 0;
  cause = "";
  status = 0;
  readonly #completions: Completions;
  readonly #reader = new GrpcReader();
  readonly #last = new GrowingBytes();
  #hasLast = false;
  #isChecked = false;

  constructor(completions: Completions) {
    this.#completions = completions;
  }

  begin(): void {
    this.error = 0;
    this.cause = "";
    this.status = 0;
    this.#hasLast = false;
    this.#isChecked = false;
    this.#reader.begin(true);
  }

  read(slot: number, response: Http2Response, content: Uint8Array, now: Tick): boolean {
    // What comes with other statuses is some proxy's page.
    if (response.status !== 200) return false;
    if (!this.#isChecked && !this.#isGrpc(response)) return true;
    const reader = this.#reader;
    for (let at = 0; at < content.length; at = reader.consumed) {
      const parsed = reader.feed(content, at, content.length);
      if (parsed === PARSED.failed) return this.#failed();
      if (parsed === PARSED.done && this.#isLast(slot, reader, now)) return true;
    }
    return false;
  }

  finish(response: Http2Response): void {
    const trailer = response.trailer();
    const said = grpcStatusIn(trailer.length > 0 ? trailer : response.head());
    if (response.status !== 200) {
      this.status = GRPC_STATUS + (said < 0 ? statusOfHttp(response.status) : said);
    } else if (!this.#isChecked && !this.#isGrpc(response)) {
      return;
    } else if (said < 0) {
      this.error = ERROR["grpc.status"];
    } else if (said === OK && !this.#reader.isWhole) {
      this.error = ERROR["grpc.message"];
      this.cause = "the last message is cut off";
    } else {
      this.status = GRPC_STATUS + said;
    }
  }

  last(): Uint8Array | null {
    return this.#hasLast ? this.#last.bytes.subarray(0, this.#last.length) : null;
  }

  head(response: Http2Response): Uint8Array {
    return grpcHead(response.head(), response.trailer());
  }

  #isGrpc(response: Http2Response): boolean {
    this.cause = grpcTypeFault(response.head());
    this.#isChecked = this.cause === "";
    if (this.#isChecked) return true;
    this.error = ERROR["grpc.message"];
    return false;
  }

  #failed(): boolean {
    const { failure } = this.#reader;
    this.error = ERROR[failure ?? "grpc.message"];
    this.cause = failure === "grpc.message" ? "a message is compressed, which nobody asked for" : "";
    return true;
  }

  /** Whether it is the message that is waited for: the call went well up to it. */
  #isLast(slot: number, reader: GrpcReader, now: Tick): boolean {
    const message = reader.message();
    this.#hasLast = true;
    this.#last.clear();
    this.#last.append(message, 0, message.length);
    this.#completions.messageReceived(slot, now, MESSAGE.grpc, message.length);
    if (!this.#completions.isAwaited(slot, message, "")) return false;
    this.status = GRPC_STATUS + OK;
    return true;
  }
}
