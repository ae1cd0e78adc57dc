import assert from "node:assert/strict";
import { RICH_PROTO, typesOf } from "../../tests/protobuf/rich_message.ts";
import { hex } from "../../tests/websocket/websocket_reading.ts";
import type { Json } from "./json_value.ts";
import { ProtobufCodec } from "./protobuf.ts";

/** The messages of protobuf.dev/programming-guides/encoding, as one, and the kinds that proto3 does not have. */
const PROTO = `syntax = "proto2";
package test;
message Test {
  optional int32 a = 1;
  optional string b = 2;
  optional Test c = 3;
  optional string d = 4;
  repeated int32 e = 5;
  repeated int32 f = 6 [packed = true];
  map<string, int32> g = 7;
  optional group Item = 8 { optional int32 a = 1; repeated group Part = 2 { optional string name = 1; } }
  optional sint32 h = 9;
  optional int64 i = 10;
  optional double j = 11;
  optional bytes k = 12;
  optional bool l = 13;
  map<bool, Test> m = 14;
  repeated Test n = 15;
  optional fixed32 o = 16;
}
service Service { rpc Call(Test) returns (Test); }
`;

const { types, type } = typesOf(PROTO);
const codec = new ProtobufCodec(types);

function octets(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
}

/** Fields that are there always; where there is nothing in them they are left out below. */
const ALWAYS = ["e", "f", "g", "m", "n", "part"];

function decoded(digits: string): unknown {
  const decoded = codec.decode(octets(digits), type);
  return decoded.kind === "fault" ? decoded.words : withoutEmpty(decoded.json);
}

function withoutEmpty(json: Json): Json {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(withoutEmpty);
  const entries = Object.entries(json).filter(([name, value]) =>
    !ALWAYS.includes(name) || Object.keys(value as object).length > 0
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, withoutEmpty(value)]));
}

const VECTORS: readonly (readonly [json: Record<string, Json>, digits: string])[] = [
  [{}, ""],
  [{ a: 150 }, "08 9601"],
  [{ b: "testing" }, "12 07 74657374696e67"],
  [{ c: { a: 150 } }, "1a 03 08 9601"],
  [{ d: "hello", e: [1, 2, 3] }, "22 05 68656c6c6f 28 01 28 02 28 03"],
  [{ f: [3, 270, 86942] }, "32 06 03 8e02 9ea705"],
  [{ g: { one: 1, two: -2 } }, "3a07 0a036f6e65 1001 3a10 0a0374776f 10feffffffffffffffff01"],
  [{ a: -2 }, "08 feffffffffffffffff01"],
  [{ h: -1 }, "48 01"],
  [{ h: -2147483648 }, "48 ffffffff0f"],
  [{ h: 2147483647 }, "48 feffffff0f"],
  [{ i: "-9223372036854775808" }, "50 80808080808080808001"],
  [{ i: "9007199254740993" }, "50 8180808080808010"],
  [{ i: "-9007199254740993" }, "50 ffffffffffffffefff01"],
  [{ j: 25.4 }, "59 6666666666663940"],
  [{ j: "-Infinity" }, "59 000000000000f0ff"],
  [{ k: "AP+A" }, "62 03 00ff80"],
  [{ l: true }, "68 01"],
  [{ l: false }, "68 00"],
  [{ m: { false: { a: 1 } } }, "72 06 0800 1202 0801"],
  [{ o: 4294967295 }, "8501 ffffffff"],
  [{ item: { a: 1, part: [{ name: "x" }, { name: "y" }] } }, "43 08 01 13 0a0178 14 13 0a0179 14 44"],
];
for (const [json, digits] of VECTORS) {
  Deno.test(`protobuf: ${JSON.stringify(json)} is ${digits}, and the other way`, () => {
    const encoded = codec.encodeValue(json, type);
    assert.equal(encoded.kind === "bytes" ? hex(encoded.bytes) : encoded.words, digits.replaceAll(" ", ""));
    assert.deepEqual(decoded(digits), json);
  });
}

