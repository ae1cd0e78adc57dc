/** Messages that come one by one, and calls of gRPC. */
import type { Grpc } from "../../runtime/plan.ts";
import type { MessageMatch, Rendered, Stream } from "../../runtime/plan_messages.ts";
import type {
  Body,
  MessageMatch as SourceMatch,
  Rendered as SourceRendered,
  Stream as SourceStream,
} from "../2_check/scenario.ts";
import { VERBATIM } from "./encodings.ts";
import { lowerBodyCheck, lowerJsonTest } from "./expectations.ts";
import { lowerTemplate, type SlotContext } from "./templates.ts";

export function lowerStream({ kind, until, count }: SourceStream, context: SlotContext): Stream {
  return { kind, until: until === null ? null : lowerMatch(until, context), count };
}

/** Which message is meant. */
export function lowerMatch({ event, json, body }: SourceMatch, context: SlotContext): MessageMatch {
  return {
    event,
    json: json.map(({ pointer, test }) =>
      isRendered(test)
        ? { pointer, test: lowerRendered(test, context) }
        : { pointer, test: lowerJsonTest(test) }
    ),
    body: body.map((check) => isRendered(check) ? lowerRendered(check, context) : lowerBodyCheck(check)),
  };
}

function isRendered(test: Readonly<{ kind: string }>): test is SourceRendered {
  return test.kind === "rendered contains" || test.kind === "rendered equals";
}

function lowerRendered({ kind, text }: SourceRendered, context: SlotContext): Rendered {
  return { kind, text: lowerTemplate(text, VERBATIM, context) };
}

/** Positions in the plan of what the call sends, and is answered with. */
export function lowerGrpc({ method }: Extract<Body, { kind: "grpc" }>): Grpc {
  return { requestType: method.requestType, responseType: method.responseType };
}

/** What a call says of itself (gRPC over HTTP2, "Requests"); `timeoutTicks` is the deadline that the server is told. */
export function grpcHeaders(timeoutTicks: number): (readonly [name: string, line: readonly string[]])[] {
  const milliseconds = Math.min(Math.ceil(timeoutTicks / 1000), 99_999_999);
  return [
    ["grpc-accept-encoding", ["grpc-accept-encoding: identity\r\n"]],
    ["grpc-timeout", [`grpc-timeout: ${milliseconds}m\r\n`]],
    ["te", ["te: trailers\r\n"]],
  ];
}
