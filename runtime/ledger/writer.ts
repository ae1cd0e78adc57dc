/** Writes a ledger: fills one preallocated block, closes it with its CRC and hash, hands it to the sink, goes on. */
import { assert } from "./assert.ts";
import { crc32c } from "./crc32c.ts";
import { encodeFooter } from "./footer.ts";
import { encodeHeader } from "./header.ts";
import {
  BLOCK,
  BLOCK_MAGIC,
  BLOCK_RECORDS_MAX,
  countKinds,
  HASH_BYTES,
  KINDS,
  link,
  WORD,
} from "./layout.ts";
import { CONTINUATION, RECORD } from "./record.ts";
import type { Sink } from "./sink.ts";
import { encodeText, putText, TEXT_BYTES_A_RECORD, TEXT_BYTES_MAX, TEXT_RECORDS_MAX } from "./text.ts";

/** A record and the longest text that may continue it fit in every block. */
export const BLOCK_RECORDS_MIN = 1 + TEXT_RECORDS_MAX;
const BLOCK_RECORDS_DEFAULT = 2_048;

/** What the sink took. `digest` is 64 hexadecimal digits, or null where the ledger has no footer. */
export type LedgerTotals = Readonly<
  { records: number; blocks: number; bytes: number; digest: string | null }
>;

/** The buffer holds the hash before, the block's head, its records and its hash: what one link covers is one stretch. */
const HEAD_BYTE = HASH_BYTES;
const PAYLOAD_BYTE = HEAD_BYTE + BLOCK.payload;
const HEAD_WORD = HEAD_BYTE / 4;
const PAYLOAD_WORD = PAYLOAD_BYTE / 4;

/**
 * The sink's errors are never thrown: the first one is kept in `failure`, nothing is written any more, and `lost`
 * counts the records that were appended and are not in the file. What the sink took before stays a readable ledger.
 */
export class LedgerWriter {
  readonly #sink: Sink;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #text = new Uint8Array(TEXT_BYTES_MAX);
  readonly #parent = new Uint32Array(WORD.words);
  readonly #counts = new Float64Array(KINDS);
  /** Records in the buffer, and how many it takes: none any more when the ledger is finished. */
  #fill = 0;
  #room: number;
  #recordsWritten = 0;
  #blocksWritten = 0;
  #bytesWritten = 0;
  #lost = 0;
  #failure: string | null = null;
  #finished = false;

  /** Writes the header at once. `headerJson` is a `LedgerHeader` as canonical JSON (RFC 8785). */
  constructor(sink: Sink, headerJson: string, options: { blockRecords?: number } = {}) {
    const blockRecords = options.blockRecords ?? BLOCK_RECORDS_DEFAULT;
    assert(
      Number.isInteger(blockRecords) && blockRecords >= BLOCK_RECORDS_MIN &&
        blockRecords <= BLOCK_RECORDS_MAX,
      `a block holds ${BLOCK_RECORDS_MIN} to ${BLOCK_RECORDS_MAX} records`,
    );
    this.#sink = sink;
    this.#room = blockRecords;
    this.#bytes = new Uint8Array(PAYLOAD_BYTE + blockRecords * RECORD.bytes + HASH_BYTES);
    this.#words = new Uint32Array(this.#bytes.buffer);
    this.#words[HEAD_WORD + BLOCK.magic / 4] = BLOCK_MAGIC;
    const header = encodeHeader(headerJson);
    this.#bytes.set(header.subarray(-HASH_BYTES));
    this.#write(header);
  }

  /** Why the sink refused, in the system's words; null as long as it did not. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Records appended that are not in the file and never will be. */
  get lost(): number {
    return this.#failure === null ? 0 : this.#lost + this.#fill;
  }

