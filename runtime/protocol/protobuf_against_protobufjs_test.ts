/** Another implementation of protocol buffers, protobufjs, writes what we write. */
import assert from "node:assert/strict";
import fc from "fast-check";
import protobuf from "protobufjs";
import { RICH_PROTO, richMessage, typesOf } from "../../tests/protobuf/rich_message.ts";
import { hex } from "../../tests/websocket/websocket_reading.ts";
import type { Json } from "./json_value.ts";
import { ProtobufCodec } from "./protobuf.ts";
import type { MessageField, MessageType } from "../plan_messages.ts";

const { types, type } = typesOf(RICH_PROTO);
const codec = new ProtobufCodec(types);
const theirs = protobuf.parse(RICH_PROTO, { keepCase: true }).root.lookupType("test.Rich");

/** The message as it must be read: with the names of JSON, and what is absent and has no presence. */
function modelJson(message: Json, { fields }: MessageType): Json {
  const given = message as Readonly<Record<string, Json>>;
  const entries = fields.flatMap((field): [string, Json][] => {
    const value = given[field.protoName];
    if (value !== undefined) return [[field.name, modelValue(value, field)]];
    const absent = modelAbsent(field);
    return absent === null ? [] : [[field.name, absent]];
  });
  return Object.fromEntries(entries);
}

function modelValue(value: Json, { rule, type, message, values }: MessageField): Json {
  const one = (item: Json): Json => {
    if (type === "message") return modelJson(item, types[message]);
    return type === "enum" && typeof item === "number"
      ? values.find(([, of]) => of === item)?.[0] ?? item
      : item;
  };
  if (rule === "map") {
    return Object.fromEntries(Object.entries(value as object).map(([key, of]) => [key, one(of)]));
  }
  return Array.isArray(value) ? value.map(one) : one(value);
}

function modelAbsent({ rule, type }: MessageField): Json {
  if (rule === "optional") return null;
  if (rule === "map") return {};
  if (rule !== "one") return [];
  if (type === "enum") return "NONE";
  if (type === "string" || type === "bytes") return "";
  return type === "bool" ? false : type.endsWith("64") ? "0" : 0;
}

Deno.test("protobuf: protobufjs writes the same bytes, and they are read as what was written", () => {
  let bytesInAll = 0;
  fc.assert(
    fc.property(richMessage, (message) => {
      const text = JSON.stringify(message);
      const encoded = codec.encode(text, type);
      assert.ok(encoded.kind === "bytes", JSON.stringify(encoded));
      assert.equal(hex(encoded.bytes), hex(theirs.encode(theirs.fromObject(JSON.parse(text))).finish()));
      const decoded = codec.decode(encoded.bytes, type);
      assert.ok(decoded.kind === "json", JSON.stringify(decoded));
      assert.deepEqual(decoded.json, modelJson(JSON.parse(text), types[type]));
      // What was read has the names of JSON, and defaults: it is the same message all the same.
      const again = codec.encodeValue(decoded.json, type);
      assert.ok(again.kind === "bytes", JSON.stringify(again));
      assert.deepEqual(codec.decode(again.bytes, type), decoded);
      bytesInAll += encoded.bytes.length;
    }),
    { numRuns: 1500 },
  );
  assert.ok(bytesInAll > 50_000, String(bytesInAll));
});

Deno.test("protobuf: bytes that are cut off, changed or random are a fault or a message, and never anything else", () => {
  const ends = { fault: 0, json: 0 };
  const decode = (bytes: Uint8Array) => {
    const { kind } = codec.decode(bytes, type);
    ends[kind]++;
    return kind;
  };
  fc.assert(
    fc.property(richMessage, fc.nat(), fc.integer({ min: 0, max: 255 }), (message, at, octet) => {
      const encoded = codec.encodeValue(JSON.parse(JSON.stringify(message)), type);
      assert.ok(encoded.kind === "bytes");
      const { bytes } = encoded;
      decode(bytes.subarray(0, at % (bytes.length + 1)));
      if (bytes.length > 0) bytes[at % bytes.length] = octet;
      decode(bytes);
    }),
    { numRuns: 1500 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void decode(bytes)), { numRuns: 5000 });
  assert.ok(ends.fault > 500 && ends.json > 500, JSON.stringify(ends));
});
