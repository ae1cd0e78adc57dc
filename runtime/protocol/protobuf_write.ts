import type { ScalarType } from "../plan_messages.ts";
import type { Json } from "./json_value.ts";
import { floatOf, integerOf, wideIntegerOf } from "./protobuf_numbers.ts";
import { MOST_NESTED, type PreparedField, type PreparedType, ProtobufFault, WIRE } from "./protobuf_types.ts";
import { WireWriter } from "./protobuf_wire_writer.ts";

type Table = Readonly<Record<string, Json>>;

/** Writes messages that are given in the proto3 JSON mapping, one after the other. */
export class MessageWriter {
  readonly #types: readonly PreparedType[];
  readonly #writer = new WireWriter();

  constructor(types: readonly PreparedType[]) {
    this.#types = types;
  }

  /**
   * The bytes of a message, good until the next is written: fields in the order of their type, given under either name; `null` is absent. Beyond the
   * mapping, a bool may be the text `true` or `false`, and an enum's number a text, since texts are what templates
   * make. Throws a `ProtobufFault`.
   */
  write(value: Json, type: number): Uint8Array {
    this.#writer.length = 0;
    this.#message(value, this.#types[type], this.#types[type].name, MOST_NESTED);
    return this.#writer.written();
  }

  #message(value: Json, type: PreparedType, title: string, depth: number): void {
    if (!isTable(value)) throw misfit(title, value, `message ${type.name}`);
    if (depth < 0) throw new ProtobufFault(`${title} nests too deep`);
    let known = 0;
    for (const field of type.fields) {
      const own = Object.hasOwn(value, field.name);
      if (own) known++;
      const other = field.protoName !== field.name && Object.hasOwn(value, field.protoName);
      if (other) known++;
      if (own && other) throw new ProtobufFault(`${field.title} is given twice`);
      const given = own ? value[field.name] : other ? value[field.protoName] : null;
      if (given !== null) this.#field(field, given, depth);
    }
    if (known < Object.keys(value).length) throw unknownField(value, type);
  }

  #field(field: PreparedField, given: Json, depth: number): void {
    switch (field.rule) {
      case "one":
        return this.#unlessDefault(field, given, depth);
      case "optional":
        return this.#tagged(field, field.number, given, depth);
      case "repeated":
        for (const one of listOf(field, given)) this.#tagged(field, field.number, one, depth);
        return;
      case "packed":
        return this.#packed(field, listOf(field, given), depth);
      case "map":
        if (!isTable(given)) throw misfit(field.title, given, "map");
        for (const [key, value] of Object.entries(given)) this.#entry(field, key, value, depth);
        return;
    }
  }

  /** What has no presence is written where it says something. The bytes of every default are zeros, and of nothing else. */
  #unlessDefault(field: PreparedField, given: Json, depth: number): void {
    const before = this.#writer.length;
    this.#tag(field.number, field.wire);
    const start = this.#writer.length;
    this.#value(field, given, depth);
    if (this.#writer.isZerosFrom(start)) this.#writer.length = before;
  }

  #packed(field: PreparedField, values: readonly Json[], depth: number): void {
    if (values.length === 0) return;
    this.#tag(field.number, WIRE.bytes);
    const begin = this.#writer.beginBytes();
    for (const one of values) this.#value(field, one, depth);
    this.#writer.endBytes(begin);
  }

  #entry(field: PreparedField, key: string, value: Json, depth: number): void {
    this.#tag(field.number, WIRE.bytes);
    const begin = this.#writer.beginBytes();
    if (field.keyType !== "") {
      this.#tag(1, field.keyWire);
      this.#scalar(field.keyType, key, field.title);
    }
    this.#tagged(field, 2, value, depth);
    this.#writer.endBytes(begin);
  }

  #tagged(field: PreparedField, number: number, value: Json, depth: number): void {
    this.#tag(number, field.wire);
    this.#value(field, value, depth);
    if (field.type === "group") this.#tag(number, WIRE.groupEnd);
  }

  #tag(number: number, wire: number): void {
    this.#writer.varint((number << 3) | wire);
  }

  #value(field: PreparedField, value: Json, depth: number): void {
    switch (field.type) {
      case "message": {
        const begin = this.#writer.beginBytes();
        this.#message(value, this.#types[field.message], field.title, depth - 1);
        return this.#writer.endBytes(begin);
      }
      case "group":
        return this.#message(value, this.#types[field.message], field.title, depth - 1);
      case "enum":
        return this.#int32(enumNumber(field, value));
      default:
        return this.#scalar(field.type, value, field.title);
    }
  }

  /** Below 0 it has ten bytes, as if it were a number of 64 bits. */
  #int32(value: number): void {
    if (value < 0) this.#writer.varint64(BigInt.asUintN(64, BigInt(value)));
    else this.#writer.varint(value);
  }

  #scalar(type: ScalarType, value: Json, title: string): void {
    const writer = this.#writer;
    switch (type) {
      case "double":
        return writer.double(number(type, value, title));
      case "float":
        return writer.float(float(value, title));
      case "int32":
        return this.#int32(signed(type, value, title));
      case "sint32": {
        const whole = signed(type, value, title);
        return writer.varint((whole << 1) ^ (whole >> 31));
      }
      case "sfixed32":
        return writer.fixed32(signed(type, value, title));
      case "uint32":
        return writer.varint(unsigned(type, value, title));
      case "fixed32":
        return writer.fixed32(unsigned(type, value, title));
      case "int64":
      case "uint64":
        return writer.varint64(wide(type, value, title));
      case "sint64": {
        const whole = BigInt.asIntN(64, wide(type, value, title));
        return writer.varint64(BigInt.asUintN(64, (whole << 1n) ^ (whole >> 63n)));
      }
      case "fixed64":
      case "sfixed64":
        return writer.fixed64(wide(type, value, title));
      case "bool":
        return writer.varint(bool(value, title) ? 1 : 0);
      case "string":
        if (typeof value !== "string") throw misfit(title, value, type);
        return writer.text(value);
      case "bytes":
        return writer.bytes(fromBase64(value, title));
    }
  }
}

