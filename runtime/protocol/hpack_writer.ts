import { encodeHuffman, huffmanLength } from "./hpack_huffman.ts";
import { octetsOf } from "./octets.ts";
import { STATIC_FIELDS, STATIC_NAMES } from "./hpack_static_table.ts";

/** First bits of the forms of a field (RFC 7541 section 6). */
const INDEXED = 0x80;
const WITH_INDEXING = 0x40;
const WITHOUT_INDEXING = 0x00;
const NEVER_INDEXED = 0x10;
const HUFFMAN = 0x80;

/** The longest that an integer here can get, with its prefix. */
const INTEGER_BYTES = 6;

/** Of fields that stand in the static table with a value: by name, values and their indices. */
const WHOLE = wholeFields();

function wholeFields(): ReadonlyMap<string, readonly (readonly [value: Uint8Array, index: number])[]> {
  const fields = new Map<string, (readonly [Uint8Array, number])[]>();
  STATIC_FIELDS.forEach(([name, value], position) => {
    if (value === "") return;
    const values = fields.get(name) ?? [];
    values.push([octetsOf(value), position + 1]);
    fields.set(name, values);
  });
  return fields;
}

/** Names of fields that are secrets (RFC 7541 section 7.1.3). */
const SENSITIVE: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** Whether nobody on the way, and no connection, may remember the fields of a name. */
export function isSensitive(name: string): boolean {
  return SENSITIVE.has(name);
}

/**
 * Writes header blocks (RFC 7541). Those of `field` alone stand for themselves: no field is to be remembered, none was,
 * and so one block can be sent on any connection, as often as it is needed.
 */
export class HpackWriter {
  /** The first `length` are the block. */
  bytes: Uint8Array = new Uint8Array(512);
  length = 0;

  #nameBytes = new Uint8Array(64);

  clear(): void {
    this.length = 0;
  }

  /** Appends a field whose value is bytes[start, end); `name` is in lower case. */
  field(name: string, bytes: Uint8Array, start: number, end: number): void {
    const whole = wholeIndex(name, bytes, start, end);
    if (whole > 0) this.indexed(whole);
    else this.#literal(isSensitive(name) ? NEVER_INDEXED : WITHOUT_INDEXING, 4, name, bytes, start, end);
  }

  /** Appends such a field so that the peer remembers it. */
  adding(name: string, bytes: Uint8Array, start: number, end: number): void {
    this.#literal(WITH_INDEXING, 6, name, bytes, start, end);
  }

  /** Appends the field of an index. */
  indexed(index: number): void {
    this.#reserve(INTEGER_BYTES);
    this.#integer(INDEXED, 7, index);
  }

  /** Appends block[start, end), fields that were written before. */
  append(block: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    for (let i = start, at = this.length; i < end; i++, at++) this.bytes[at] = block[i];
    this.length += end - start;
  }

  #literal(form: number, bits: number, name: string, bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(3 * INTEGER_BYTES + name.length + end - start);
    const index = STATIC_NAMES.get(name) ?? 0;
    this.#integer(form, bits, index);
    if (index === 0) this.#name(name);
    this.#string(bytes, start, end);
  }

  #name(name: string): void {
    if (name.length > this.#nameBytes.length) this.#nameBytes = new Uint8Array(2 * name.length);
    const bytes = this.#nameBytes;
    for (let i = 0; i < name.length; i++) bytes[i] = name.charCodeAt(i);
    this.#string(bytes, 0, name.length);
  }

  /** RFC 7541 section 5.2, in the form that is shorter. */
  #string(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const coded = huffmanLength(bytes, start, end);
    if (coded < length) {
      this.#integer(HUFFMAN, 7, coded);
      this.length = encodeHuffman(bytes, start, end, this.bytes, this.length);
    } else {
      this.#integer(0, 7, length);
      for (let i = start; i < end; i++) this.bytes[this.length++] = bytes[i];
    }
  }

  /** RFC 7541 section 5.1. */
  #integer(form: number, prefixBits: number, value: number): void {
    const prefix = (1 << prefixBits) - 1;
    if (value < prefix) {
      this.bytes[this.length++] = form | value;
      return;
    }
    this.bytes[this.length++] = form | prefix;
    let left = value - prefix;
    for (; left >= 128; left >>>= 7) this.bytes[this.length++] = 128 | (left & 127);
    this.bytes[this.length++] = left;
  }

  #reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** The index of a field in the static table that has this value, too, or 0. */
function wholeIndex(name: string, bytes: Uint8Array, start: number, end: number): number {
  for (const [value, index] of WHOLE.get(name) ?? NO_FIELDS) {
    if (value.length !== end - start) continue;
    let same = 0;
    while (same < value.length && value[same] === bytes[start + same]) same++;
    if (same === value.length) return index;
  }
  return 0;
}

const NO_FIELDS: readonly (readonly [Uint8Array, number])[] = [];
