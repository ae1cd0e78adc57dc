import type { RunLedger } from "../engine/appending.ts";
import { decodeRecord } from "../ledger/decode.ts";
import { WORD } from "../ledger/layout.ts";
import { RECORD } from "../ledger/record.ts";
import {
  encodeText,
  putText,
  TEXT_BYTES_A_RECORD,
  TEXT_BYTES_MAX,
  TEXT_RECORDS_MAX,
} from "../ledger/text.ts";
import type { RecordCursor, ToldRecord } from "./replayed_records.ts";

/** Where a replay and its ledger part. */
export type Departure = Readonly<{
  /** The record's number, from 0, and that of its block. */
  index: number;
  block: number;
  /** What stands there; null where the ledger ends. */
  recorded: ToldRecord | null;
  /** What the replay has in its place; null where it has nothing, for what is recorded cannot have come. */
  replayed: ToldRecord | null;
  /** Why it cannot have come, a clause for people; empty where the two records say it all. */
  reason: string;
}>;

/** Ends a replay before its time. */
export class ReplayEnd extends Error {
  override readonly name = "ReplayEnd";

  /** Null: there is no more of the ledger, for its end is missing. */
  constructor(readonly departure: Departure | null) {
    super("the replay has ended");
  }
}

/**
 * What the engine of a replay appends to: every record is compared with the one that was recorded. `copy`, where there
 * is one, gets them all, block by block as they were.
 */
export class ReplayedLedger implements RunLedger {
  readonly failure = null;
  /** VU and tick of the record that was appended last. */
  lastVu = 0;
  lastTick = 0;
  #lastKind = 0;
  readonly #cursor: RecordCursor;
  readonly #isWhole: boolean;
  readonly #copy: RunLedger | null;
  #end: ReplayEnd | null = null;
  readonly #text = new Uint8Array(TEXT_BYTES_MAX);
  readonly #records = new Uint8Array(TEXT_RECORDS_MAX * RECORD.bytes);
  readonly #words = new Uint32Array(this.#records.buffer);

  /** `isWhole`: the ledger has its end. */
  constructor(cursor: RecordCursor, isWhole: boolean, copy: RunLedger | null) {
    this.#cursor = cursor;
    this.#isWhole = isWhole;
    this.#copy = copy;
  }

  append(
    tick: number,
    session: number,
    vu: number,
    kind: number,
    step: number,
    a: number,
    b: number,
    c: number,
  ): void {
    const cursor = this.#cursor;
    const isThere = cursor.has(0);
    const { words } = cursor;
    const at = cursor.word(0);
    const isSame = isThere &&
      words[at + WORD.tickLow] === tick >>> 0 &&
      words[at + WORD.tickHigh] === Math.floor(tick / 0x1_0000_0000) &&
      words[at + WORD.session] === session &&
      words[at + WORD.vu] === vu &&
      words[at + WORD.kindAndStep] === (kind | step << 16) >>> 0 &&
      words[at + WORD.a] === a >>> 0 &&
      words[at + WORD.b] === b >>> 0 &&
      words[at + WORD.c] === c >>> 0;
    if (!isSame) this.#differs(Uint32Array.of(tick, tick / 2 ** 32, session, vu, kind | step << 16, a, b, c));
    if (this.#copy !== null) {
      if (cursor.beginsBlock) this.#copy.seal();
      this.#copy.append(tick, session, vu, kind, step, a, b, c);
    }
    cursor.next();
    this.lastVu = vu;
    this.lastTick = tick;
    this.#lastKind = kind;
  }

  appendText(text: string): void {
    const cursor = this.#cursor;
    const length = encodeText(text, this.#text);
    if (length === 0) return;
    const count = Math.ceil(length / TEXT_BYTES_A_RECORD);
    putText(this.#records, 0, this.#lastKind, this.#text, length);
    for (let n = 0; n < count; n++) {
      const isSame = cursor.has(0) && this.#isText(n, cursor.words, cursor.word(0));
      if (!isSame) this.#differs(this.#words.slice(n * WORD.words, (n + 1) * WORD.words), text);
      cursor.next();
    }
    this.#copy?.appendText(text);
  }

  /** Blocks are written where those of the ledger were. */
  seal(): void {}

  /** Ends the replay: what is recorded next cannot have come, since … */
  refuse(reason: string): never {
    this.#stop(this.#departure(null, reason));
  }

  /** Ends the replay where the ledger has no more records, before the run is over. */
  ranOut(): never {
    this.#stop(this.#isWhole ? this.#departure(null, "the ledger ends before its run is over") : null);
  }

  #isText(n: number, words: Uint32Array, at: number): boolean {
    for (let word = 0; word < WORD.words; word++) {
      if (this.#words[n * WORD.words + word] !== words[at + word]) return false;
    }
    return true;
  }

  #differs(words: Uint32Array, text: string | null = null): never {
    if (!this.#cursor.has(0) && !this.#isWhole) this.#stop(null);
    this.#stop(this.#departure({ record: decodeRecord(words, 0), text }, ""));
  }

  #departure(replayed: ToldRecord | null, reason: string): Departure {
    const { index, block } = this.#cursor;
    const recorded = this.#cursor.has(0) ? this.#cursor.told(0) : null;
    return { index, block, recorded, replayed, reason };
  }

  /** The first end is the one that counts: what goes on while it is on its way is of no meaning. */
  #stop(departure: Departure | null): never {
    throw this.#end ??= new ReplayEnd(departure);
  }
}