const READ: readonly (readonly [name: string, digits: string, json: unknown])[] = [
  ["the last of a single field counts", "0801 0802", { a: 2 }],
  ["messages of a single field are merged", "1a020801 1a03120178 1a040803 2802", {
    c: { a: 3, b: "x", e: [2] },
  }],
  ["so are groups", "43 0801 44 43 130a0178 14 44", { item: { a: 1, part: [{ name: "x" }] } }],
  ["packed and not, whatever the rule says", "2801 2a020203 2804 3005 32020607 3008", {
    e: [1, 2, 3, 4],
    f: [5, 6, 7, 8],
  }],
  ["packed, and nothing", "2a00 0801", { a: 1 }],
  ["unknown fields of every kind", "f80601 f9060000000000000000 fa0602ffff fd0600000000 0801", { a: 1 }],
  ["an unknown group, with groups and known numbers in it", "fb06 0807 0b fb06 fc06 0c fc06 0801", { a: 1 }],
  ["a known number of another wire type is unknown", "0a0178 0d00000000 1007 0801", { a: 1 }],
  ["a map's entry without a value, without a key, and without both", "3a030a0178 3a021007 72020801", {
    g: { x: 0, "": 7 },
    m: { true: {} },
  }],
  [
    "the last of a map's entries counts, and so does the last of its key",
    "3a050a01781001 3a080a01790a01781002",
    { g: { x: 2 } },
  ],
  ["a key that objects have already", "3a0d0a095f5f70726f746f5f5f1001", {
    g: Object.fromEntries([["__proto__", 1]]),
  }],
  ["a number longer than its type loses its high bits", "0881808080f0ffffffff01 688080808010", {
    a: 1,
    l: true,
  }],
  ["a number in more bytes than it needs", "088180808000", { a: 1 }],
  ["ten bytes, of the last of which one bit counts", "50ffffffffffffffffff7f", { i: "-1" }],
];
for (const [name, digits, json] of READ) {
  Deno.test(`protobuf: reads ${name}`, () => assert.deepEqual(decoded(digits), json));
}

const MALFORMED: readonly (readonly [name: string, digits: string, words: RegExp])[] = [
  ["a field without a value", "08", /a number is cut off$/],
  ["a number that is cut off", "0880", /a number is cut off$/],
  ["a number of eleven bytes", "08ffffffffffffffffffff01", /longer than ten bytes$/],
  ["half a double", "5900000000", /a number is cut off$/],
  ["half a fixed32", "85010000", /a number is cut off$/],
  ["a text that is cut off", "120378", /a value is cut off$/],
  ["a length of 2^32", "128080808010", /a value is cut off$/],
  ["a length below 0", "12ffffffffffffffffff01", /a value is cut off$/],
  ["a message longer than the one around it", "1a03 0a0478 0801", /cut off$/],
  ["a packed number that ends behind its list", "320180 01", /a number is cut off$/],
  ["field 0", "0001", /no field of that number$/],
  ["a field number above 2^29 − 1", "888080801001", /no field of that number$/],
  ["wire type 6", "0e", /no wire type 6 here$/],
  ["wire type 7 in an unknown field", "ff06", /no wire type 7 here$/],
  ["a group's end alone", "44", /no wire type 4 here$/],
  ["a group that does not end", "430801", /a number is cut off$/],
  ["a group that another ends", "43080114", /no wire type 4 here$/],
  ["an unknown group that another ends", "fb06 f406", /ends that did not begin$/],
  ["a text that is no UTF-8", "1201ff", /no UTF-8$/],
  ["unknown groups that are too deep", "fb06".repeat(150), /too deep$/],
];
for (const [name, digits, words] of MALFORMED) {
  Deno.test(`protobuf: fails at ${name}`, () => assert.match(String(decoded(digits)), words));
}

Deno.test("protobuf: a length has as many bytes as it needs", () => {
  for (const length of [0, 1, 123, 124, 125, 126, 16_378, 16_379, 16_380, 16_381, 2_097_144, 2_097_150]) {
    const json = { c: { c: { b: "x".repeat(length) }, l: true } };
    const encoded = codec.encodeValue(json, type);
    assert.ok(encoded.kind === "bytes");
    const decoded = codec.decode(encoded.bytes, type);
    assert.deepEqual(decoded.kind === "json" && withoutEmpty(decoded.json), json, String(length));
  }
});

Deno.test("protobuf: of an enum's number with two names the first is told, and both are taken", () => {
  const { types, type } = typesOf(
    `syntax = "proto3"; message Light { Colour colour = 1; } service S { rpc Call(Light) returns (Light); }
     enum Colour { option allow_alias = true; NONE = 0; RED = 1; ROUGE = 1; }`,
  );
  const codec = new ProtobufCodec(types);
  for (const colour of ["RED", "ROUGE"]) {
    const encoded = codec.encodeValue({ colour }, type);
    assert.ok(encoded.kind === "bytes");
    assert.deepEqual(codec.decode(encoded.bytes, type), { kind: "json", json: { colour: "RED" } });
  }
});

