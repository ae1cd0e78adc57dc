/** An engine over a network that does what a test tells it to: one session, one VU. */
import { Engine } from "../runtime/engine/engine.ts";
import type { Completions, Network, ResponseWish } from "../runtime/engine/host.ts";
import { type Shard, WHOLE } from "../runtime/engine/shares.ts";
import { decodeRecord } from "../runtime/ledger/decode.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";
import type { Plan, Tick } from "../runtime/plan.ts";
import { sampleHeaderJson } from "./sample_ledger.ts";
import type { Whole } from "./simulated_run.ts";

/** What was handed to the network: whole, as it was then. */
export type Sent = Readonly<{ slot: number; bytes: Uint8Array; wish: ResponseWish }>;

export class DrivenEngine {
  readonly engine: Engine;
  /** The engine's side of the network. */
  readonly tell: Completions;
  readonly sent: Sent[] = [];
  /** Slots that the engine closed, or gave up, in order. */
  readonly closed: number[] = [];
  readonly cancelled: number[] = [];
  readonly open = new Set<number>();
  /** Slots whose connections stay when what they carry is given up. */
  readonly staying = new Set<number>();
  #now: Tick = 0;
  readonly #sink = new MemorySink();
  readonly #ledger = new LedgerWriter(this.#sink, sampleHeaderJson());

  constructor(plan: Plan, shard: Shard = WHOLE) {
    let tell: Completions | null = null;
    const clock = { now: () => this.#now, wallClockMs: () => 0 };
    const network: Network = {
      send: (slot, bytes, length, wish) => this.sent.push({ slot, bytes: bytes.slice(0, length), wish }),
      cancel: (slot) => {
        this.cancelled.push(slot);
        if (!this.staying.has(slot)) this.open.delete(slot);
        return "wait";
      },
      isOpen: (slot) => this.open.has(slot),
      close: (slot) => {
        if (this.open.delete(slot)) this.closed.push(slot);
      },
      poll: () => {},
    };
    const openNetwork = (completions: Completions) => {
      tell = completions;
      return network;
    };
    this.engine = new Engine({ plan, host: { clock, openNetwork }, ledger: this.#ledger, shard });
    if (tell === null) throw new Error("an engine opens its network at once");
    this.tell = tell;
  }

  /** Time goes on, and the engine does what is due. */
  turn(tick: Tick): void {
    this.#now = tick;
    this.engine.turn(tick);
  }

  /** A connection is opened for the request in flight on the slot, at `tick`. */
  connect(slot: number, tick: Tick): void {
    this.#now = tick;
    this.open.add(slot);
    this.tell.connectionOpened(slot, 0, 5, 0);
  }

  /** The target ends the connection. */
  lose(slot: number, tick: Tick, reason: number): void {
    this.#now = tick;
    this.open.delete(slot);
    this.tell.connectionClosed(slot, reason);
  }

  /** The request in flight on the slot is answered at `tick`. */
  answer(slot: number, tick: Tick, status: number, body = ""): void {
    this.#now = tick;
    this.tell.responseEnded(slot, tick, tick, status, body.length, new TextEncoder().encode(body), null);
  }

  fail(slot: number, tick: Tick, error: number): void {
    this.#now = tick;
    this.tell.requestFailed(slot, error, -1, tick, 0, "");
  }

  /** A message comes; whether it was waited for. */
  receive(slot: number, tick: Tick, kind: number, text: string, event = ""): boolean {
    this.#now = tick;
    const payload = new TextEncoder().encode(text);
    this.tell.messageReceived(slot, tick, kind, payload.length);
    return this.tell.isAwaited(slot, payload, event);
  }

  /** The records so far; nothing can come behind. */
  records(): Whole[] {
    this.#ledger.finish();
    const records: Whole[] = [];
    openLedger(memorySource(this.#sink.bytes())).scan(({ words, records: count }) => {
      for (let at = 0; at < count; at++) {
        const record = decodeRecord(words, at);
        if (record.lane !== "text") records.push(record);
      }
    });
    return records;
  }
}
