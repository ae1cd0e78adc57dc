/** How a simulated target answers each request of a plan when nothing goes wrong, and how when it says a status. */
import { GRPC_STATUS } from "../../ledger/record.ts";
import type { Plan, Request } from "../../plan.ts";
import { expectedAnswer } from "../expected_answer.ts";
import { answerBytes, type SampleAnswer, streamHead } from "./answer_bytes.ts";
import { MessageBytes } from "./expected_message.ts";
import { type MessageMaker, messageMaker } from "./planned_messages.ts";

/** How a request is answered. */
export type PlannedAnswer = Readonly<
  | { kind: "bytes"; bytes: Uint8Array }
  /** Opens the WebSocket that is asked for. */
  | { kind: "upgrade"; sample: SampleAnswer }
  | { kind: "messages"; make: MessageMaker; of: "events" | "grpc" | "webSocket" }
  /** A message of a WebSocket, which nothing answers. */
  | { kind: "nothing" }
>;

/** By position in the plan's requests. */
export function plannedAnswers(plan: Plan): PlannedAnswer[] {
  const codec = new MessageBytes(plan.messageTypes);
  return plan.requests.map((request, id) => {
    const given = plan.simulation.answers.find((answer) => answer.request === id);
    const kind = answerKind(request);
    if (kind === "nothing") return { kind };
    if (kind === "webSocket") {
      return { kind: "messages", make: messageMaker(codec, request, given, NO_BYTES), of: kind };
    }
    const sample = expectedAnswer(request, given);
    const make = (type: string) =>
      messageMaker(codec, request, given, streamHead({ ...sample, status: 200 }, type));
    switch (kind) {
      case "grpc":
        return sample.status === 200 || sample.status === GRPC_STATUS
          ? { kind: "messages", make: make("application/grpc"), of: kind }
          : { kind: "messages", make: () => grpcFailure(sample.status), of: kind };
      case "events":
        if (sample.status === 200) return { kind: "messages", make: make("text/event-stream"), of: kind };
        break;
      case "upgrade":
        if (sample.status === 101) return { kind, sample };
        break;
      case "bytes":
    }
    return { kind: "bytes", bytes: answerBytes(sample, request.method) };
  });
}

type AnswerKind = "bytes" | "upgrade" | "events" | "grpc" | "webSocket" | "nothing";

function answerKind({ kind, stream, grpc }: Request): AnswerKind {
  switch (kind) {
    case "http":
      return grpc !== null ? "grpc" : stream !== null ? "events" : "bytes";
    case "webSocket":
      return "upgrade";
    case "send":
      return "nothing";
    case "receive":
    case "ping":
    case "close":
      return "webSocket";
  }
}

/** What a status of HTTP is to a client of gRPC ("HTTP to gRPC Status Code Mapping"): INTERNAL, …, or UNKNOWN. */
const STATUS_OF_HTTP = new Map([[400, 13], [401, 16], [403, 7], [404, 12], [429, 14], [502, 14], [503, 14], [
  504,
  14,
]]);
const UNKNOWN = 2;

/** A response of gRPC that holds a status and no message; `status`: of HTTP, or 600 + that of gRPC. */
export function grpcFailure(status: number): ReturnType<MessageMaker> {
  const code = status >= GRPC_STATUS ? status : GRPC_STATUS + (STATUS_OF_HTTP.get(status) ?? UNKNOWN);
  const headers = [["grpc-status", String(code - GRPC_STATUS)]] as const;
  const head = streamHead({ status: 200, headers, body: "" }, "application/grpc");
  const message = () => {
    throw new Error("z6c has a bug: a simulated failure has no messages");
  };
  return { count: 0, message, head, status: code };
}

const NO_BYTES = new Uint8Array(0);
