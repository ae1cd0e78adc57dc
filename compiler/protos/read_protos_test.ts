import { deepEqual, equal, ok } from "node:assert/strict";
import type { ReadFile } from "../2_check/files.ts";
import type { Protos } from "../2_check/protos.ts";
import { readProtos } from "./read_protos.ts";

const files = (all: Record<string, string>): ReadFile => (path) =>
  path in all ? new TextEncoder().encode(all[path]) : { reason: "there is no such file" };

function read(source: string, others: Record<string, string> = {}): Protos {
  const found = readProtos(["shop.proto"], files({ "shop.proto": source, ...others }));
  ok("types" in found, JSON.stringify(found));
  return found;
}

const SHOP = `
syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
service Catalog {
  rpc GetItem (GetItemRequest) returns (Item);
  rpc Watch (GetItemRequest) returns (stream Item);
  rpc Upload (stream Item) returns (Item);
}
message GetItemRequest { int32 id = 1; optional string full_name = 2; }
message Item {
  double price = 1; bytes raw = 2; google.protobuf.Timestamp at = 3; repeated string tags = 4;
  repeated sint32 deltas = 5; map<string, Item> parts = 6; Color color = 7; repeated int32 loose = 8 [packed = false];
}
enum Color { RED = 0; BLUE = 3; }
`;

Deno.test("methods are known by their full names, with the types that they use", () => {
  const { types, methods } = read(SHOP);
  deepEqual([...methods.keys()], [
    "shop.v1.Catalog/GetItem",
    "shop.v1.Catalog/Watch",
    "shop.v1.Catalog/Upload",
  ]);
  const watch = methods.get("shop.v1.Catalog/Watch");
  deepEqual([watch?.clientStreams, watch?.serverStreams], [false, true]);
  deepEqual([methods.get("shop.v1.Catalog/Upload")?.clientStreams], [true]);
  deepEqual(types.map(({ name }) => name), [
    "shop.v1.GetItemRequest",
    "shop.v1.Item",
    "google.protobuf.Timestamp",
  ]);
  deepEqual(types[0].fields, [
    {
      number: 1,
      name: "id",
      protoName: "id",
      type: "int32",
      message: -1,
      values: [],
      rule: "one",
      keyType: "",
    },
    {
      number: 2,
      name: "fullName",
      protoName: "full_name",
      type: "string",
      message: -1,
      values: [],
      rule: "optional",
      keyType: "",
    },
  ]);
  const item = types[1].fields.map((
    { name, type, message, rule, keyType },
  ) => [name, type, message, rule, keyType]);
  deepEqual(item, [
    ["price", "double", -1, "one", ""],
    ["raw", "bytes", -1, "one", ""],
    ["at", "message", 2, "optional", ""],
    ["tags", "string", -1, "repeated", ""],
    ["deltas", "sint32", -1, "packed", ""],
    ["parts", "message", 1, "map", "string"],
    ["color", "enum", -1, "one", ""],
    ["loose", "int32", -1, "repeated", ""],
  ]);
  deepEqual(types[1].fields[6].values, [["RED", 0], ["BLUE", 3]]);
});

Deno.test("messages are encoded as the documentation of the wire format has it", () => {
  const { methods } = read(`syntax = "proto3";
    service S { rpc A (Test) returns (Test); }
    message Test { int32 a = 1; string b = 2; Test c = 3; repeated int32 f = 6; int64 big_one = 7; map<string, int32> m = 8; bytes r = 9; Color color = 10; }
    enum Color { RED = 0; BLUE = 3; }`);
  const encode = (message: unknown) => methods.get("S/A")?.encode(JSON.stringify(message)).toHex();
  equal(encode({ a: 150 }), "089601");
  equal(encode({ b: "testing" }), "120774657374696e67");
  equal(encode({ c: { a: 150 } }), "1a03089601");
  equal(encode({ f: [3, 270, 86942] }), "3206038e029ea705");
  equal(encode({ bigOne: "9007199254740993" }), "388180808080808010");
  equal(encode({ m: { k: 1 } }), "42050a016b1001");
  equal(encode({ r: "aGk=" }), "4a026869");
  equal(encode({ color: "BLUE", a: "-1" }), "08ffffffffffffffffff015003");
});

Deno.test("imports are read beside the files named", () => {
  const all = {
    "api/shop.proto": `syntax = "proto3"; import "common/money.proto";
      service S { rpc A (Money) returns (Money); }`,
    "api/common/money.proto": `syntax = "proto3"; message Money { int64 cents = 1; }`,
  };
  const found = readProtos(["api/shop.proto"], files(all));
  ok("types" in found);
  deepEqual(found.types.map(({ name }) => name), ["Money"]);
});

Deno.test("what cannot be read is said with its file and line", () => {
  const faults: [Record<string, string>, unknown][] = [
    [{}, { file: "shop.proto", line: 0, words: "cannot be read: there is no such file" }],
    [
      { "shop.proto": `syntax = "proto3";\nmessage X { int32 = 1; }` },
      { file: "shop.proto", line: 2, words: "is no sound .proto file: illegal name '='" },
    ],
    [
      { "shop.proto": `syntax = "proto3"; import "no.proto";` },
      { file: "no.proto", line: 0, words: "cannot be read: there is no such file" },
    ],
    [
      { "shop.proto": `syntax = "proto3"; message X { Foo a = 1; }` },
      { file: "shop.proto", line: 0, words: "does not hold together: no such Type or Enum 'Foo' in Type .X" },
    ],
  ];
  for (const [all, fault] of faults) deepEqual(readProtos(["shop.proto"], files(all)), fault);
});
