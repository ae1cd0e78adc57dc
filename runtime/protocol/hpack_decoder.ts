import { DynamicTable } from "./hpack_dynamic_table.ts";
import {
  FieldExaminer,
  LINE_END_BYTES,
  MEANING,
  NAME_END_BYTES,
  type TableField,
  tableField,
  tableFieldOf,
} from "./hpack_field.ts";
import { decodeHuffman, LARGEST_EXPANSION } from "./hpack_huffman.ts";
import { STATIC_FIELDS } from "./hpack_static_table.ts";
import { ABSENT, INVALID } from "./http1_field_values.ts";
import { GrowingBytes } from "./growing_bytes.ts";
import { COLON, CR, LF, octetsOf, SP } from "./octets.ts";
import { LIMITS } from "./parsed.ts";

/** What the peer may use unless it is told otherwise (RFC 9113 section 6.5.2). */
export const TABLE_BYTES_MAX = 4096;
/** Integers above it are an error: nothing that they count can be so large. */
const INTEGER_MAX = 2 ** 28;
const FIRST_TEXT_BYTES = 1024;
const MALFORMED = -1;

const STATUS_LINE = octetsOf("HTTP/2 000\r\n");
const STATUS_AT = 7;

/** By index, from 1. */
const STATIC_TABLE: readonly TableField[] = (() => {
  const examiner = new FieldExaminer();
  const nothing = tableField(examiner, "", "");
  return [nothing, ...STATIC_FIELDS.map(([name, value]) => tableField(examiner, name, value))];
})();

/** What is wrong with a header block that could be decoded. The names are those of the request errors. */
export type HeaderFailure =
  | "protocol.status-line"
  | "protocol.header"
  | "protocol.content-length"
  | "too-large.head";

/**
 * Decodes the header blocks of one connection's responses (RFC 7541), to text as HTTP/1.1 writes it:
 * `HTTP/2 200\r\nname: value\r\n…\r\n`, or of a trailer only the fields. A block that is the same as the one before,
 * and means the same by now, is only compared: the answers to one request are often alike. It does where the dynamic
 * table is as it was, and where it asks nothing of that table; what it adds to it, it adds again.
 */
export class HpackDecoder {
  /** The first `textBytes` are the text of the last block, valid until the next. */
  text: Uint8Array = new Uint8Array(FIRST_TEXT_BYTES);
  textBytes = 0;
  /** 0 in a trailer. */
  status = 0;
  /** Bytes, or `ABSENT`. */
  contentLength: number = ABSENT;
  /** What is wrong with the last block's fields; the connection can go on all the same. */
  failure: HeaderFailure | null = null;

  readonly #table = new DynamicTable(TABLE_BYTES_MAX);
  readonly #examiner = new FieldExaminer();
  #at = 0;
  #isTrailer = false;
  /** Only in front of everything else are pseudo-fields allowed. */
  #hasFields = false;
  readonly #last = new GrowingBytes();
  /** Of the table, right behind the last block; −1 where that changed it. */
  #lastChanges = -1;
  /** Whether the last block would mean the same with any other table, and what it added to this one. */
  #isAlone = false;
  #added: TableField[] = [];

