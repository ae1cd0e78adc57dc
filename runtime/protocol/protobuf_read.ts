import type { ScalarType } from "../plan_messages.ts";
import type { Json } from "./json_value.ts";
import { numberOrName, shortestFloat, signedDigits, unsignedDigits } from "./protobuf_numbers.ts";
import { MOST_NESTED, type PreparedField, type PreparedType, ProtobufFault, WIRE } from "./protobuf_types.ts";
import { WireReader } from "./protobuf_wire_reader.ts";

type Scalar = string | number | boolean;
type Value = Scalar | Message;
/** A list where the field repeats. */
type Came = undefined | Value | Value[] | Map<string, Value>;

/** What was read of a message: for each field of its type what came of it. */
class Message {
  readonly type: PreparedType;
  readonly fields: Came[];

  constructor(type: PreparedType) {
    this.type = type;
    this.fields = new Array<Came>(type.fields.length).fill(undefined);
  }
}

/** Reads messages, one after the other, into the proto3 JSON mapping. */
export class MessageReader {
  readonly #types: readonly PreparedType[];
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #reader = new WireReader(new Uint8Array(0));

  constructor(types: readonly PreparedType[]) {
    this.#types = types;
  }

  /**
   * The JSON of a message, with its fields in the order of their type. Numbers of 64 bits are decimal texts. Fields that
   * are absent and have no presence are told with their defaults. Maps are in the order of the bytes, but for keys that
   * are whole numbers, which JavaScript puts first, ascending. Throws a `ProtobufFault`.
   */
  read(bytes: Uint8Array, type: number): Json {
    this.#reader = new WireReader(bytes);
    const message = new Message(this.#types[type]);
    this.#into(message, bytes.length, MOST_NESTED);
    return messageJson(message);
  }

  /** Merges the fields up to `end`, or up to the end of the `group` of that number, into a message. */
  #into(message: Message, end: number, depth: number, group = 0): void {
    const reader = this.#reader;
    if (depth < 0) throw new ProtobufFault("it nests too deep");
    while (reader.at < end || group > 0) {
      const tag = reader.tag(end);
      const number = tag >>> 3;
      if ((tag & 7) === WIRE.groupEnd && number === group) return;
      const field = message.type.byNumber.get(number);
      if (field === undefined || !this.#field(message, field, tag & 7, end, depth)) {
        reader.skip(tag, end, depth);
      }
    }
  }

  /** False where the field is of another wire type, and so is unknown. */
  #field(message: Message, field: PreparedField, wire: number, end: number, depth: number): boolean {
    const { fields } = message;
    const came = fields[field.index];
    switch (field.rule) {
      case "one":
      case "optional":
        if (wire !== field.wire) return false;
        fields[field.index] = this.#value(field, end, depth, came);
        return true;
      case "repeated":
      case "packed": {
        const values = Array.isArray(came) ? came : [];
        fields[field.index] = values;
        if (wire === field.wire) values.push(this.#value(field, end, depth));
        else if (wire === WIRE.bytes && field.wire !== WIRE.groupStart) {
          this.#packed(field, values, end, depth);
        } else return false;
        return true;
      }
      case "map": {
        if (wire !== WIRE.bytes) return false;
        const map = came instanceof Map ? came : new Map<string, Value>();
        fields[field.index] = map;
        this.#entry(field, map, end, depth);
        return true;
      }
    }
  }

  #packed(field: PreparedField, values: Value[], end: number, depth: number): void {
    const stop = this.#reader.lengthEnd(end);
    while (this.#reader.at < stop) values.push(this.#value(field, stop, depth));
  }

  /** A message of its own, whose fields are 1 and 2. */
  #entry(field: PreparedField, map: Map<string, Value>, end: number, depth: number): void {
    const reader = this.#reader;
    const stop = reader.lengthEnd(end);
    let key: Scalar = field.keyType === "" ? "" : defaultScalar(field.keyType);
    let value: Value | undefined;
    while (reader.at < stop) {
      const tag = reader.tag(stop);
      if (tag === (8 | field.keyWire) && field.keyType !== "") key = this.#scalar(field.keyType, stop);
      else if (tag === (16 | field.wire)) value = this.#value(field, stop, depth - 1, value);
      else reader.skip(tag, stop, depth);
    }
    map.set(String(key), value ?? this.#absent(field));
  }

