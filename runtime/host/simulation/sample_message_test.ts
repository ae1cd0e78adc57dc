import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { MessageField, MessageType, ScalarType } from "../../plan_messages.ts";
import type { Json } from "../../protocol/json_value.ts";
import { ProtobufCodec } from "../../protocol/protobuf.ts";
import { fittedMessage } from "./sample_message.ts";

const SCALARS: readonly ScalarType[] = [
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
];

const field = (number: number, name: string, changes: Partial<MessageField>): MessageField => ({
  number,
  name,
  protoName: `${name}_`,
  type: "string",
  message: -1,
  values: [],
  rule: "one",
  keyType: "",
  ...changes,
});

/** A field of each type, a list of it, and what nests. */
const TYPES: readonly MessageType[] = [{
  name: "All",
  fields: [
    ...SCALARS.map((type, at) => field(at + 1, type, { type })),
    ...SCALARS.map((type, at) => field(at + 21, `${type}s`, { type, rule: "repeated" })),
    field(50, "state", { type: "enum", values: [["SOLD", 0], ["FREE", 3]] }),
    field(51, "inner", { type: "message", message: 0, rule: "optional" }),
    field(52, "inners", { type: "message", message: 0, rule: "repeated" }),
    field(53, "map", { type: "int32", rule: "map", keyType: "string" }),
  ],
}];

Deno.test("whatever is wanted of it, a message can be written, and what fits is kept", () => {
  const codec = new ProtobufCodec(TYPES);
  const names = TYPES[0].fields.map(({ name }) => name);
  const { value } = fc.letrec<{ value: Json; table: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<Json>("simulated", "7", "-1", "", "FREE", "true", 0, 1.5, -3, 2 ** 40, true, null),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("table"),
    ),
    table: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 8 }),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 }), (wanted) => {
      const fitted = fittedMessage(wanted, TYPES, 0);
      equal(codec.encodeValue(fitted, 0).kind, "bytes", JSON.stringify(fitted));
      deepEqual(fittedMessage(fitted, TYPES, 0), fitted, "what fits stays");
    }),
    { numRuns: 500 },
  );
});

Deno.test("what does not fit becomes something that does", () => {
  const cases: [string, Json, Json][] = [
    ["int64", "simulated", "1"],
    ["int64", 7, "7"],
    ["int64", "-7", "-7"],
    ["uint64", "-7", "1"],
    ["uint64", "18446744073709551615", "18446744073709551615"],
    ["int32", "12", 12],
    ["int32", 2 ** 31, 1],
    ["double", "simulated", 1],
    ["double", "1.5", 1.5],
    ["bool", "simulated", true],
    ["bool", "false", false],
    ["string", 3, "3"],
    ["bytes", "simulated", "c2ltdWxhdGVk"],
    ["bytes", "AAE=", "AAE="],
    ["state", "simulated", "SOLD"],
    ["state", 3, "FREE"],
    ["int32s", 5, [5]],
    ["inner", "simulated", {}],
    ["map", { a: "2", b: "x" }, { a: 2, b: 1 }],
  ];
  for (const [name, given, kept] of cases) {
    deepEqual(fittedMessage({ [name]: given }, TYPES, 0), { [name]: kept }, name);
  }
  deepEqual(fittedMessage({ int32_: 4, other: 1 }, TYPES, 0), { int32: 4 });
  deepEqual(fittedMessage("simulated", TYPES, 0), {});
});
