import type { MessageField, MessageType } from "../../plan_messages.ts";
import type { Json } from "../../protocol/json_value.ts";

const ANY_BYTES = btoa("simulated");
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What of a JSON value a message of the type can hold: values that do not fit their field become some that do. */
export function fittedMessage(value: Json, types: readonly MessageType[], type: number): Json {
  const table = new Map(Object.entries(isTable(value) ? value : {}));
  const fitted = types[type].fields.flatMap((field): [string, Json][] => {
    const given = table.get(field.name) ?? table.get(field.protoName) ?? null;
    return given === null ? [] : [[field.name, fittedField(given, types, field)]];
  });
  return Object.fromEntries(fitted);
}

function fittedField(value: Json, types: readonly MessageType[], field: MessageField): Json {
  switch (field.rule) {
    case "one":
    case "optional":
      return fittedValue(value, types, field);
    case "repeated":
    case "packed":
      return (isList(value) ? value : [value]).map((one) => fittedValue(one, types, field));
    case "map":
      return Object.fromEntries(
        Object.entries(isTable(value) ? value : {}).map((
          [key, one],
        ) => [key, fittedValue(one, types, field)]),
      );
  }
}

function fittedValue(
  value: Json,
  types: readonly MessageType[],
  { type, message, values }: MessageField,
): Json {
  switch (type) {
    case "message":
    case "group":
      return fittedMessage(value, types, message);
    case "enum": {
      const known = values.find(([name, number]) => name === value || number === value);
      return known?.[0] ?? values.at(0)?.[0] ?? 0;
    }
    case "string":
      return typeof value === "string" ? value : JSON.stringify(value);
    case "bytes":
      return typeof value === "string" && BASE64.test(value) ? value : ANY_BYTES;
    case "bool":
      return value !== false && value !== "false";
    case "double":
    case "float":
      return Number.isFinite(numberOf(value)) ? numberOf(value) : 1;
    case "int32":
    case "sint32":
    case "sfixed32":
      return wholeWithin(value, -(2 ** 31), 2 ** 31 - 1);
    case "uint32":
    case "fixed32":
      return wholeWithin(value, 0, 2 ** 32 - 1);
    case "int64":
    case "sint64":
    case "sfixed64":
      return longWithin(value, -(2n ** 63n), 2n ** 63n - 1n);
    case "uint64":
    case "fixed64":
      return longWithin(value, 0n, 2n ** 64n - 1n);
  }
}

function wholeWithin(value: Json, least: number, most: number): number {
  const number = numberOf(value);
  return Number.isInteger(number) && number >= least && number <= most ? number : 1;
}

/** Numbers of 64 bits are texts. */
function longWithin(value: Json, least: bigint, most: bigint): string {
  const text = typeof value === "number" || typeof value === "string" ? String(value) : "";
  if (!/^-?\d{1,20}$/.test(text)) return "1";
  return BigInt(text) >= least && BigInt(text) <= most ? text : "1";
}

function numberOf(value: Json): number {
  return typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : NaN;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isTable(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !isList(value);
}
