import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, type Json, NOTHING, pointed, pointedText, readJson } from "./json_value.ts";

Deno.test("pointers find what RFC 6901 section 5 says they find", () => {
  const text =
    '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}';
  const cases: [string, Json][] = [
    ["/foo", ["bar", "baz"]],
    ["/foo/0", "bar"],
    ["/", 0],
    ["/a~1b", 1],
    ["/c%d", 2],
    ["/i\\j", 5],
    ['/k"l', 6],
    ["/ ", 7],
    ["/m~0n", 8],
  ];
  const value = readJson(text);
  for (const [pointer, wanted] of cases) deepEqual(pointed(value, pointer), wanted, pointer);
  deepEqual(pointed(value, ""), value);
  for (
    const pointer of ["/foo/2", "/foo/00", "/foo/-", "/foo/length", "/bar", "/foo/0/0", "/toString", "//"]
  ) {
    equal(pointed(value, pointer), NOTHING, pointer);
  }
  equal(pointed(readJson("no json"), ""), NOTHING);
});

Deno.test("texts are taken as they are, all else as JSON in which long numbers keep every digit", () => {
  const text =
    '{ "s": "a \\"b\\"", "n": 12345678901234567890, "l": [1, 12345678901234567891], "f": 1.50, "z": null, "e": 1e400 }';
  const of = (pointer: string) => pointedText(text, readJson(text), pointer);
  equal(of("/s"), 'a "b"');
  equal(of("/n"), "12345678901234567890");
  equal(of("/l"), "[1,12345678901234567891]");
  equal(of("/f"), "1.50");
  equal(of("/z"), "null");
  equal(of("/e"), "1e400");
  equal(of("/none"), null);
  equal(pointedText('{"n": [ 1, -2.5e1 ]}', { n: [1, -25] }, "/n"), "[1,-25]");
});

Deno.test("the canonical form does not depend on the order of keys, and says the same", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
    const text = canonicalJson(value as Json);
    deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    equal(canonicalJson(reversed(value as Json)), text);
  }));
});

function reversed(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(Object.entries(value).reverse().map(([key, of]) => [key, reversed(of)]));
}