  #absent(field: PreparedField): Value {
    return field.message >= 0 ? new Message(this.#types[field.message]) : defaultOf(field);
  }

  /** `before`: what came of a single field, into which a message is merged. */
  #value(field: PreparedField, end: number, depth: number, before?: Came): Value {
    const { type } = field;
    if (type === "enum") {
      this.#reader.varint(end);
      return field.names.get(this.#reader.low) ?? this.#reader.low;
    }
    if (type !== "message" && type !== "group") return this.#scalar(type, end);
    const message = before instanceof Message ? before : new Message(this.#types[field.message]);
    if (type === "group") this.#into(message, end, depth - 1, field.number);
    else this.#into(message, this.#reader.lengthEnd(end), depth - 1);
    return message;
  }

  #scalar(type: ScalarType, end: number): Scalar {
    const reader = this.#reader;
    switch (type) {
      case "double":
        return numberOrName(reader.double(end));
      case "float":
        return numberOrName(shortestFloat(reader.float(end)));
      case "fixed32":
        return reader.fixed32(end) >>> 0;
      case "sfixed32":
        return reader.fixed32(end);
      case "fixed64":
        reader.fixed64(end);
        return unsignedDigits(reader.low, reader.high);
      case "sfixed64":
        reader.fixed64(end);
        return signedDigits(reader.low, reader.high);
      case "string":
        return this.#text(reader.lengthEnd(end));
      case "bytes":
        return base64(reader.view(reader.lengthEnd(end)));
      default:
        reader.varint(end);
        return varintJson(type, reader.low, reader.high);
    }
  }

  #text(stop: number): string {
    const short = this.#reader.ascii(stop);
    if (short !== null) return short;
    try {
      return this.#decoder.decode(this.#reader.view(stop));
    } catch {
      throw new ProtobufFault("a text is no UTF-8");
    }
  }
}

type VarintType = "int32" | "int64" | "uint32" | "uint64" | "sint32" | "sint64" | "bool";

function varintJson(type: VarintType, low: number, high: number): Scalar {
  switch (type) {
    case "int32":
      return low;
    case "uint32":
      return low >>> 0;
    case "sint32":
      return (low >>> 1) ^ -(low & 1);
    case "int64":
      return signedDigits(low, high);
    case "uint64":
      return unsignedDigits(low, high);
    case "sint64": {
      const sign = -(low & 1);
      return signedDigits(((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign);
    }
    case "bool":
      return (low | high) !== 0;
  }
}

/** Of a field that is no message. */
function defaultOf({ type, names }: PreparedField): Scalar {
  if (type === "enum") return names.get(0) ?? 0;
  return type === "message" || type === "group" ? 0 : defaultScalar(type);
}

function defaultScalar(type: ScalarType): Scalar {
  switch (type) {
    case "string":
    case "bytes":
      return "";
    case "bool":
      return false;
    case "int64":
    case "uint64":
    case "sint64":
    case "fixed64":
    case "sfixed64":
      return "0";
    default:
      return 0;
  }
}

/** No field's name in JSON is `__proto__`, as underscores are dropped; a map's key can be. */
function messageJson(message: Message): Json {
  const { type, fields } = message;
  const json: Record<string, Json> = {};
  for (const field of type.fields) {
    const value = cameJson(field, fields[field.index]);
    if (value !== undefined) json[field.name] = value;
  }
  return json;
}

function cameJson(field: PreparedField, came: Came): Json | undefined {
  if (came === undefined) return absentJson(field);
  if (came instanceof Map) {
    return Object.fromEntries([...came].map(([key, value]) => [key, valueJson(value)]));
  }
  return Array.isArray(came) ? came.map(valueJson) : valueJson(came);
}

function absentJson(field: PreparedField): Json | undefined {
  switch (field.rule) {
    case "one":
      return field.message >= 0 ? undefined : defaultOf(field);
    case "optional":
      return undefined;
    case "repeated":
    case "packed":
      return [];
    case "map":
      return {};
  }
}

function valueJson(value: Value): Json {
  return value instanceof Message ? messageJson(value) : value;
}

/** A text from bytes: as many at once as a call may have arguments, and no padding but at the end. */
function base64(bytes: Uint8Array): string {
  const AT_ONCE = 24_576;
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + AT_ONCE)));
  }
  return text;
}
