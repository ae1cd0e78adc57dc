import { type DecodedRecord, decodeRecord } from "../ledger/decode.ts";
import { BLOCK, HASH_BYTES, WORD } from "../ledger/layout.ts";
import { RECORD } from "../ledger/record.ts";
import { readFully, type Source } from "../ledger/source.ts";
import { recordText } from "../ledger/text.ts";

/** What stands between the records of two blocks. */
const BETWEEN_BYTES = HASH_BYTES + BLOCK.payload;

/** A record as it stands in a ledger, and the text that continues it. */
export type ToldRecord = Readonly<{ record: DecodedRecord; text: string | null }>;

/**
 * Goes through the records of a ledger that was proven before, and looks ahead as far as it is asked to. What it holds
 * is a window of the file, which grows with how far ahead it looked, and not with the file.
 */
export class RecordCursor {
  /** The window, eight words a record. Another one after every `has`. */
  words: Uint32Array;
  readonly #source: Source;
  #bytes: Uint8Array;
  /** In the window: the record at hand, and the end of what is loaded. */
  #at = 0;
  #end = 0;
  /** Records before the window. */
  #before = 0;
  /** Where the next block's records stand in the file, how many they are, and how many blocks are left. */
  #offset: number;
  #nextRecords = 0;
  #blocksLeft: number;
  /** Numbers of the records with which the block at hand and those behind it begin, and the number of that block. */
  #starts: number[] = [];
  #block = 0;

  /** `headerBytes`: where the first block begins; `blocks`: how many of them are proven. */
  constructor(source: Source, headerBytes: number, blocks: number) {
    this.#source = source;
    this.#blocksLeft = blocks;
    this.#bytes = new Uint8Array(4_096 * RECORD.bytes);
    this.words = new Uint32Array(this.#bytes.buffer);
    if (blocks > 0) this.#readHead(headerBytes);
    this.#offset = headerBytes + BLOCK.payload;
  }

  /** Another one that stands at the same record. */
  fork(): RecordCursor {
    const other = new RecordCursor(this.#source, 0, 0);
    other.#bytes = this.#bytes.slice();
    other.words = new Uint32Array(other.#bytes.buffer);
    other.#at = this.#at;
    other.#end = this.#end;
    other.#before = this.#before;
    other.#offset = this.#offset;
    other.#nextRecords = this.#nextRecords;
    other.#blocksLeft = this.#blocksLeft;
    other.#starts = [...this.#starts];
    other.#block = this.#block;
    return other;
  }

  /** The number of the record at hand, from 0; texts are records, too. */
  get index(): number {
    return this.#before + this.#at;
  }

  /** The number of its block. */
  get block(): number {
    while (this.#starts.length > 1 && this.#starts[1] <= this.index) {
      this.#starts.shift();
      this.#block++;
    }
    return this.#block;
  }

  /** Whether a block begins with the record at hand. */
  get beginsBlock(): boolean {
    this.block;
    return this.#starts[0] === this.index;
  }

  /** Whether there is a record `ahead` of the one at hand (0: that one itself). */
  has(ahead: number): boolean {
    return this.#at + ahead < this.#end || this.#load(ahead);
  }

  next(): void {
    this.#at++;
  }

  /** Where in `words` the record stands that is `ahead`. */
  word(ahead: number): number {
    return (this.#at + ahead) * WORD.words;
  }

  // Fields of the record that is `ahead`, which `has` has found.

  tick(ahead: number): number {
    const at = this.word(ahead);
    return this.words[at + WORD.tickHigh] * 0x1_0000_0000 + this.words[at + WORD.tickLow];
  }

  session(ahead: number): number {
    return this.words[this.word(ahead) + WORD.session];
  }

  vu(ahead: number): number {
    return this.words[this.word(ahead) + WORD.vu];
  }

  kind(ahead: number): number {
    return this.words[this.word(ahead) + WORD.kindAndStep] & 0xffff;
  }

  step(ahead: number): number {
    return this.words[this.word(ahead) + WORD.kindAndStep] >>> 16;
  }

  a(ahead: number): number {
    return this.words[this.word(ahead) + WORD.a];
  }

  b(ahead: number): number {
    return this.words[this.word(ahead) + WORD.b];
  }

  c(ahead: number): number {
    return this.words[this.word(ahead) + WORD.c];
  }

  /** The text that continues it, or an empty one. Blocks are loaded whole, and no text leaves its block. */
  text(ahead: number): string {
    return recordText(this.words, this.#end, this.#at + ahead) ?? "";
  }

  /** It as an object, for a report. */
  told(ahead: number): ToldRecord {
    const text = recordText(this.words, this.#end, this.#at + ahead);
    return { record: decodeRecord(this.words, this.#at + ahead), text };
  }

  #load(ahead: number): boolean {
    while (this.#at + ahead >= this.#end) {
      if (this.#blocksLeft === 0) return false;
      this.#loadBlock();
    }
    return true;
  }

  #loadBlock(): void {
    const records = this.#nextRecords;
    const kept = this.#end - this.#at;
    this.words.copyWithin(0, this.#at * WORD.words, this.#end * WORD.words);
    this.#before += this.#at;
    this.#at = 0;
    this.#end = kept;
    const wanted = records * RECORD.bytes + BETWEEN_BYTES;
    this.#makeRoom(kept * RECORD.bytes + wanted);
    const from = kept * RECORD.bytes;
    const found = readFully(this.#source, this.#bytes.subarray(from, from + wanted), this.#offset);
    if (found < wanted - BLOCK.payload) throw new Error("the ledger was cut while it was replayed");
    this.#starts.push(this.#before + kept);
    this.#end += records;
    this.#blocksLeft--;
    this.#offset += wanted;
    if (this.#blocksLeft > 0) this.#nextRecords = recordsOf(this.#bytes, from + wanted - BLOCK.payload);
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, Math.ceil(bytes / 4) * 4));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.words = new Uint32Array(larger.buffer);
  }

  #readHead(offset: number): void {
    const head = new Uint8Array(BLOCK.payload);
    readFully(this.#source, head, offset);
    this.#nextRecords = recordsOf(head, 0);
  }
}

/** What the head of a block, which begins at `at`, says of its records. */
function recordsOf(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(BLOCK.records, true);
}
