import type { ResponseWish } from "../../engine/host.ts";
import type { Plan, Tick } from "../../plan.ts";
import { connectionSlots } from "../../engine/slot_targets.ts";
import type { ResponseParser } from "../../protocol/http1_response.ts";
import type { Reply } from "./simulated_target.ts";

/** One at a time between z6c and a simulated target. */
export class SimulatedConnection {
  state: "closed" | "opening" | "open" = "closed";
  refused = "";
  openingTicks: Tick = 0;
  /** Null without TLS. */
  tlsTicks: Tick | null = null;
  isHttp2 = false;
  /** Slots whose requests wait for it to open, in order. */
  waiting: number[] = [];
  /** Slots whose requests are still to be told that it was lost. */
  failing: number[] = [];
  /** How the target is about to end it, unasked. */
  ending: Reply | null = null;
  /** Why the target closed it, when it was a WebSocket. */
  goodbye = "";

  /** `first`: its first slot; it carries so many requests at once. */
  constructor(readonly first: number, readonly streams: number) {}
}

/** A request in flight, or none. */
export class SimulatedExchange {
  isInFlight = false;
  bytes: Uint8Array = NO_BYTES;
  length = 0;
  wish: ResponseWish = NO_WISH;
  reply: Reply | null = null;
  pieces: Pieces | null = null;
  askedTick: Tick = 0;
  /** Bytes of the response came, and it is not whole. */
  isReceiving = false;
  /** Of messages: how many came, their bytes with the head, and the last one's payload. */
  messages = 0;
  messageBytes = 0;
  payload: Uint8Array | null = null;

  constructor(readonly connection: SimulatedConnection) {}

  /** No request is in flight any more. */
  forget(): void {
    this.isInFlight = false;
    this.bytes = NO_BYTES;
    this.reply = null;
    this.pieces = null;
    this.isReceiving = false;
    this.payload = null;
  }
}

/** A response that is under way in pieces. */
export type Pieces = {
  readonly parser: ResponseParser;
  readonly startTick: Tick;
  readonly count: number;
  next: number;
};

/** By slot, its exchange; slots side by side share a connection as the plan's targets say, or each has its own. */
export function exchangesOf(slots: number, plan: Plan | null): SimulatedExchange[] {
  const firstOf = plan === null
    ? Uint32Array.from({ length: slots }, (_, slot) => slot)
    : connectionSlots(plan);
  const streams = new Uint32Array(slots);
  for (const first of firstOf) streams[first]++;
  const connections = new Map<number, SimulatedConnection>();
  return Array.from(firstOf, (first) => {
    let connection = connections.get(first);
    if (connection === undefined) {
      connections.set(first, connection = new SimulatedConnection(first, streams[first]));
    }
    return new SimulatedExchange(connection);
  });
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
