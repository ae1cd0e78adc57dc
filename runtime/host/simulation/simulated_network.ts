import type { Clock, Completions, Network, RequestPhase, ResponseWish } from "../../engine/host.ts";
import { WakeQueue } from "../../engine/wake_queue.ts";
import { ERROR } from "../../ledger/errors.ts";
import { CLOSED, MESSAGE } from "../../ledger/record.ts";
import type { Plan, Tick } from "../../plan.ts";
import { ByteReplies } from "./byte_replies.ts";
import { MessageReplies } from "./message_replies.ts";
import type { Ends } from "./reply_ends.ts";
import { exchangesOf, type SimulatedConnection, type SimulatedExchange } from "./simulated_connection.ts";
import type { Reply, SimulatedTarget, TextsOf } from "./simulated_target.ts";

/** Of a close frame with a code, as a client answers it. */
const CLOSE_FRAME_BYTES = 8;

type MovableClock = Clock & { advanceTo(tick: Tick): void };

/** Connections to a simulated target, on a clock that moves only here. */
export class SimulatedNetwork implements Network, Ends {
  readonly #clock: MovableClock;
  readonly #completions: Completions;
  readonly #target: SimulatedTarget;
  readonly #textsOf: TextsOf;
  readonly #exchanges: readonly SimulatedExchange[];
  /** By slot, what is under way on it; behind the slots, by first slot, what is with their connections. */
  readonly #events: WakeQueue;
  readonly #bytes: ByteReplies;
  readonly #messages: MessageReplies;
  /** Things of the same tick happen in the order in which they began. */
  #sequence = 0;
  /** Opening or open. */
  #connections = 0;

  /** `plan`: whose targets say which slots share a connection; null: none do. */
  constructor(
    clock: MovableClock,
    completions: Completions,
    slots: number,
    target: SimulatedTarget,
    plan: Plan | null,
  ) {
    this.#clock = clock;
    this.#completions = completions;
    this.#target = target;
    this.#textsOf = (slot) => completions.awaitedTexts(slot);
    this.#exchanges = exchangesOf(slots, plan);
    this.#events = new WakeQueue(2 * slots);
    this.#bytes = new ByteReplies(this);
    this.#messages = new MessageReplies(this, completions);
  }

  // What the engine asks for.

  send(slot: number, bytes: Uint8Array, length: number, wish: ResponseWish): void {
    const it = this.#exchanges[slot];
    const { connection } = it;
    if (wish.kind === "send") return this.#take(slot, connection, bytes, length, wish);
    it.isInFlight = true;
    it.bytes = bytes;
    it.length = length;
    it.wish = wish;
    if (connection.state === "open") return this.#ask(slot, it);
    if (wish.kind !== "http" && wish.kind !== "webSocket") return this.#wake(slot, this.#clock.now());
    connection.waiting.push(slot);
    if (connection.state === "closed") this.#open(connection, wish.request);
  }

  cancel(slot: number): RequestPhase {
    const it = this.#exchanges[slot];
    const { connection } = it;
    const phase = connection.state === "opening" ? "connect" : it.isReceiving ? "receive" : "wait";
    this.#events.clear(slot);
    it.forget();
    connection.waiting = connection.waiting.filter((other) => other !== slot);
    connection.failing = connection.failing.filter((other) => other !== slot);
    const isNeeded = connection.state === "opening"
      ? connection.waiting.length > 0
      : connection.isHttp2 || it.wish.kind === "receive";
    if (!isNeeded) this.#close(connection);
    return phase;
  }

  isOpen(slot: number): boolean {
    return this.#exchanges[slot].connection.state === "open";
  }

  close(slot: number): void {
    this.#exchanges[slot].connection.goodbye = "";
    this.#close(this.#exchanges[slot].connection);
  }

  poll(until: Tick): void {
    this.#clock.advanceTo(Math.min(this.#events.nextTick(), until));
    const event = this.#events.pop(this.#clock.now());
    if (event < 0) return;
    const slots = this.#exchanges.length;
    if (event < slots) return this.#replied(event, this.#exchanges[event]);
    const { connection } = this.#exchanges[event - slots];
    if (connection.state === "opening") this.#opened(connection);
    else this.#endedUnasked(connection);
  }