  /**
   * Appends one record. `tick` is an integer below 2^53, `kind` and `step` are u16, all others u32; larger numbers
   * must have been bounded by the caller.
   */
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
    // A full block is closed by the record that does not fit, not by the one that fills it: until then a text may
    // follow, and needs its record in the buffer.
    if (this.#fill >= this.#room) this.#closeBlock(this.#fill);
    const words = this.#words;
    const at = PAYLOAD_WORD + this.#fill * WORD.words;
    words[at + WORD.tickLow] = tick;
    words[at + WORD.tickHigh] = tick / 0x1_0000_0000;
    words[at + WORD.session] = session;
    words[at + WORD.vu] = vu;
    words[at + WORD.kindAndStep] = kind | step << 16;
    words[at + WORD.a] = a;
    words[at + WORD.b] = b;
    words[at + WORD.c] = c;
    this.#fill++;
  }

  /** Continues the record just appended; an empty text leaves no trace. Texts above 504 bytes of UTF-8 are cut, and say so. */
  appendText(text: string): void {
    assert(this.#fill > 0, "a text continues a record that was appended just before");
    const kind = this.#words[PAYLOAD_WORD + (this.#fill - 1) * WORD.words + WORD.kindAndStep] & 0xffff;
    assert((kind & CONTINUATION) === 0, "a record is continued by one text");
    const length = encodeText(text, this.#text);
    const needed = Math.ceil(length / TEXT_BYTES_A_RECORD);
    if (this.#fill + needed > this.#room) this.#carryParentOver();
    putText(this.#bytes, PAYLOAD_BYTE + this.#fill * RECORD.bytes, kind, this.#text, length);
    this.#fill += needed;
  }

  /** Writes a partly filled block, so that a follower sees it and a crash cannot take it. */
  seal(): void {
    assert(!this.#finished, "a finished ledger is not written any more");
    if (this.#fill > 0) this.#closeBlock(this.#fill);
  }

  /** Seals, writes the footer and closes the sink. The last call. */
  finish(): LedgerTotals {
    this.seal();
    this.#finished = true;
    this.#room = 0;
    const footer = encodeFooter(
      { blocks: this.#blocksWritten, records: this.#recordsWritten, counts: this.#counts },
      this.#bytes.subarray(0, HASH_BYTES),
    );
    this.#write(footer);
    try {
      this.#sink.close();
    } catch (error) {
      this.#failure ??= reason(error);
    }
    return {
      records: this.#recordsWritten,
      blocks: this.#blocksWritten,
      bytes: this.#bytesWritten,
      digest: this.#failure === null ? footer.subarray(-HASH_BYTES).toHex() : null,
    };
  }

  /** A text must stand in one block with its record: closes the block before that record, and begins the next with it. */
  #carryParentOver(): void {
    const before = this.#fill - 1;
    const at = PAYLOAD_WORD + before * WORD.words;
    this.#parent.set(this.#words.subarray(at, at + WORD.words));
    this.#closeBlock(before);
    this.#words.set(this.#parent, PAYLOAD_WORD);
    this.#fill = 1;
  }

  /** Writes the buffer's first `records` records as a block, and empties it. */
  #closeBlock(records: number): void {
    assert(!this.#finished, "a finished ledger is not written any more");
    this.#fill = 0;
    if (this.#failure !== null) {
      this.#lost += records;
      return;
    }
    const words = this.#words;
    const end = PAYLOAD_BYTE + records * RECORD.bytes;
    words[HEAD_WORD + BLOCK.sequence / 4] = this.#blocksWritten;
    words[HEAD_WORD + BLOCK.records / 4] = records;
    words[HEAD_WORD + BLOCK.crc32c / 4] = crc32c(words, PAYLOAD_WORD, end / 4);
    const hash = link(this.#bytes.subarray(0, end));
    this.#bytes.set(hash, end);
    if (!this.#write(this.#bytes.subarray(HEAD_BYTE, end + HASH_BYTES))) {
      this.#lost += records;
      return;
    }
    countKinds(words.subarray(PAYLOAD_WORD), records, this.#counts);
    this.#bytes.set(hash);
    this.#recordsWritten += records;
    this.#blocksWritten++;
  }

  /** Whether the sink took all of `bytes`; after its first failure it is not asked again. */
  #write(bytes: Uint8Array): boolean {
    if (this.#failure !== null) return false;
    try {
      this.#sink.write(bytes);
    } catch (error) {
      this.#failure = reason(error);
      return false;
    }
    this.#bytesWritten += bytes.length;
    return true;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
