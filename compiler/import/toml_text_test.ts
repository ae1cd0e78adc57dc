import assert from "node:assert/strict";
import fc from "fast-check";
import { parseToml } from "../1_parse/parse_toml.ts";
import { nodeAt } from "../1_parse/document.ts";
import { parseTemplate } from "../2_check/templates.ts";
import type { Value } from "./draft.ts";
import { textAt, valueAt } from "./located.ts";
import { keyText, keyValue, textOnOneLine } from "./toml_text.ts";
import { readToml } from "./toml_source.ts";
import { environmentName, Variables } from "./variables.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom("'", '"', "\\", "\n", "\r", "\t", "'''", '"""', "a", "${", "$", "\u007f", "é"))
    .map((parts) => parts.join("")),
);

Deno.test("every text reads back as it was, whatever key it stands behind", () => {
  fc.assert(
    fc.property(fc.string(), text, (key, value) => {
      const line = keyValue(key, value, (text) => text);
      const read = parseToml("a.toml", line);
      if (read.diagnostics !== undefined) throw new Error(`${line}: ${read.diagnostics[0]?.message}`);
      const node = nodeAt(read.document, [key.toWellFormed()]);
      assert.equal(node?.kind === "text" ? node.value : null, value.toWellFormed(), line);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("what is written as literal text is literal for the language, and variables are variables", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(text, fc.constant(null)), { maxLength: 5 }), (parts) => {
      const variables = new Variables(parts.join(""));
      const whole = parts.map((part) => part ?? variables.add("session")).join("");
      const source = textOnOneLine(variables.written(whole.toWellFormed()));
      const read = parseToml("a.toml", `a = ${source}`);
      if (read.diagnostics !== undefined) throw new Error(read.diagnostics[0]?.message);
      const node = nodeAt(read.document, ["a"]);
      assert.ok(node?.kind === "text");
      const template = parseTemplate(node, "a.toml", {
        environment: new Map(),
        tables: [],
        captures: new Set(),
        setup: new Set(),
      }, []);
      const literal = parts.map((part) => part ?? "\0").join("").toWellFormed();
      const shown = template.map((part) => typeof part === "string" ? part : "\0");
      assert.equal(shown.join(""), literal);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("values are written as a person writes them", () => {
  const cases: [string, Value, string][] = [
    ["a", "it's", `a = "it's"`],
    ["a", 'say "hi"', `a = 'say "hi"'`],
    ["a.b", "x\ny", "\"a.b\" = '''\nx\ny'''"],
    [
      "a",
      new Map<string, Value>([["b", [1, true]], ["c d", { number: "1.50" }]]),
      'a = { b = [1, true], "c d" = 1.50 }',
    ],
    ["a", new Map(), "a = {}"],
    ["a", 1_000_000, "a = 1_000_000"],
    ["a", ["x".repeat(60), "y".repeat(60)], `a = [\n  "${"x".repeat(60)}",\n  "${"y".repeat(60)}",\n]`],
  ];
  for (const [key, value, wanted] of cases) assert.equal(keyValue(key, value, (text) => text), wanted);
  assert.equal(keyText("x-id"), "x-id");
});

Deno.test("TOML of Z6 is read with its broken inline tables", () => {
  const read = readToml('[a]\nb = {\n  c = "x",\n}\n[[d]]\ne.f = 1\n[[d]]\ne = 2024-01-01\n');
  assert.ok("value" in read);
  assert.equal(textAt(read.value, "a", "b", "c"), "x");
  assert.equal(textAt(read.value, "d", 1, "e"), "2024-01-01");
  assert.equal(valueAt(read.value, "d", 0, "e", "f")?.kind, "number");
  assert.ok("fault" in readToml("a = "));
});

Deno.test("names of environment variables", () => {
  const cases = [["x-api-key", "X_API_KEY"], ["bearerAuth", "BEARER_AUTH"], ["", "VALUE"], [
    "1st",
    "VALUE_1ST",
  ]];
  for (const [text = "", wanted] of cases) assert.equal(environmentName(text), wanted);
});
