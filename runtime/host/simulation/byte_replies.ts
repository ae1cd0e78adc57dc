import { ERROR } from "../../ledger/errors.ts";
import { CLOSED } from "../../ledger/record.ts";
import type { Tick } from "../../plan.ts";
import { ResponseParser } from "../../protocol/http1_response.ts";
import { PARSED } from "../../protocol/parsed.ts";
import { askedUpgrade, upgradeFault } from "../../protocol/websocket_handshake.ts";
import type { Pieces, SimulatedExchange } from "./simulated_connection.ts";
import type { Ends } from "./reply_ends.ts";
import type { Reply } from "./simulated_target.ts";

/** A response that takes its time comes in this many pieces, or in as many as it has bytes. */
const PIECES = 10;

type Bytes = Reply & { kind: "bytes" };

/** Responses in bytes, which the live world's codec reads. */
export class ByteReplies {
  readonly #ends: Ends;
  /** For responses that come in one piece: one parser serves all slots. */
  readonly #parser = new ResponseParser();

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** The reply, or the next piece of it, is there. */
  read(slot: number, it: SimulatedExchange, reply: Bytes, now: Tick): void {
    if (it.wish.kind === "webSocket" && isSwitching(reply)) return this.#switch(slot, it, reply, now);
    if (it.pieces !== null || reply.overTicks > 0) this.#piece(slot, it, reply, now);
    else this.#whole(slot, it, reply, now);
  }

  #whole(slot: number, it: SimulatedExchange, { bytes, ends }: Bytes, now: Tick): void {
    const parser = this.#parser;
    parser.begin(it.wish.head, it.wish.keepBody, it.wish.keepHead);
    const parsed = parser.feed(bytes, 0, bytes.length);
    this.#parsed(slot, it, parser, parsed, ends, now, bytes.length);
  }

  #piece(
    slot: number,
    it: SimulatedExchange,
    { bytes, afterTicks, overTicks, ends }: Bytes,
    now: Tick,
  ): void {
    const pieces = it.pieces ??= firstPiece(it, bytes.length, now);
    const { parser, startTick, count } = pieces;
    const at = pieces.next++;
    const start = Math.floor((bytes.length * at) / count);
    const end = Math.floor((bytes.length * (at + 1)) / count);
    const parsed = parser.feed(bytes, start, end);
    if (parsed === PARSED.more && pieces.next < count) {
      it.isReceiving = true;
      return this.#ends.again(slot, afterTicks + Math.floor((overTicks * pieces.next) / (count - 1)));
    }
    this.#parsed(slot, it, parser, parsed, ends, startTick, end);
  }

  /** All bytes that will come have come. */
  #parsed(
    slot: number,
    it: SimulatedExchange,
    parser: ResponseParser,
    parsed: number,
    ends: boolean,
    firstByte: Tick,
    bytes: number,
  ): void {
    if (parsed === PARSED.more && !ends) {
      // The target thinks that it has said all: the request's timeout has the last word.
      it.isReceiving = true;
      return;
    }
    const result = parsed === PARSED.more ? parser.close() : parsed;
    if (result === PARSED.failed) {
      const error = ends && it.connection.isHttp2 ? "stream.reset" : parser.failure ?? "protocol.header";
      return this.#ends.failed(slot, ERROR[error], firstByte, bytes, "");
    }
    // Bytes behind the response are none of it.
    const isClean = parser.consumed === bytes;
    const isLost = ends || !isClean || !parser.keepAlive;
    const body = it.wish.keepBody ? parser.body() : null;
    const reason = isLost ? isClean ? CLOSED.announced : CLOSED.afterError : -1;
    this.#ends.ended(slot, reason, firstByte, parser.status, bytes, body, parser.head());
  }

  /** The answer that opens a WebSocket, which has no body: all at once, when its last byte is there. */
  #switch(
    slot: number,
    it: SimulatedExchange,
    { bytes, afterTicks, overTicks, ends }: Bytes,
    now: Tick,
  ): void {
    if (now < it.askedTick + afterTicks + overTicks) {
      it.isReceiving = true;
      return this.#ends.again(slot, afterTicks + overTicks);
    }
    const firstByte = it.askedTick + afterTicks;
    if (ends) return this.#ends.failed(slot, ERROR["receive.closed"], firstByte, bytes.length, "");
    const fault = upgradeFault(bytes, askedUpgrade(it.bytes.subarray(0, it.length)));
    if (fault !== "") {
      return this.#ends.failed(slot, ERROR["websocket.refused"], firstByte, bytes.length, fault);
    }
    this.#ends.ended(slot, -1, firstByte, 101, bytes.length, null, it.wish.keepHead ? bytes : null);
  }
}

const SWITCHING = new TextEncoder().encode("HTTP/1.1 101 ");

function isSwitching({ bytes }: Bytes): boolean {
  return SWITCHING.every((octet, at) => bytes[at] === octet);
}

function firstPiece({ wish }: SimulatedExchange, length: number, startTick: Tick): Pieces {
  const parser = new ResponseParser();
  parser.begin(wish.head, wish.keepBody, wish.keepHead);
  return { parser, startTick, count: Math.max(2, Math.min(PIECES, length)), next: 0 };
}