/** Message in message. */
function nested(depth: number): string {
  let digits: number[] = [];
  for (let i = 0; i < depth; i++) {
    digits = [
      0x1a,
      ...digits.length < 128 ? [digits.length] : [digits.length & 127 | 128, digits.length >> 7],
      ...digits,
    ];
  }
  return hex(digits);
}

Deno.test("protobuf: messages nest a hundred deep, and no deeper, in bytes and in JSON", () => {
  const json = (depth: number): Json => depth === 0 ? {} : { c: json(depth - 1) };
  const jsonDepth = (value: Json): number => {
    const { c } = value as { c?: Json };
    return c === undefined ? 0 : 1 + jsonDepth(c);
  };
  const decoded = codec.decode(octets(nested(100)), type);
  assert.ok(decoded.kind === "json" && jsonDepth(decoded.json) === 100);
  assert.deepEqual(codec.decode(octets(nested(101)), type), {
    kind: "fault",
    words: "test.Test: it nests too deep",
  });
  const encoded = codec.encodeValue(json(100), type);
  assert.equal(encoded.kind === "bytes" && hex(encoded.bytes), nested(100));
  assert.deepEqual(codec.encodeValue(json(101), type), {
    kind: "fault",
    words: "test.Test.c nests too deep",
  });
});

Deno.test("protobuf: groups nest as deep", () => {
  const field = { number: 1, name: "node", protoName: "node", message: 0, values: [] } as const;
  const node = {
    name: "Node",
    fields: [{ ...field, type: "group", rule: "optional", keyType: "" } as const],
  };
  const codec = new ProtobufCodec([node]);
  const bytes = (depth: number) => octets("0b".repeat(depth) + "0c".repeat(depth));
  const decoded = codec.decode(bytes(100), 0);
  assert.ok(decoded.kind === "json");
  const encoded = codec.encodeValue(decoded.json, 0);
  assert.ok(encoded.kind === "bytes" && hex(encoded.bytes) === hex(bytes(100)));
  assert.deepEqual(codec.decode(bytes(101), 0), { kind: "fault", words: "Node: it nests too deep" });
});

Deno.test("protobuf: what is absent and has no presence is told with its default", () => {
  const rich = typesOf(RICH_PROTO);
  const decoded = new ProtobufCodec(rich.types).decode(new Uint8Array(0), rich.type);
  assert.ok(decoded.kind === "json");
  const json = decoded.json as Record<string, Json>;
  assert.deepEqual(
    [
      json.oneInt32,
      json.oneInt64,
      json.oneString,
      json.oneBool,
      json.oneColour,
      json.manyInt32,
      json.mapString,
    ],
    [0, "0", "", false, "NONE", [], {}],
  );
  for (const name of ["maybeInt32", "maybeColour", "child", "chosenText"]) assert.ok(!(name in json), name);
});

const rich = typesOf(RICH_PROTO);
const richCodec = new ProtobufCodec(rich.types);

const WRITTEN: readonly (readonly [name: string, text: string, same: string])[] = [
  ["names of the source", `{"one_int32":1}`, `{"oneInt32":1}`],
  ["null as absent", `{"oneInt32":null,"child":null,"manyInt32":null}`, `{}`],
  [
    "defaults that need no bytes",
    `{"oneInt32":0,"oneString":"","oneBool":false,"oneColour":"NONE","oneInt64":"0"}`,
    `{}`,
  ],
  [
    "texts of numbers",
    `{"oneInt32":"-7","oneDouble":"1.5e3","oneUint64":"5.0"}`,
    `{"oneInt32":-7,"oneDouble":1500,"oneUint64":5}`,
  ],
  [
    "whole numbers with a fraction of zero",
    `{"oneInt32":1.0,"oneInt64":1e3}`,
    `{"oneInt32":1,"oneInt64":"1000"}`,
  ],
  [
    "long numbers, every digit",
    `{"oneInt64":9007199254740993,"manyUint64":[18446744073709551615]}`,
    `{"oneInt64":"9007199254740993","manyUint64":["18446744073709551615"]}`,
  ],
  [
    "long numbers that are doubles",
    `{"oneDouble":12345678901234567890}`,
    `{"oneDouble":"12345678901234567890"}`,
  ],
  ["texts of bools", `{"oneBool":"true","maybeBool":"false"}`, `{"oneBool":true,"maybeBool":false}`],
  ["numbers of enums", `{"oneColour":1,"maybeColour":"-1"}`, `{"oneColour":"RED","maybeColour":"BELOW"}`],
  [
    "base64 of either alphabet, padded or not",
    `{"oneBytes":"-_8","maybeBytes":"+/8="}`,
    `{"oneBytes":"+/8=","maybeBytes":"-_8="}`,
  ],
];
for (const [name, text, same] of WRITTEN) {
  Deno.test(`protobuf: writes ${name}`, () => {
    const written = (json: string) => {
      const encoded = richCodec.encode(json, rich.type);
      return encoded.kind === "bytes" ? hex(encoded.bytes) : encoded.words;
    };
    assert.equal(written(text), written(same));
    assert.match(written(text), /^[0-9a-f]*$/);
  });
}

