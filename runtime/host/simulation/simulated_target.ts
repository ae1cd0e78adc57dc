import type { Tick } from "../../plan.ts";

/** What stands behind a simulated network. Deterministic: the same calls in the same order give the same replies. */
export interface SimulatedTarget {
  /** A connection is asked for at `tick`, to send `request` of the plan; `openConnections`: those there are besides. */
  open(request: number, tick: Tick, openConnections: number): Opening;
  /**
   * Gets `bytes[0, length)`, which are `request` of the plan, on `slot`. `textsOf`: what is waited for on a slot, as
   * `Completions.awaitedTexts` has it.
   */
  answer(
    request: number,
    tick: Tick,
    slot: number,
    bytes: Uint8Array,
    length: number,
    textsOf: TextsOf,
  ): Reply;
}

export type TextsOf = (slot: number) => readonly string[];

export type Opening = Readonly<{
  /** To its end, TLS included. */
  afterTicks: Tick;
  /** Why the connection is not opened after that time, or empty. */
  refused: string;
  /** What of it is the TLS handshake; null without TLS. */
  tlsTicks: Tick | null;
  /** It carries several requests at once, which come and go without it. */
  isHttp2: boolean;
}>;

/** What comes back, `afterTicks` behind the request. */
export type Reply = Readonly<
  /** Bytes for the codec, all at once where `overTicks` is 0, else in pieces; behind them the connection may end. */
  | { kind: "bytes"; afterTicks: Tick; bytes: Uint8Array; overTicks: Tick; ends: boolean }
  | MessageReply
  /** A response as it was read. */
  | {
    kind: "decoded";
    afterTicks: Tick;
    status: number;
    bytes: number;
    body: Uint8Array | null;
    head: Uint8Array;
    close: boolean;
  }
  /** The connection fails with one of `ERRORS`. */
  | { kind: "error"; afterTicks: Tick; error: number; cause: string }
  /** The target says goodbye with that code, and closes the WebSocket. */
  | { kind: "closes"; afterTicks: Tick; code: number; cause: string }
  /** Nothing, ever. */
  | { kind: "silence" }
>;

/** Messages, one by one. */
export type MessageReply = Readonly<{
  kind: "messages";
  /** To the response's first byte, and, but for what `overTicks` adds, to the first message. */
  afterTicks: Tick;
  /** From each to the next. */
  everyTicks: Tick;
  /** By so much the last of them is late, and the others in proportion. */
  overTicks: Tick;
  count: number;
  message(nth: number): SimulatedMessage;
  /** Of the response that they are; empty on a WebSocket. */
  head: Uint8Array;
  /** Of the response, or the code with which a WebSocket is closed. */
  status: number;
  /** The connection ends behind so many of them, or, with HTTP/2, the response does; −1: it goes on. */
  cutBehind: number;
}>;

export type SimulatedMessage = Readonly<{
  /** A `MESSAGE`. */
  kind: number;
  payload: Uint8Array;
  /** The name of a server-sent event, or empty. */
  event: string;
  /** Of the response, with what is around the payload. */
  bytes: number;
}>;

/** When message `nth` (from 0) comes, counted from the request. */
export function messageTicks({ afterTicks, everyTicks, overTicks, count }: MessageReply, nth: number): Tick {
  return afterTicks + nth * everyTicks + Math.floor((overTicks * (nth + 1)) / Math.max(1, count));
}
