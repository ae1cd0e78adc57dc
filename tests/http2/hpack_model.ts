/** HPACK (RFC 7541) as its text says it, on strings and lists: slow, and nothing shared with the codec but two tables. */
import { decodeHuffman, encodeHuffman, huffmanLength } from "../../runtime/protocol/hpack_huffman.ts";
import { STATIC_FIELDS } from "../../runtime/protocol/hpack_static_table.ts";

export type ModelField = readonly [name: string, value: string];

/** A choice among `below` ways to write the same. */
export type Choose = (below: number) => number;

class Table {
  limit = 4096;
  entries: ModelField[] = [];

  add(field: ModelField): void {
    this.entries.unshift(field);
    this.evict();
  }

  evict(): void {
    const size = () => this.entries.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0);
    while (size() > this.limit) this.entries.pop();
  }

  get all(): readonly ModelField[] {
    return [...STATIC_FIELDS, ...this.entries];
  }
}

/** Writes fields in any way that the RFC allows. */
export class ModelEncoder {
  readonly #table = new Table();

  encode(fields: readonly ModelField[], choose: Choose): Uint8Array {
    const out: number[] = [];
    if (choose(8) === 0) {
      this.#table.limit = choose(2) === 0 ? 0 : choose(4097);
      this.#table.evict();
      integer(out, 0x20, 5, this.#table.limit);
    }
    for (const [name, value] of fields) this.#field(out, name, value, choose);
    return Uint8Array.from(out);
  }

  #field(out: number[], name: string, value: string, choose: Choose): void {
    const all = this.#table.all;
    const whole = all.flatMap(([n, v], i) => n === name && v === value ? [i + 1] : []);
    if (whole.length > 0 && choose(4) > 0) return integer(out, 0x80, 7, whole[choose(whole.length)]);
    const named = all.flatMap(([n], i) => n === name ? [i + 1] : []);
    const index = named.length > 0 && choose(4) > 0 ? named[choose(named.length)] : 0;
    const [form, bits] = ([[0x40, 6], [0, 4], [0x10, 4]] as const)[choose(3)];
    integer(out, form, bits, index);
    if (index === 0) text(out, name, choose);
    text(out, value, choose);
    if (form === 0x40) this.#table.add([name, value]);
  }
}

/** Reads what is well formed. */
export class ModelDecoder {
  readonly #table = new Table();

  decode(bytes: Uint8Array): ModelField[] {
    const fields: ModelField[] = [];
    let at = 0;
    const readInteger = (bits: number): number => {
      const prefix = 2 ** bits - 1;
      let value = bytes[at++] & prefix;
      if (value < prefix) return value;
      for (let shift = 0;; shift += 7) {
        value += (bytes[at] & 127) * 2 ** shift;
        if (bytes[at++] < 128) return value;
      }
    };
    const readText = (): string => {
      const isCoded = bytes[at] >= 128;
      const length = readInteger(7);
      const octets = bytes.subarray(at, at += length);
      if (!isCoded) return String.fromCharCode(...octets);
      const into = new Uint8Array(2 * length);
      return String.fromCharCode(...into.subarray(0, decodeHuffman(octets, 0, length, into, 0)));
    };
    while (at < bytes.length) {
      const form = bytes[at];
      if (form >= 0x80) {
        fields.push(this.#table.all[readInteger(7) - 1]);
      } else if (form >= 0x20 && form < 0x40) {
        this.#table.limit = readInteger(5);
        this.#table.evict();
      } else {
        const index = readInteger(form >= 0x40 ? 6 : 4);
        const name = index === 0 ? readText() : this.#table.all[index - 1][0];
        const field = [name, readText()] as const;
        fields.push(field);
        if (form >= 0x40) this.#table.add(field);
      }
    }
    return fields;
  }
}

function integer(out: number[], form: number, bits: number, value: number): void {
  const prefix = 2 ** bits - 1;
  if (value < prefix) return void out.push(form + value);
  out.push(form + prefix);
  let left = value - prefix;
  for (; left >= 128; left = Math.floor(left / 128)) out.push(128 + left % 128);
  out.push(left);
}

function text(out: number[], value: string, choose: Choose): void {
  const octets = Uint8Array.from(value, (letter) => letter.charCodeAt(0));
  if (choose(2) === 0) {
    integer(out, 0, 7, octets.length);
    out.push(...octets);
  } else {
    const coded = new Uint8Array(huffmanLength(octets, 0, octets.length));
    encodeHuffman(octets, 0, octets.length, coded, 0);
    integer(out, 0x80, 7, coded.length);
    out.push(...coded);
  }
}