const UNFIT: readonly (readonly [text: string, words: string])[] = [
  ["{", "the message is no JSON"],
  ["[]", "test.Rich: [] is no message test.Rich"],
  [`{"oneInt33":1}`, 'test.Rich has no field "oneInt33"'],
  [`{"constructor":1}`, 'test.Rich has no field "constructor"'],
  [`{"oneInt32":1,"one_int32":1}`, "test.Rich.oneInt32 is given twice"],
  [`{"oneInt32":"x"}`, 'test.Rich.oneInt32: "x" is no int32'],
  [`{"oneInt32":""}`, 'test.Rich.oneInt32: "" is no int32'],
  [`{"oneInt32":" 1"}`, 'test.Rich.oneInt32: " 1" is no int32'],
  [`{"oneInt32":1.5}`, "test.Rich.oneInt32: 1.5 is no int32"],
  [`{"oneInt32":2147483648}`, "test.Rich.oneInt32: 2147483648 is no int32"],
  [`{"oneSint32":-2147483649}`, "test.Rich.oneSint32: -2147483649 is no sint32"],
  [`{"oneUint32":-1}`, "test.Rich.oneUint32: -1 is no uint32"],
  [`{"oneFixed32":4294967296}`, "test.Rich.oneFixed32: 4294967296 is no fixed32"],
  [`{"oneInt64":"9223372036854775808"}`, 'test.Rich.oneInt64: "9223372036854775808" is no int64'],
  [`{"oneUint64":-1}`, "test.Rich.oneUint64: -1 is no uint64"],
  [`{"oneUint64":18446744073709551616}`, 'test.Rich.oneUint64: "18446744073709551616" is no uint64'],
  [`{"oneFloat":1e39}`, "test.Rich.oneFloat: 1e+39 is no float"],
  [`{"oneDouble":"1e999"}`, 'test.Rich.oneDouble: "1e999" is no double'],
  [`{"oneDouble":true}`, "test.Rich.oneDouble: true is no double"],
  [`{"oneBool":1}`, "test.Rich.oneBool: 1 is no bool"],
  [`{"oneString":1}`, "test.Rich.oneString: 1 is no string"],
  [`{"oneBytes":"a"}`, 'test.Rich.oneBytes: "a" is no base64'],
  [`{"oneBytes":"a*=="}`, 'test.Rich.oneBytes: "a*==" is no base64'],
  [`{"oneColour":"BLUE"}`, 'test.Rich.oneColour: "BLUE" is no value of the enum'],
  [`{"manyInt32":1}`, "test.Rich.manyInt32: 1 is no list"],
  [`{"manyInt32":[1,null]}`, "test.Rich.manyInt32: null is no int32"],
  [`{"mapInt32":[]}`, "test.Rich.mapInt32: [] is no map"],
  [`{"mapInt32":{"a":null}}`, "test.Rich.mapInt32: null is no int32"],
  [`{"byNumber":{"x":"RED"}}`, 'test.Rich.byNumber: "x" is no int32'],
  [`{"byTruth":{"yes":{}}}`, 'test.Rich.byTruth: "yes" is no bool'],
  [`{"child":1}`, "test.Rich.child: 1 is no message test.Rich"],
  [
    `{"children":[{"child":{"oneInt32":"${"x".repeat(80)}"}}]}`,
    `test.Rich.oneInt32: "${"x".repeat(59)}… is no int32`,
  ],
];
for (const [text, words] of UNFIT) {
  Deno.test(`protobuf: does not write ${text.slice(0, 60)}`, () => {
    assert.deepEqual(richCodec.encode(text, rich.type), { kind: "fault", words });
    // And is fit for the next one.
    const next = richCodec.encode(`{"oneInt32":1}`, rich.type);
    assert.equal(next.kind === "bytes" && hex(next.bytes), "1801");
  });
}
