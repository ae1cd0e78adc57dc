/** Where a ledger's blocks stand, and which stretch of logical time each holds: made by one proven pass, read at random. */
import { BLOCK, HASH_BYTES, WORD } from "../../runtime/ledger/layout.ts";
import type { Integrity, OpenedLedger, RecordBlock } from "../../runtime/ledger/reader.ts";
import { CONTINUATION, KIND, RECORD } from "../../runtime/ledger/record.ts";
import { readFully, type Source } from "../../runtime/ledger/source.ts";
import type { Tick } from "../../runtime/plan.ts";
import { isOnce } from "../../runtime/reduce/course.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { Checkpoints } from "./checkpoints.ts";
import { VuStates } from "./vu_states.ts";

/** Of the load's records only: what runs once has a time of its own. A block without any: Infinity and −Infinity. */
type Block = Readonly<{
  offset: number;
  records: number;
  firstTick: Tick;
  lastTick: Tick;
  /** Records of failures and failed checks. */
  troubles: number;
}>;

export class BlockIndex {
  readonly integrity: Integrity;
  readonly #source: Source;
  readonly #blocks: Block[] = [];
  readonly #checkpoints: Checkpoints;
  /** The least tick from a block on. */
  readonly #leastFrom: Float64Array;
  #read: { position: number; block: RecordBlock } | null = null;

  /** Reads the whole ledger once. Throws I/O errors. */
  constructor(
    source: Source,
    ledger: Pick<OpenedLedger, "header" | "headerBytes" | "scan">,
    checkpointBytes?: number,
  ) {
    this.#source = source;
    const states = VuStates.before(ledger.header.plan);
    this.#checkpoints = new Checkpoints(states, checkpointBytes);
    let offset = ledger.headerBytes;
    let lastTick = -Infinity;
    this.integrity = ledger.scan((block) => {
      this.#checkpoints.offer(this.#blocks.length, lastTick, states);
      const known = examined(block, offset, states);
      this.#blocks.push(known);
      lastTick = Math.max(lastTick, known.lastTick);
      offset += BLOCK.payload + block.records * RECORD.bytes + HASH_BYTES;
    });
    this.#leastFrom = new Float64Array(this.#blocks.length + 1).fill(Infinity);
    for (let position = this.#blocks.length - 1; position >= 0; position--) {
      this.#leastFrom[position] = Math.min(
        this.#leastFrom[position + 1],
        this.#blocks[position].firstTick,
      );
    }
  }

  /** The first and the last tick of the load's records; 0 and 0 where there are none. */
  get span(): { firstTick: Tick; lastTick: Tick } {
    const firstTick = this.#leastFrom[0];
    const lastTick = this.#blocks.reduce((last, block) => Math.max(last, block.lastTick), -Infinity);
    return firstTick === Infinity ? { firstTick: 0, lastTick: 0 } : { firstTick, lastTick };
  }

  /** What every VU is doing at `tick`: all records up to it (itself included) taken in the ledger's order. */
  statesAt(tick: Tick): VuStates {
    const { block: from, states } = this.#checkpoints.before(tick);
    for (let position = from; position < this.#blocks.length; position++) {
      if (this.#leastFrom[position] > tick) break;
      if (this.#blocks[position].firstTick > tick) continue;
      const { words, records } = this.#block(position);
      for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
        if (isOfLoad(words, at) && tickAt(words, at) <= tick) states.apply(words, at);
      }
    }
    return states;
  }

  /** The nearest tick after `tick` at which there is a record (of trouble), or null. */
  tickAfter(tick: Tick, trouble: boolean): Tick | null {
    let best = Infinity;
    for (const [position, block] of this.#blocks.entries()) {
      if (this.#leastFrom[position] >= best) break;
      if (block.lastTick <= tick || block.firstTick >= best || trouble && block.troubles === 0) continue;
      this.#each(position, trouble, (found) => {
        if (found > tick && found < best) best = found;
      });
    }
    return best === Infinity ? null : best;
  }

  /** The nearest tick before `tick`, likewise. */
  tickBefore(tick: Tick, trouble: boolean): Tick | null {
    let best = -Infinity;
    for (let position = this.#blocks.length - 1; position >= 0; position--) {
      const block = this.#blocks[position];
      if (block.firstTick >= tick || block.lastTick <= best || trouble && block.troubles === 0) continue;
      this.#each(position, trouble, (found) => {
        if (found < tick && found > best) best = found;
      });
    }
    return best === -Infinity ? null : best;
  }

  /** Visits the records of the load at `tick`, in the ledger's order. */
  recordsAt(tick: Tick, visit: (block: RecordBlock, index: number) => void): void {
    for (const [position, { firstTick, lastTick }] of this.#blocks.entries()) {
      if (this.#leastFrom[position] > tick) break;
      if (firstTick > tick || lastTick < tick) continue;
      const block = this.#block(position);
      for (let index = 0, at = 0; index < block.records; index++, at += WORD.words) {
        if (isOfLoad(block.words, at) && tickAt(block.words, at) === tick) visit(block, index);
      }
    }
  }

  #each(position: number, trouble: boolean, visit: (tick: Tick) => void): void {
    const { words, records } = this.#block(position);
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      if (isOfLoad(words, at) && (!trouble || isTrouble(words, at))) visit(tickAt(words, at));
    }
  }

  /** The last one read is kept: stepping stays near. It was proven when the index was made. */
  #block(position: number): RecordBlock {
    if (this.#read?.position === position) return this.#read.block;
    const { offset, records } = this.#blocks[position];
    const bytes = new Uint8Array(records * RECORD.bytes);
    if (readFully(this.#source, bytes, offset + BLOCK.payload) !== bytes.length) {
      throw new Deno.errors.UnexpectedEof("the ledger became shorter while it was read");
    }
    const block = { words: new Uint32Array(bytes.buffer), records };
    this.#read = { position, block };
    return block;
  }
}

function examined({ words, records }: RecordBlock, offset: number, states: VuStates): Block {
  let [firstTick, lastTick, troubles] = [Infinity, -Infinity, 0];
  for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
    if (!isOfLoad(words, at)) continue;
    const tick = tickAt(words, at);
    if (tick < firstTick) firstTick = tick;
    if (tick > lastTick) lastTick = tick;
    if (isTrouble(words, at)) troubles++;
    states.apply(words, at);
  }
  return { offset, records, firstTick, lastTick, troubles };
}

/** A record, and neither a text nor of what runs once. */
function isOfLoad(words: Uint32Array, at: number): boolean {
  return (words[at + WORD.kindAndStep] & CONTINUATION) === 0 && !isOnce(words[at + WORD.session]);
}

function isTrouble(words: Uint32Array, at: number): boolean {
  const kind = words[at + WORD.kindAndStep] & 0xffff;
  return kind === KIND.requestFailed || kind === KIND.checkFailed;
}
