import type { Clock, Completions, Network, RequestPhase, ResponseWish } from "../../engine/host.ts";
import { WakeQueue } from "../../engine/wake_queue.ts";
import { ERROR } from "../../ledger/errors.ts";
import { CLOSED } from "../../ledger/record.ts";
import type { Tick } from "../../plan.ts";
import { ResponseParser } from "../../protocol/http1_response.ts";
import { PARSED } from "../../protocol/parsed.ts";
import type { Reply, SimulatedTarget } from "./simulated_target.ts";

/** A response that takes its time comes in this many pieces, or in as many as it has bytes. */
const PIECES = 10;

type MovableClock = Clock & { advanceTo(tick: Tick): void };

/** A response that is under way in pieces. */
type Pieces = {
  readonly parser: ResponseParser;
  readonly startTick: Tick;
  readonly count: number;
  next: number;
};

/** One connection at a time. */
class Slot {
  state: "closed" | "opening" | "open" = "closed";
  refused = "";
  connectTicks: Tick = 0;
  /** The request in flight. */
  bytes: Uint8Array = NO_BYTES;
  length = 0;
  wish: ResponseWish = NO_WISH;
  reply: Reply | null = null;
  pieces: Pieces | null = null;
  /** Bytes of the response came, and it is not whole. */
  isReceiving = false;
}

/** Connections to a simulated target, on a clock that moves only here. What comes back is read by the live world's codec. */
export class SimulatedNetwork implements Network {
  readonly #clock: MovableClock;
  readonly #completions: Completions;
  readonly #target: SimulatedTarget;
  readonly #slots: readonly Slot[];
  /** At most one thing is under way on a slot, so the slots themselves can be queued. */
  readonly #events: WakeQueue;
  /** Things of the same tick happen in the order in which they began. */
  #sequence = 0;
  /** Opening or open. */
  #connections = 0;
  /** For responses that come in one piece: one parser serves all slots. */
  readonly #parser = new ResponseParser();

