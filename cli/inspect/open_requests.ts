import { WORD } from "../../runtime/ledger/layout.ts";
import { NONE } from "../../runtime/ledger/record.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";

/** What is known of each VU's request before it ends: one typed array a column, grown when a higher VU appears. */
export class OpenRequests {
  #capacity = 1024;
  #stage = new Int32Array(this.#capacity).fill(-1);
  #opened = new Uint8Array(this.#capacity);
  issuedTick = new Float64Array(this.#capacity);
  lagTicks = new Float64Array(this.#capacity);
  blockedTicks = new Float64Array(this.#capacity);
  sentBytes = new Float64Array(this.#capacity);
  dnsTicks = new Float64Array(this.#capacity);
  connectTicks = new Float64Array(this.#capacity);
  tlsTicks = new Float64Array(this.#capacity);

  /** Of the session on the VU; −1 where none was seen, or it has none. */
  stageOf(vu: number): number {
    return vu < this.#capacity ? this.#stage[vu] : -1;
  }

  /** The VU's request opened its connection. */
  hasOpened(vu: number): boolean {
    return this.#opened[vu] === 1;
  }

  sessionStarted(vu: number, stage: number): void {
    this.#reach(vu);
    this.#stage[vu] = stage === NONE ? -1 : stage;
    this.#opened[vu] = 0;
  }

  issued(words: Uint32Array, at: number): void {
    const vu = words[at + WORD.vu];
    this.#reach(vu);
    this.#opened[vu] = 0;
    this.issuedTick[vu] = tickAt(words, at);
    this.lagTicks[vu] = words[at + WORD.a];
    this.blockedTicks[vu] = words[at + WORD.b];
    this.sentBytes[vu] = words[at + WORD.c];
  }

  connectionOpened(words: Uint32Array, at: number): void {
    const vu = words[at + WORD.vu];
    this.#reach(vu);
    this.#opened[vu] = 1;
    this.dnsTicks[vu] = words[at + WORD.a];
    this.connectTicks[vu] = words[at + WORD.b];
    this.tlsTicks[vu] = words[at + WORD.c];
  }

  #reach(vu: number): void {
    if (vu < this.#capacity) return;
    const before = this.#capacity;
    this.#capacity = 2 ** Math.ceil(Math.log2(vu + 1));
    this.#stage = copied(this.#stage, new Int32Array(this.#capacity)).fill(-1, before);
    this.#opened = copied(this.#opened, new Uint8Array(this.#capacity));
    for (
      const column of [
        "issuedTick",
        "lagTicks",
        "blockedTicks",
        "sentBytes",
        "dnsTicks",
        "connectTicks",
        "tlsTicks",
      ] as const
    ) this[column] = copied(this[column], new Float64Array(this.#capacity));
  }
}

function copied<Column extends Int32Array | Float64Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
