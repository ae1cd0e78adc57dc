import assert from "node:assert/strict";
import fc from "fast-check";
import { readJson } from "./json_source.ts";
import { type Located, positionOf } from "./located.ts";
import { readYaml } from "./yaml_source.ts";

/** What JSON.parse would give. */
function plain(node: Located): unknown {
  if (node.kind === "list") return node.items.map(plain);
  if (node.kind === "table") {
    return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  }
  return node.kind === "null" ? null : node.value;
}

function parsed(text: string): unknown {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

Deno.test("JSON reads as JSON.parse reads it, mutated or not", () => {
  const mutated = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.nat(4),
    fc.constantFrom("", '"', ",", "{", "]", "\\", "0", "\n", "e", "\u0001"),
  )
    .map(([text, at, gone, put]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + gone);
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), mutated), (text) => {
      const found = readJson(text);
      assert.deepEqual("value" in found ? { value: plain(found.value) } : null, parsed(text), text);
    }),
    {
      numRuns: 2_000,
      examples: [['{"a":1.5e3,"b":"\\u00e9\\n","c":[]} '], ["[01]"], ["[1,]"], ['{"a" 1}'], ['"\u007f"']],
    },
  );
});

Deno.test("a fault of JSON has its place", () => {
  const cases: [string, string][] = [
    ['{\n  "a": 1\n  "b": 2\n}', '3:3 a "," or "}" is missing here'],
    ['{"a": }', '1:7 "}" begins no JSON value'],
    ['["a', "1:2 this text is never closed"],
    ["[1, 2", '1:6 the text ends before a "]"'],
    ["", "1:1 the text ends where a value should be"],
    ["[1] x", "1:5 something follows behind the JSON value"],
    ["{a: 1}", '1:2 a key in double quotes, or "}", is missing here'],
    ["[".repeat(500), "1:202 values lie deeper than 200 in each other"],
  ];
  for (const [text, wanted] of cases) {
    const found = readJson(text);
    if (!("fault" in found)) throw new Error(`${text} was read`);
    const { line, column } = positionOf(text, found.fault.at);
    assert.equal(`${line}:${column} ${found.fault.text}`, wanted);
  }
});

Deno.test("YAML reads JSON as JSON does, with the same places", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = JSON.stringify(value, null, 1);
      const [json, yaml] = [readJson(text), readYaml(text)];
      assert.ok("value" in json);
      // YAML knows neither every character nor a long key; what it does read must be the same.
      if ("value" in yaml) assert.deepEqual(plain(yaml.value), plain(json.value), text);
    }),
    { numRuns: 300 },
  );
});

Deno.test("aliases share their value, and lead in no circle", () => {
  const shared = readYaml("a: &x { b: 1 }\nc: *x\n");
  assert.deepEqual("value" in shared ? plain(shared.value) : null, { a: { b: 1 }, c: { b: 1 } });
  const cases: [string, RegExp][] = [
    ["a: &x [*x]", /an alias stands within the value it means/],
    ["a: *nobody", /alias|anchor/i],
    ["a: [1", /this is no YAML/],
    ["a: 1\na: 2", /this is no YAML: map keys must be unique/i],
  ];
  for (const [text, wanted] of cases) {
    const found = readYaml(text);
    assert.match("fault" in found ? found.fault.text : "read", wanted);
  }
  let bomb = "a0: &a0 x\n";
  for (let n = 1; n < 60; n++) bomb += `a${n}: &a${n} [${Array(9).fill(`*a${n - 1}`).join(", ")}]\n`;
  assert.ok("value" in readYaml(bomb), "values that share much are read in no time");
});
