import assert from "node:assert/strict";
import fc from "fast-check";
import type { Node } from "./document.ts";
import { nodeAt, placeAt } from "./document.ts";
import { parseToml } from "./parse_toml.ts";

/** The official suite (github.com/toml-lang/toml-test), beside the checkout; without it two tests are skipped. */
const SUITE = new URL("../../../shared/data/toml-test/", import.meta.url);
const suiteFiles = readSuiteList();
const ignore = suiteFiles.length === 0;

Deno.test(
  { name: "every valid TOML 1.0 file of the official suite means what the suite says", ignore },
  () => {
    let tried = 0;
    const wrong: string[] = [];
    for (const name of suiteFiles.filter((name) => name.startsWith("valid/") && name.endsWith(".toml"))) {
      const parsed = parseToml(name, decode(name));
      if (!("document" in parsed)) {
        wrong.push(`${name}: ${parsed.diagnostics[0]?.message}`);
        continue;
      }
      const wanted = JSON.parse(decode(name.replace(/toml$/, "json")));
      try {
        assert.deepEqual(tagged(parsed.document), canonical(wanted));
      } catch (error) {
        wrong.push(`${name}: ${error}`);
      }
      tried++;
    }
    assert.deepEqual(wrong, []);
    assert.ok(tried > 150, `${tried} files tried`);
  },
);

Deno.test({ name: "every invalid file of the official suite gives one located problem", ignore }, () => {
  let tried = 0;
  const accepted: string[] = [];
  for (const name of suiteFiles.filter((name) => name.startsWith("invalid/"))) {
    let text: string;
    try {
      text = decode(name);
    } catch {
      continue; // Not UTF-8: whoever reads the file says so, this phase sees only text.
    }
    tried++;
    const parsed = parseToml(name, text);
    if ("document" in parsed) {
      accepted.push(name);
      continue;
    }
    const [problem] = parsed.diagnostics;
    assert.ok(problem !== undefined && /^Z10/.test(problem.code), name);
    assert.ok(problem.place.line >= 1 && problem.place.line <= text.split("\n").length, name);
    assert.ok(problem.place.column >= 1, name);
  }
  assert.deepEqual(accepted, []);
  assert.ok(tried > 300, `${tried} files tried`);
});

Deno.test("every key and value knows its place", () => {
  const parsed = parseToml("t.toml", 'a = "x"\n[t]\nb.c = [1, { d = true }]\n[[u.v]]\n[[u.v]]\n  e = 1.5\n');
  assert.ok("document" in parsed);
  const at = (...path: (string | number)[]) => {
    assert.ok(nodeAt(parsed.document, path) !== undefined, path.join("."));
    const { line, column, endColumn } = placeAt(parsed.document, path);
    return [line, column, endColumn];
  };
  assert.deepEqual(at("a"), [1, 5, 8]);
  assert.deepEqual(at("t"), [2, 2, 3]);
  assert.deepEqual(at("t", "b", "c"), [3, 7, 24]);
  assert.deepEqual(at("t", "b", "c", 1, "d"), [3, 17, 21]);
  assert.deepEqual(at("u", "v", 1), [5, 3, 6]);
  assert.deepEqual(at("u", "v", 1, "e"), [6, 7, 10]);
  assert.equal(nodeAt(parsed.document, ["u", "v", 2]), undefined);
  assert.deepEqual(placeAt(parsed.document, ["t", "b", "missing"]), placeAt(parsed.document, ["t", "b"]));
});

Deno.test("syntax problems have codes and places", () => {
  const cases: [string, string, string][] = [
    ["a = 1\na = 2\n", "Z1002", "2:1"],
    ['a = "x\n', "Z1003", "1:7"],
    ["a = 007\n", "Z1005", "1:5"],
    ['a = "\\q"\n', "Z1004", "1:7"],
    ["a = \n", "Z1001", "1:4"],
    ["a = ten\n", "Z1001", "1:5"],
    ['a = "\ud800"\n', "Z1004", "1:6"],
  ];
  for (const [text, code, where] of cases) {
    const parsed = parseToml("t.toml", text);
    assert.ok(!("document" in parsed), text);
    const [problem] = parsed.diagnostics;
    assert.deepEqual([problem?.code, `${problem?.place.line}:${problem?.place.column}`], [code, where], text);
  }
});

Deno.test("no text makes the parser throw", () => {
  const fragment = fc.constantFrom(
    ..."a b . = [ ] { } , \" ' \n # 1 0x 1e5 - 1979-05-27 T \\ ''' \"\"\" true é 😀 \ud800 \0".split(" "),
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 30 }), (fragments) => {
      parseToml("t.toml", fragments.join(""));
    }),
    { numRuns: 1000 },
  );
});

function readSuiteList(): string[] {
  try {
    return Deno.readTextFileSync(new URL("files-toml-1.0.0", SUITE)).trim().split("\n");
  } catch {
    return [];
  }
}

function decode(name: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(new URL(name, SUITE)));
}

/** The document in the suite's tagged JSON. */
function tagged(node: Node): unknown {
  switch (node.kind) {
    case "table":
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, tagged(entry.node)]));
    case "list":
      return node.items.map(tagged);
    case "text":
      return { text: node.value };
    case "integer":
      return { integer: String(node.value) };
    case "float":
      return { float: node.value };
    case "boolean":
      return { boolean: String(node.value) };
    case "date":
      return { date: canonicalDate(node.source) };
  }
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  const table = value as Record<string, unknown>;
  if (typeof table.type === "string" && typeof table.value === "string") {
    const text = table.value;
    if (table.type === "string") return { text };
    if (table.type === "integer") return { integer: text };
    if (table.type === "float") {
      return {
        float: text.includes("nan")
          ? NaN
          : text.includes("inf")
          ? (text[0] === "-" ? -Infinity : Infinity)
          : Number(text),
      };
    }
    if (table.type === "bool") return { boolean: text };
    return { date: canonicalDate(text) };
  }
  return Object.fromEntries(Object.entries(table).map(([key, item]) => [key, canonical(item)]));
}

function canonicalDate(text: string): string {
  return text.toUpperCase().replace(" ", "T").replace(/(\.\d*?)0+(?=$|[Z+-])/, "$1").replace(
    /\.(?=$|[Z+-])/,
    "",
  );
}
