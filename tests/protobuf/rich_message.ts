/** For tests: a message with a field of every kind, as a `.proto` file, as a table of types, and as random values. */
import fc from "fast-check";
import { readProtos } from "../../compiler/protos/read_protos.ts";
import type { Json } from "../../runtime/protocol/json_value.ts";
import type { MessageType } from "../../runtime/plan_messages.ts";

const SCALARS = [
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
] as const;
const PACKABLE = SCALARS.filter((type) => type !== "string" && type !== "bytes");

/** Fields: `one_TYPE`, `maybe_TYPE`, `many_TYPE`, `loose_TYPE` (not packed), `map_TYPE`, and those of messages and enums. */
export const RICH_PROTO = `syntax = "proto3";
package test;
enum Colour { NONE = 0; RED = 1; GREEN = 2; BELOW = -1; }
message Rich {
${SCALARS.map((type, i) => `  ${type} one_${type} = ${1 + i};`).join("\n")}
${SCALARS.map((type, i) => `  optional ${type} maybe_${type} = ${21 + i};`).join("\n")}
${SCALARS.map((type, i) => `  repeated ${type} many_${type} = ${41 + i};`).join("\n")}
${PACKABLE.map((type, i) => `  repeated ${type} loose_${type} = ${61 + i} [packed = false];`).join("\n")}
${SCALARS.map((type, i) => `  map<string, ${type}> map_${type} = ${81 + i};`).join("\n")}
  Colour one_colour = 101;
  optional Colour maybe_colour = 102;
  repeated Colour many_colour = 103;
  map<int32, Colour> by_number = 104;
  Rich child = 105;
  repeated Rich children = 106;
  map<bool, Rich> by_truth = 107;
  map<sint64, string> by_wide = 108;
  oneof choice { string chosen_text = 109; uint32 chosen_number = 18999; }
}
service Test { rpc Call(Rich) returns (Rich); }
`;

/** The types of a `.proto` file, whose service has a method `Call`; and the type that it takes. */
export function typesOf(proto: string): { types: readonly MessageType[]; type: number } {
  const protos = readProtos(["test.proto"], () => new TextEncoder().encode(proto));
  if (!("types" in protos)) throw new Error(JSON.stringify(protos));
  const [method] = protos.methods.values();
  return { types: protos.types, type: method.requestType };
}

const LETTERS = fc.string({ unit: "grapheme", maxLength: 8 });
const ROUND = fc.constantFrom(0, 1, -1, 127, 128, 16_383, 16_384, 2 ** 31 - 1);

function wide(least: bigint, most: bigint): fc.Arbitrary<Json> {
  const edges = fc.constantFrom(least, most, 0n, 1n, 127n, 128n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 32n);
  return fc.oneof(edges, fc.bigInt({ min: least, max: most })).map(String);
}

function integer(least: number, most: number): fc.Arbitrary<Json> {
  return fc.oneof(
    fc.constantFrom(least, most),
    ROUND.filter((n) => n >= least),
    fc.integer({ min: least, max: most }),
  );
}

function scalar(type: string): fc.Arbitrary<Json> {
  switch (type) {
    case "double":
      return fc.oneof(
        fc.double({ noDefaultInfinity: true, noNaN: true }),
        fc.constantFrom("NaN", "Infinity", "-Infinity"),
      );
    case "float":
      return fc.constantFrom(0, 0.1, -1.5, 1e30, 16_777_216, 3.4028235e38, 1e-45, "-Infinity");
    case "int32":
    case "sint32":
    case "sfixed32":
      return integer(-(2 ** 31), 2 ** 31 - 1);
    case "uint32":
    case "fixed32":
      return integer(0, 2 ** 32 - 1);
    case "int64":
    case "sint64":
    case "sfixed64":
      return wide(-(2n ** 63n), 2n ** 63n - 1n);
    case "uint64":
    case "fixed64":
      return wide(0n, 2n ** 64n - 1n);
    case "bool":
      return fc.boolean();
    case "bytes":
      return fc.uint8Array({ maxLength: 8 }).map((bytes) => btoa(String.fromCharCode(...bytes)));
    default:
      return LETTERS;
  }
}

const COLOUR = fc.constantFrom<Json>("NONE", "RED", "GREEN", "BELOW", 7, -7);

/** Random values of it in JSON, in the order of the fields; of a few fields, as there are many. */
export const richMessage: fc.Arbitrary<Json> = fc.letrec<{ message: Json; fields: Json }>((tie) => {
  const list = (item: fc.Arbitrary<Json>) => fc.array(item, { minLength: 1, maxLength: 4 });
  const map = (key: fc.Arbitrary<string>, value: fc.Arbitrary<Json>) =>
    fc.uniqueArray(fc.tuple(key, value), { minLength: 1, maxLength: 3, selector: ([key]) => key })
      .map((entries) => Object.fromEntries(entries));
  const fields: [string, fc.Arbitrary<Json>][] = [
    ...SCALARS.map((type): [string, fc.Arbitrary<Json>] => [`one_${type}`, scalar(type)]),
    ...SCALARS.map((type): [string, fc.Arbitrary<Json>] => [`maybe_${type}`, scalar(type)]),
    ...SCALARS.map((type): [string, fc.Arbitrary<Json>] => [`many_${type}`, list(scalar(type))]),
    ...PACKABLE.map((type): [string, fc.Arbitrary<Json>] => [`loose_${type}`, list(scalar(type))]),
    ...SCALARS.map((type): [string, fc.Arbitrary<Json>] => [`map_${type}`, map(LETTERS, scalar(type))]),
    ["one_colour", COLOUR],
    ["maybe_colour", COLOUR],
    ["many_colour", list(COLOUR)],
    ["by_number", map(integer(-(2 ** 31), 2 ** 31 - 1).map(String), COLOUR)],
    ["child", tie("message")],
    ["children", list(tie("message"))],
    ["by_truth", map(fc.constant("true"), tie("message"))],
    ["by_wide", map(wide(-(2n ** 63n), 2n ** 63n - 1n).map(String), LETTERS)],
  ];
  const chosen = fc.constantFrom<[string, fc.Arbitrary<Json>]>(
    ["chosen_text", LETTERS],
    ["chosen_number", integer(0, 2 ** 32 - 1)],
  );
  const some = fc.tuple(fc.subarray(fields, { maxLength: 10 }), fc.option(chosen)).chain(
    ([fields, choice]) => {
      const all = choice === null ? fields : [...fields, choice];
      return fc.tuple(...all.map(([name, value]) => value.map((json) => [name, json] as const)));
    },
  ).map((entries): Json => Object.fromEntries(entries));
  return {
    message: fc.oneof({ maxDepth: 3, depthIdentifier: "rich" }, fc.constant<Json>({}), tie("fields")),
    fields: some,
  };
}).fields;
