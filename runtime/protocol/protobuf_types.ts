/** What messages of protocol buffers are made of, ready to be looked up by reading and writing. */
import type { MessageField, MessageType, ScalarType } from "../plan_messages.ts";

/** How a value lies in the bytes (protobuf.dev/programming-guides/encoding, "Message Structure"). */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

/** Messages nest at most so deep. */
export const MOST_NESTED = 100;

/** The bytes or the JSON are no message of their type: says why. Never leaves the codec. */
export class ProtobufFault extends Error {}

/** A message type, ready to be looked up in. */
export type PreparedType = Readonly<{
  name: string;
  fields: readonly PreparedField[];
  byNumber: ReadonlyMap<number, PreparedField>;
}>;

/** A field of it. */
export type PreparedField = Readonly<{
  /** Position in the type's fields. */
  index: number;
  number: number;
  name: string;
  protoName: string;
  type: MessageField["type"];
  message: number;
  rule: MessageField["rule"];
  keyType: ScalarType | "";
  /** Of one value, and of a map's key. */
  wire: number;
  keyWire: number;
  /** `TYPE.FIELD` for those who read of faults. */
  title: string;
  names: ReadonlyMap<number, string>;
  numbers: ReadonlyMap<string, number>;
}>;

/** The same positions. */
export function prepareTypes(types: readonly MessageType[]): PreparedType[] {
  return types.map(({ name, fields }) => {
    const prepared = fields.map((field, index) => prepareField(field, index, name));
    return { name, fields: prepared, byNumber: new Map(prepared.map((field) => [field.number, field])) };
  });
}

function prepareField(field: MessageField, index: number, typeName: string): PreparedField {
  const { values, ...rest } = field;
  return {
    ...rest,
    index,
    wire: wireOf(field.type),
    keyWire: field.keyType === "" ? -1 : wireOf(field.keyType),
    title: `${typeName}.${field.name}`,
    names: new Map(values.toReversed().map(([name, value]) => [value, name])),
    numbers: new Map(values),
  };
}

function wireOf(type: MessageField["type"]): number {
  switch (type) {
    case "double":
    case "fixed64":
    case "sfixed64":
      return WIRE.fixed64;
    case "float":
    case "fixed32":
    case "sfixed32":
      return WIRE.fixed32;
    case "string":
    case "bytes":
    case "message":
      return WIRE.bytes;
    case "group":
      return WIRE.groupStart;
    case "int32":
    case "int64":
    case "uint32":
    case "uint64":
    case "sint32":
    case "sint64":
    case "bool":
    case "enum":
      return WIRE.varint;
  }
}