  #wake(event: number, tick: Tick): void {
    this.#events.set(event, tick, this.#sequence++);
  }

  #wakeConnection({ first }: SimulatedConnection, tick: Tick): void {
    this.#wake(this.#exchanges.length + first, tick);
  }

  // Connections.

  #open(connection: SimulatedConnection, request: number): void {
    const now = this.#clock.now();
    const { afterTicks, refused, tlsTicks, isHttp2 } = this.#target.open(request, now, this.#connections++);
    connection.state = "opening";
    connection.refused = refused;
    connection.openingTicks = afterTicks;
    connection.tlsTicks = tlsTicks;
    connection.isHttp2 = isHttp2;
    connection.goodbye = "";
    this.#wakeConnection(connection, now + afterTicks);
  }

  #opened(connection: SimulatedConnection): void {
    const { waiting, refused, openingTicks, tlsTicks, isHttp2 } = connection;
    if (refused !== "") {
      this.#close(connection);
      return this.#failAll(connection, waiting, ERROR["connect.refused"], refused);
    }
    connection.state = "open";
    connection.waiting = [];
    const tls = tlsTicks ?? 0;
    this.#completions.connectionOpened(waiting[0], 0, openingTicks - tls, tls);
    if (tlsTicks !== null) this.#completions.connectionSecured(waiting[0], isHttp2 ? 2 : 1, false);
    for (const slot of waiting) this.#ask(slot, this.#exchanges[slot]);
  }

  #close(connection: SimulatedConnection): void {
    if (connection.state !== "closed") this.#connections--;
    connection.state = "closed";
    connection.waiting = [];
    connection.ending = null;
    this.#events.clear(this.#exchanges.length + connection.first);
    for (let slot = connection.first; slot < connection.first + connection.streams; slot++) {
      this.#events.clear(slot);
      this.#exchanges[slot].forget();
    }
  }

  /** One after the other, for what becomes of one can be that another is given up. */
  #failAll(connection: SimulatedConnection, slots: readonly number[], error: number, cause: string): void {
    connection.failing = [...slots];
    for (let slot = connection.failing.shift(); slot !== undefined; slot = connection.failing.shift()) {
      this.#completions.requestFailed(slot, error, -1, this.#clock.now(), 0, cause);
    }
  }

  #inFlightOn({ first, streams }: SimulatedConnection): number[] {
    return Array.from({ length: streams }, (_, at) => first + at).filter((slot) =>
      this.#exchanges[slot].isInFlight
    );
  }

  #lose(connection: SimulatedConnection, slot: number, reason: number): void {
    this.#close(connection);
    this.#completions.connectionClosed(slot, reason);
  }

  /** The connection is gone, and with it all that is in flight. */
  #break(connection: SimulatedConnection, error: number, cause: string): void {
    const inFlight = this.#inFlightOn(connection);
    this.#lose(connection, inFlight.at(0) ?? connection.first, CLOSED.afterError);
    this.#failAll(connection, inFlight, error, cause);
  }

  // WebSockets.

  /** A message is the target's as soon as it is sent. */
  #take(
    slot: number,
    connection: SimulatedConnection,
    bytes: Uint8Array,
    length: number,
    wish: ResponseWish,
  ): void {
    const now = this.#clock.now();
    const reply = this.#target.answer(wish.request, now, slot, bytes, length, this.#textsOf);
    if (reply.kind === "silence" || connection.ending !== null) return;
    connection.ending = reply;
    this.#wakeConnection(connection, now + reply.afterTicks);
  }

  #endedUnasked(connection: SimulatedConnection): void {
    const { ending } = connection;
    if (ending?.kind === "error") this.#break(connection, ending.error, ending.cause);
    else if (ending?.kind === "closes") this.#sayGoodbye(connection, ending);
  }

  #sayGoodbye(connection: SimulatedConnection, { code, cause }: Reply & { kind: "closes" }): void {
    const now = this.#clock.now();
    const { first } = connection;
    const inFlight = this.#inFlightOn(connection);
    this.#completions.messageReceived(first, now, MESSAGE.close, 2);
    this.#completions.frameAnswered(first, now, MESSAGE.close, CLOSE_FRAME_BYTES);
    this.#lose(connection, first, CLOSED.byTarget);
    connection.goodbye = `${code} ${cause}`;
    this.#failAll(connection, inFlight, ERROR["websocket.closed"], connection.goodbye);
  }

  // Replies.

  #ask(slot: number, it: SimulatedExchange): void {
    const now = this.#clock.now();
    const reply = this.#target.answer(it.wish.request, now, slot, it.bytes, it.length, this.#textsOf);
    it.reply = reply;
    it.askedTick = now;
    if (reply.kind === "messages") this.#messages.begin(slot, it, reply);
    else if (reply.kind !== "silence") this.#wake(slot, now + reply.afterTicks);
  }

  #replied(slot: number, it: SimulatedExchange): void {
    const now = this.#clock.now();
    const { reply, wish, connection } = it;
    if (reply === null) {
      // It was asked for on a WebSocket that is no more.
      it.forget();
      return this.#completions.requestFailed(slot, ERROR["websocket.closed"], -1, now, 0, connection.goodbye);
    }
    switch (reply.kind) {
      case "bytes":
        return this.#bytes.read(slot, it, reply, now);
      case "messages":
        return this.#messages.read(slot, it, reply, now);
      case "closes":
        return this.#sayGoodbye(connection, reply);
      case "decoded":
        return this.ended(
          slot,
          reply.close ? CLOSED.announced : -1,
          now,
          reply.status,
          reply.bytes,
          reply.body,
          wish.keepHead ? reply.head : null,
        );
      case "error":
        return this.#break(connection, reply.error, reply.cause);
      case "silence":
        throw new Error("z6c has a bug: a simulated target broke its silence");
    }
  }

  again(slot: number, ticks: Tick): void {
    this.#wake(slot, this.#exchanges[slot].askedTick + ticks);
  }

  ended(
    slot: number,
    reason: number,
    firstByte: Tick,
    status: number,
    bytes: number,
    body: Uint8Array | null,
    head: Uint8Array | null,
  ): void {
    const it = this.#exchanges[slot];
    if (reason >= 0 && !it.connection.isHttp2) this.#lose(it.connection, slot, reason);
    else it.forget();
    this.#completions.responseEnded(slot, firstByte, this.#clock.now(), status, bytes, body, head);
  }

  failed(slot: number, error: number, firstByte: Tick, bytes: number, cause: string): void {
    const it = this.#exchanges[slot];
    if (it.connection.isHttp2) it.forget();
    else this.#lose(it.connection, slot, CLOSED.afterError);
    this.#completions.requestFailed(slot, error, firstByte, this.#clock.now(), bytes, cause);
  }
}
