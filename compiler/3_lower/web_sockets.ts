/** What is done on a WebSocket, as requests: frames to be sent, and messages to be waited for. */
import type { Request } from "../../runtime/plan.ts";
import type { Template } from "../../runtime/plan_templates.ts";
import type { Action, ThinkStep, WebSocketStep } from "../2_check/scenario.ts";
import { lowerBody } from "./bodies.ts";
import { lowerCaptures } from "./expectations.ts";
import type { Positions } from "./requests.ts";
import { lowerMatch } from "./streams.ts";
import { bytesPart, mergeLiterals, type SlotContext } from "./templates.ts";

/** What a frame has around its payload at most: two bytes, eight of length, four of masking key (RFC 6455 section 5.2). */
export const FRAME_BYTES = 14;

/** `socket` is the step whose WebSocket it is done on. */
export function lowerAction(
  action: Exclude<Action, ThinkStep>,
  { target, onError }: WebSocketStep,
  stages: readonly string[],
  positions: Positions,
): Request {
  let uses = 0;
  const context: SlotContext = { stages, nextUse: () => uses++, ...positions };
  const request: Request = {
    kind: action.kind,
    target,
    method: "",
    head: [],
    body: [],
    isBinary: false,
    stream: null,
    grpc: null,
    timeoutTicks: action.timeoutTicks,
    onError,
    expect: { status: [], withinTicks: 0, headers: [], json: [], body: [] },
    captures: [],
    redirects: 0,
    retry: null,
  };
  switch (action.kind) {
    case "send":
      return { ...request, body: lowerBody(action.body, context).template, isBinary: action.isBinary };
    case "receive": {
      const until = action.until === null ? null : lowerMatch(action.until, context);
      const captures = lowerCaptures(action.captures, (name) => positions.captureAt(name, "flow"));
      return { ...request, stream: { kind: "webSocket", until, count: until === null ? 1 : 0 }, captures };
    }
    case "ping":
      return { ...request, body: mergeLiterals([action.text]) };
    case "close":
      return { ...request, body: closePayload(action.code, action.reason) };
  }
}

/** Two bytes of code, in network byte order, and the reason (RFC 6455 section 5.5.1). */
function closePayload(code: number, reason: string): Template {
  return mergeLiterals([bytesPart(Uint8Array.of(code >> 8, code & 0xff)), reason]);
}