  constructor(clock: MovableClock, completions: Completions, slots: number, target: SimulatedTarget) {
    this.#clock = clock;
    this.#completions = completions;
    this.#target = target;
    this.#slots = Array.from({ length: slots }, () => new Slot());
    this.#events = new WakeQueue(slots);
  }

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    const it = this.#slots[slot];
    it.bytes = bytes;
    it.length = length;
    it.wish = wish;
    if (it.state === "open") return this.#ask(slot, it);
    const now = this.#clock.now();
    const { afterTicks, refused } = this.#target.open(wish.request, now, this.#connections++);
    it.state = "opening";
    it.refused = refused;
    it.connectTicks = afterTicks;
    this.#wake(slot, now + afterTicks);
  }

  cancel(slot: number): RequestPhase {
    const { state, isReceiving } = this.#slots[slot];
    this.#events.clear(slot);
    this.close(slot);
    if (state === "opening") return "connect";
    return isReceiving ? "receive" : "wait";
  }

  isOpen(slot: number): boolean {
    return this.#slots[slot].state === "open";
  }

  close(slot: number): void {
    const it = this.#slots[slot];
    if (it.state !== "closed") this.#connections--;
    it.state = "closed";
    this.#forget(it);
  }

  poll(until: Tick): void {
    this.#clock.advanceTo(Math.min(this.#events.nextTick(), until));
    const slot = this.#events.pop(this.#clock.now());
    if (slot < 0) return;
    const it = this.#slots[slot];
    if (it.state === "opening") this.#opened(slot, it);
    else this.#replied(slot, it);
  }

  #wake(slot: number, tick: Tick): void {
    this.#events.set(slot, tick, this.#sequence++);
  }

  #opened(slot: number, it: Slot): void {
    if (it.refused !== "") {
      const { refused } = it;
      this.close(slot);
      return this.#completions.requestFailed(
        slot,
        ERROR["connect.refused"],
        -1,
        this.#clock.now(),
        0,
        refused,
      );
    }
    it.state = "open";
    this.#completions.connectionOpened(slot, 0, it.connectTicks, 0);
    this.#ask(slot, it);
  }

  #ask(slot: number, it: Slot): void {
    const now = this.#clock.now();
    const reply = this.#target.answer(it.wish.request, now, slot, it.bytes, it.length);
    it.reply = reply;
    if (reply.kind !== "silence") this.#wake(slot, now + reply.afterTicks);
  }

  #replied(slot: number, it: Slot): void {
    const now = this.#clock.now();
    const { reply, wish } = it;
    if (reply === null) throw new Error("z6c has a bug: a simulated slot had nothing to deliver");
    switch (reply.kind) {
      case "bytes":
        return it.pieces !== null || reply.overTicks > 0
          ? this.#piece(slot, it, reply, now)
          : this.#whole(slot, it, reply, now);
      case "decoded":
        if (reply.close) this.#lose(slot, CLOSED.announced);
        else this.#forget(it);
        return this.#completions.responseEnded(
          slot,
          now,
          now,
          reply.status,
          reply.bytes,
          reply.body,
          wish.keepHead ? reply.head : null,
        );
      case "error":
        return this.#fail(slot, reply.error, -1, 0, reply.cause);
      case "silence":
        throw new Error("z6c has a bug: a simulated target broke its silence");
    }
  }

  // Responses in bytes.

  #whole(slot: number, it: Slot, { bytes, ends }: Reply & { kind: "bytes" }, now: Tick): void {
    const parser = this.#parser;
    parser.begin(it.wish.head, it.wish.keepBody, it.wish.keepHead);
    const parsed = parser.feed(bytes, 0, bytes.length);
    this.#parsed(slot, it, parser, parsed, parser.consumed === bytes.length, ends, now, bytes.length);
  }

  #piece(slot: number, it: Slot, { bytes, overTicks, ends }: Reply & { kind: "bytes" }, now: Tick): void {
    const pieces = it.pieces ??= this.#firstPiece(it.wish, bytes.length, now);
    const { parser, startTick, count } = pieces;
    const at = pieces.next++;
    const start = Math.floor((bytes.length * at) / count);
    const end = Math.floor((bytes.length * (at + 1)) / count);
    const parsed = parser.feed(bytes, start, end);
    if (parsed === PARSED.more && pieces.next < count) {
      it.isReceiving = true;
      return this.#wake(slot, startTick + Math.floor((overTicks * pieces.next) / (count - 1)));
    }
    this.#parsed(slot, it, parser, parsed, parser.consumed === bytes.length, ends, startTick, end);
  }

  #firstPiece({ head, keepBody, keepHead }: ResponseWish, length: number, startTick: Tick): Pieces {
    const parser = new ResponseParser();
    parser.begin(head, keepBody, keepHead);
    return { parser, startTick, count: Math.max(2, Math.min(PIECES, length)), next: 0 };
  }

  /** All bytes that will come have come. `clean`: none of them lies behind the response. */
  #parsed(
    slot: number,
    it: Slot,
    parser: ResponseParser,
    parsed: number,
    clean: boolean,
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
      return this.#fail(slot, ERROR[parser.failure ?? "protocol.header"], firstByte, bytes, "");
    }
    if (ends || !clean || !parser.keepAlive) this.#lose(slot, clean ? CLOSED.announced : CLOSED.afterError);
    else this.#forget(it);
    this.#completions.responseEnded(
      slot,
      firstByte,
      this.#clock.now(),
      parser.status,
      bytes,
      it.wish.keepBody ? parser.body() : null,
      parser.head(),
    );
  }

  // Ending.

  #fail(slot: number, error: number, firstByte: Tick, bytes: number, cause: string): void {
    this.#lose(slot, CLOSED.afterError);
    this.#completions.requestFailed(slot, error, firstByte, this.#clock.now(), bytes, cause);
  }

  #lose(slot: number, reason: number): void {
    this.close(slot);
    this.#completions.connectionClosed(slot, reason);
  }

  /** No request is in flight any more. */
  #forget(it: Slot): void {
    it.bytes = NO_BYTES;
    it.reply = null;
    it.pieces = null;
    it.isReceiving = false;
  }
}

const NO_BYTES = new Uint8Array(0);
const NO_WISH: ResponseWish = {
  request: 0,
  kind: "http",
  stream: null,
  keepMessages: false,
  head: false,
  keepBody: false,
  keepHead: false,
};