function isTable(value: Json): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function listOf(field: PreparedField, given: Json): readonly Json[] {
  if (!Array.isArray(given)) throw misfit(field.title, given, "list");
  return given;
}

function unknownField(value: Table, type: PreparedType): ProtobufFault {
  const known = new Set(type.fields.flatMap((field) => [field.name, field.protoName]));
  const unknown = Object.keys(value).find((key) => !known.has(key)) ?? "";
  return new ProtobufFault(`${type.name} has no field ${JSON.stringify(unknown)}`);
}

const SHOWN_LETTERS = 60;

function misfit(title: string, value: Json, wanted: string): ProtobufFault {
  const shown = JSON.stringify(value);
  const cut = shown.length > SHOWN_LETTERS ? `${shown.slice(0, SHOWN_LETTERS)}…` : shown;
  return new ProtobufFault(`${title}: ${cut} is no ${wanted}`);
}

function enumNumber(field: PreparedField, value: Json): number {
  const named = typeof value === "string" ? field.numbers.get(value) : undefined;
  const number = named ?? integerOf(value, -(2 ** 31), 2 ** 31 - 1);
  if (number === null) throw misfit(field.title, value, "value of the enum");
  return number;
}

function number(type: ScalarType, value: Json, title: string): number {
  const number = floatOf(value);
  if (number === null) throw misfit(title, value, type);
  return number;
}

/** What is finite must stay so. */
function float(value: Json, title: string): number {
  const exact = number("float", value, title);
  if (Number.isFinite(exact) && !Number.isFinite(Math.fround(exact))) throw misfit(title, value, "float");
  return exact;
}

function signed(type: ScalarType, value: Json, title: string): number {
  const whole = integerOf(value, -(2 ** 31), 2 ** 31 - 1);
  if (whole === null) throw misfit(title, value, type);
  return whole;
}

function unsigned(type: ScalarType, value: Json, title: string): number {
  const whole = integerOf(value, 0, 2 ** 32 - 1);
  if (whole === null) throw misfit(title, value, type);
  return whole;
}

function wide(type: ScalarType, value: Json, title: string): bigint {
  const bits = wideIntegerOf(value, type !== "uint64" && type !== "fixed64");
  if (bits === null) throw misfit(title, value, type);
  return bits;
}

function bool(value: Json, title: string): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw misfit(title, value, "bool");
}

/** Either alphabet of RFC 4648, with or without padding. */
function fromBase64(value: Json, title: string): Uint8Array {
  const plain = typeof value === "string" && /^[\w+/-]*={0,2}$/.test(value) ? value.replace(/=+$/, "") : null;
  if (plain === null || plain.length % 4 === 1) throw misfit(title, value, "base64");
  const binary = atob(plain.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
