/** Which messages a simulated target answers with: on a WebSocket, as server-sent events, as those of gRPC. */
import { GRPC_STATUS, MESSAGE } from "../../ledger/record.ts";
import type { Request, SimulatedAnswer } from "../../plan.ts";
import { OPCODE } from "../../protocol/websocket_frame.ts";
import { type ClientFrame, readClientFrame } from "./client_frame.ts";
import { expectedMessage, hasRendered, type MessageBytes } from "./expected_message.ts";
import type { MessageReply, SimulatedMessage } from "./simulated_target.ts";

/** So many messages come before the one that is waited for, where no number is said. */
const BEFORE = 3;
const GRPC_FRAME_BYTES = 5;
const encoder = new TextEncoder();

/** What messages are in a reply; when they come is another question. */
export type Messages = Pick<MessageReply, "count" | "message" | "head" | "status">;

/** Makes the messages that answer one request, given its bytes and the texts that it waits for. */
export type MessageMaker = (bytes: Uint8Array, length: number, texts: () => readonly string[]) => Messages;

/** Of a request that is answered in messages. `heads`: of a response with that status. */
export function messageMaker(
  codec: MessageBytes,
  request: Request,
  given: SimulatedAnswer | undefined,
  head: Uint8Array,
): MessageMaker {
  const { kind, stream, grpc } = request;
  switch (kind) {
    case "ping":
      return (bytes, length) => control(MESSAGE.pong, readClientFrame(bytes, length), 0);
    case "close":
      return (bytes, length) => {
        const frame = readClientFrame(bytes, length);
        return control(MESSAGE.close, frame, codeOf(frame));
      };
    case "receive": {
      const make = lastMaker(request, given, (text) => webSocketMessage(encoder.encode(text)));
      const count = stream === null || stream.until !== null ? 1 : Math.max(1, stream.count);
      return (_bytes, _length, texts) => {
        const last = make(texts);
        return { count, message: () => last, head: NO_BYTES, status: 0 };
      };
    }
    case "http": {
      const asked = stream?.until?.event ?? "";
      const eventName = asked === "" ? NO_NAME : asked;
      const type = grpc?.responseType ?? -1;
      const asMessage = (text: string, name: string) =>
        type >= 0 ? grpcMessage(codec.encode(text, type)) : eventMessage(name, text);
      const make = lastMaker(request, given, (text) => asMessage(text, eventName));
      const before = asMessage("{}", asked === NO_NAME ? "other" : NO_NAME);
      const count = messagesOf(request);
      const status = type >= 0 ? GRPC_STATUS : 200;
      return (_bytes, _length, texts) => {
        const last = make(texts);
        return { count, message: (nth) => nth === count - 1 ? last : before, head, status };
      };
    }
    case "webSocket":
    case "send":
      throw new Error(`z6c has a bug: a request of kind ${kind} is answered in messages`);
  }
}

/** Of a response: one where it is no stream; else up to the one that is waited for, or as many as are asked for. */
function messagesOf({ stream, grpc }: Request): number {
  if (stream === null) return 1;
  const { until, count } = stream;
  if (until !== null) return count > 0 ? Math.min(count, BEFORE + 1) : BEFORE + 1;
  if (count > 0) return count;
  return grpc === null ? BEFORE : 1;
}

/** The message that all is about: made once, where it is the same for every session. */
function lastMaker(
  request: Request,
  given: SimulatedAnswer | undefined,
  asMessage: (text: string) => SimulatedMessage,
): (texts: () => readonly string[]) => SimulatedMessage {
  const own = given?.body ?? null;
  if (own === null && hasRendered(request)) return (texts) => asMessage(expectedMessage(request, texts()));
  const message = asMessage(own ?? expectedMessage(request, []));
  return () => message;
}

function control(kind: number, { payload }: ClientFrame, status: number): Messages {
  const message: SimulatedMessage = { kind, payload, event: "", bytes: payload.length };
  return { count: 1, message: () => message, head: NO_BYTES, status };
}

/** 1005 stands for none (RFC 6455 section 7.1.5). */
function codeOf({ opcode, payload }: ClientFrame): number {
  if (opcode !== OPCODE.close) throw new Error("z6c has a bug: a WebSocket is not closed by a close frame");
  return payload.length < 2 ? 1005 : payload[0] * 256 + payload[1];
}

function webSocketMessage(payload: Uint8Array): SimulatedMessage {
  return { kind: MESSAGE.text, payload, event: "", bytes: payload.length };
}

function grpcMessage(payload: Uint8Array): SimulatedMessage {
  return { kind: MESSAGE.grpc, payload, event: "", bytes: GRPC_FRAME_BYTES + payload.length };
}

/** What an event is called that has no name (HTML, section 9.2.6). */
const NO_NAME = "message";

/** As it is written down: each line of the data is a field. */
function eventMessage(event: string, data: string): SimulatedMessage {
  const lines = data.split(/\r\n|\r|\n/);
  const name = event === NO_NAME ? "" : `event: ${event}\n`;
  const written = `${name}${lines.map((line) => `data: ${line}\n`).join("")}\n`;
  const payload = encoder.encode(lines.join("\n"));
  return { kind: MESSAGE.event, payload, event, bytes: encoder.encode(written).length };
}

const NO_BYTES = new Uint8Array(0);