  /** Decodes bytes[start, end). False where they are malformed, after which the connection is of no use. */
  decode(bytes: Uint8Array, start: number, end: number, isTrailer: boolean): boolean {
    if (this.#isLikeLast(bytes, start, end, isTrailer)) {
      for (const field of this.#added) this.#table.add(field);
      return true;
    }
    const changes = this.#table.changes;
    this.#begin(isTrailer);
    this.#at = start;
    let isFirst = true;
    while (this.#at < end) {
      const octet = bytes[this.#at];
      if (octet >= 0x80) {
        if (!this.#indexed(bytes, end)) return false;
        isFirst = false;
      } else if ((octet & 0xe0) === 0x20) {
        if (!isFirst || !this.#resized(bytes, end)) return false;
      } else {
        if (!this.#literal(bytes, end, octet >= 0x40)) return false;
        isFirst = false;
      }
    }
    this.#end();
    this.#last.clear();
    this.#last.append(bytes, start, end);
    this.#lastChanges = this.#table.changes === changes ? changes : -1;
    return true;
  }

  #isLikeLast(bytes: Uint8Array, start: number, end: number, isTrailer: boolean): boolean {
    const last = this.#last;
    const meansTheSame = this.#isAlone || this.#lastChanges === this.#table.changes;
    if (!meansTheSame || last.length !== end - start) return false;
    if (isTrailer !== this.#isTrailer) return false;
    const own = last.bytes;
    for (let i = start, j = 0; i < end; i++, j++) {
      if (bytes[i] !== own[j]) return false;
    }
    return true;
  }

  #begin(isTrailer: boolean): void {
    this.status = 0;
    this.contentLength = ABSENT;
    this.failure = null;
    this.#isTrailer = isTrailer;
    this.#hasFields = false;
    this.#isAlone = true;
    this.#added = [];
    this.textBytes = 0;
    if (!isTrailer) this.#append(STATUS_LINE, 0, STATUS_LINE.length);
  }

  #end(): void {
    if (this.#isTrailer) return;
    if (this.status === 0) this.failure ??= "protocol.status-line";
    if (this.failure !== null) return;
    this.text[STATUS_AT] = 48 + Math.floor(this.status / 100);
    this.text[STATUS_AT + 1] = 48 + Math.floor(this.status / 10) % 10;
    this.text[STATUS_AT + 2] = 48 + this.status % 10;
    this.#reserve(LINE_END_BYTES);
    this.#lineEnd();
  }

  /** RFC 7541 section 6.1. */
  #indexed(bytes: Uint8Array, end: number): boolean {
    const field = this.#field(this.#integer(bytes, end, 7));
    if (field === null) return false;
    const { line, meaning } = field;
    if (this.#took(meaning, field.number)) this.#append(line, 0, line.length);
    return true;
  }

  /** RFC 7541 sections 6.2.1 to 6.2.3. */
  #literal(bytes: Uint8Array, end: number, isAdded: boolean): boolean {
    const index = this.#integer(bytes, end, isAdded ? 6 : 4);
    if (index === MALFORMED) return false;
    const lineAt = this.textBytes;
    if (index === 0) {
      if (!this.#string(bytes, end)) return false;
    } else {
      const named = this.#field(index);
      if (named === null) return false;
      this.#append(named.line, 0, named.nameBytes);
    }
    const nameBytes = this.textBytes - lineAt;
    this.#reserve(NAME_END_BYTES);
    this.text[this.textBytes++] = COLON;
    this.text[this.textBytes++] = SP;
    const valueAt = this.textBytes;
    if (!this.#string(bytes, end)) return false;
    const valueBytes = this.textBytes - valueAt;
    this.#reserve(LINE_END_BYTES);
    this.#lineEnd();
    const examiner = this.#examiner;
    if (isAdded) {
      const field = tableFieldOf(examiner, this.text.slice(lineAt, this.textBytes), nameBytes);
      this.#table.add(field);
      this.#added.push(field);
    } else {
      examiner.examine(this.text, lineAt, nameBytes, valueBytes);
    }
    if (!this.#took(examiner.meaning, examiner.number)) this.textBytes = lineAt;
    return true;
  }

  /** RFC 7541 section 6.3. */
  #resized(bytes: Uint8Array, end: number): boolean {
    const size = this.#integer(bytes, end, 5);
    if (size === MALFORMED || size > TABLE_BYTES_MAX) return false;
    this.#table.resize(size);
    this.#isAlone = false;
    return true;
  }

  #field(index: number): TableField | null {
    if (index <= 0) return null;
    if (index < STATIC_TABLE.length) return STATIC_TABLE[index];
    this.#isAlone = false;
    const age = index - STATIC_TABLE.length;
    return age < this.#table.length ? this.#table.at(age) : null;
  }

  /** Takes note of a field, which has a `MEANING`; whether its line belongs to the text. */
  #took(meaning: number, number: number): boolean {
    if (this.textBytes > LIMITS.headBytes) this.failure = "too-large.head";
    if (this.failure !== null) return false;
    switch (meaning) {
      case MEANING.status:
        if (this.#isTrailer || this.#hasFields || this.status !== 0) this.failure = "protocol.header";
        this.status = number;
        return false;
      case MEANING.contentLength:
        if (number === INVALID || (this.contentLength !== ABSENT && this.contentLength !== number)) {
          this.failure = "protocol.content-length";
        }
        this.contentLength = number;
        break;
      case MEANING.malformed:
        this.failure = "protocol.header";
        break;
    }
    this.#hasFields = true;
    return this.failure === null;
  }

  /** RFC 7541 section 5.1, from `#at` on; or `MALFORMED`. */
  #integer(bytes: Uint8Array, end: number, prefixBits: number): number {
    const prefix = (1 << prefixBits) - 1;
    let value = bytes[this.#at++] & prefix;
    if (value < prefix) return value;
    for (let shift = 0; this.#at < end; shift += 7) {
      const octet = bytes[this.#at++];
      value += (octet & 127) * 2 ** shift;
      if (value > INTEGER_MAX || shift > 28) return MALFORMED;
      if (octet < 128) return value;
    }
    return MALFORMED;
  }

  /** Appends the string from `#at` on (RFC 7541 section 5.2) to the text; false where it is malformed. */
  #string(bytes: Uint8Array, end: number): boolean {
    if (this.#at >= end) return false;
    const isCoded = bytes[this.#at] >= 0x80;
    const length = this.#integer(bytes, end, 7);
    const from = this.#at;
    if (length === MALFORMED || length > end - from) return false;
    this.#at += length;
    if (!isCoded) {
      this.#append(bytes, from, this.#at);
      return true;
    }
    this.#reserve(Math.ceil(length * LARGEST_EXPANSION));
    const textEnd = decodeHuffman(bytes, from, this.#at, this.text, this.textBytes);
    if (textEnd < 0) return false;
    this.textBytes = textEnd;
    return true;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const text = this.text;
    let at = this.textBytes;
    for (let i = start; i < end; i++) text[at++] = bytes[i];
    this.textBytes = at;
  }

  #lineEnd(): void {
    this.text[this.textBytes++] = CR;
    this.text[this.textBytes++] = LF;
  }

  #reserve(bytes: number): void {
    const needed = this.textBytes + bytes;
    if (needed <= this.text.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.text.length));
    larger.set(this.text.subarray(0, this.textBytes));
    this.text = larger;
  }
}
