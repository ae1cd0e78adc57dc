import type { Completions } from "../../engine/host.ts";
import { ERROR } from "../../ledger/errors.ts";
import { CLOSED, MESSAGE } from "../../ledger/record.ts";
import type { Tick } from "../../plan.ts";
import type { SimulatedExchange } from "./simulated_connection.ts";
import type { Ends } from "./reply_ends.ts";
import { type MessageReply, messageTicks } from "./simulated_target.ts";

const NO_BODY = null;

/** Replies in messages: those of a response, and those that come on a WebSocket. */
export class MessageReplies {
  readonly #ends: Ends;
  readonly #completions: Completions;

  constructor(ends: Ends, completions: Completions) {
    this.#ends = ends;
    this.#completions = completions;
  }

  begin(slot: number, it: SimulatedExchange, reply: MessageReply): void {
    it.messages = 0;
    it.messageBytes = reply.head.length;
    this.#ends.again(slot, messageTicks(reply, 0));
  }

  /** The next message is there, or the end. */
  read(slot: number, it: SimulatedExchange, reply: MessageReply, now: Tick): void {
    if (reply.cutBehind === it.messages) return this.#cut(slot, it, reply);
    if (it.messages === reply.count) return this.#end(slot, it, reply, -1);
    const { kind, payload, event, bytes } = reply.message(it.messages++);
    it.messageBytes += bytes;
    it.payload = payload;
    it.isReceiving = it.wish.kind === "http";
    this.#completions.messageReceived(slot, now, kind, payload.length);
    if (kind === MESSAGE.text && !isText(payload)) {
      return this.#ends.failed(slot, ERROR["websocket.utf8"], now, payload.length, "");
    }
    if (it.wish.kind !== "http") return this.#receivedOnWebSocket(slot, it, reply, payload, now);
    const isAwaited = it.wish.stream !== null && this.#completions.isAwaited(slot, payload, event);
    // What would come behind it is not waited for.
    if (isAwaited) return this.#end(slot, it, reply, CLOSED.asPlanned);
    if (it.messages === reply.count && reply.cutBehind < 0) return this.#end(slot, it, reply, -1);
    this.#ends.again(slot, messageTicks(reply, it.messages));
  }

  #receivedOnWebSocket(
    slot: number,
    it: SimulatedExchange,
    reply: MessageReply,
    payload: Uint8Array,
    now: Tick,
  ): void {
    switch (it.wish.kind) {
      case "receive":
        if (this.#completions.isAwaited(slot, payload, "")) break;
        if (it.messages < reply.count) this.#ends.again(slot, messageTicks(reply, it.messages));
        return;
      case "ping":
      case "close":
      default:
    }
    const body = it.wish.keepBody && it.wish.kind === "receive" ? payload : NO_BODY;
    this.#ends.ended(slot, -1, now, reply.status, payload.length, body, null);
  }

  #end(slot: number, it: SimulatedExchange, reply: MessageReply, reason: number): void {
    const body = it.wish.keepBody ? it.payload : NO_BODY;
    const head = it.wish.keepHead ? reply.head : null;
    const firstByte = it.askedTick + reply.afterTicks;
    this.#ends.ended(slot, reason, firstByte, reply.status, it.messageBytes, body, head);
  }

  #cut(slot: number, it: SimulatedExchange, { afterTicks }: MessageReply): void {
    const isResponse = it.wish.kind === "http";
    const error = it.connection.isHttp2 ? "stream.reset" : "receive.closed";
    const firstByte = isResponse ? it.askedTick + afterTicks : -1;
    this.#ends.failed(slot, ERROR[error], firstByte, isResponse ? it.messageBytes : 0, "");
  }
}

function isText(payload: Uint8Array): boolean {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload).length >= 0;
  } catch {
    return false;
  }
}
