import assert from "node:assert/strict";
import fc from "fast-check";
import { getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";
import type { Node } from "./document.ts";
import { parseToml } from "./parse_toml.ts";

/** Lines that are sound, or nearly so, and that mean different things in each other's company. */
const LINES = [
  ...[
    "a = 1",
    "a.b = 2",
    "a.b.c = 3",
    "a . 'b' . \"c\" = 4",
    "b = {}",
    "b.c = []",
    "[a]",
    "[a.b]",
    "[[a]]",
    "[[a.b]]",
  ],
  ...[
    "[ a . b ]",
    "[b]",
    "[[b]]",
    "[b.c]",
    "# text",
    "",
    "  # é 😀",
    "a = 1 # one",
    "a = { b.c = 1, b.d = 2 }",
  ],
  ...[
    "a = [1, [2.5, 'x'], { b = true },]",
    "a = [",
    "]",
    "1,",
    "a = { b = 1, }",
    "a = { b = [",
    "] }",
    '"" = 1',
  ],
  ...[
    'a = "\\u00e9\\t\\U0001F600\\\\"',
    "a = '\\d'",
    'a = """',
    '"""',
    '\\"\\"\\" \\',
    "'''",
    "a = '''",
    'a = """"x""""',
  ],
  ...[
    "a = +0",
    "a = -1_0",
    "a = 0x_1",
    "a = 0xfF",
    "a = 0o17",
    "a = 0b1_0",
    "a = 007",
    "a = 1__0",
    "a = 1_",
    "a = -0.0",
  ],
  ...[
    "a = 1e5",
    "a = 1.e5",
    "a = 6.02_2E+2_3",
    "a = .5",
    "a = inf",
    "a = -nan",
    "a = tru",
    "a = false",
    "a =",
    "= 1",
  ],
  ...[
    "a = 1979-05-27",
    "a = 1979-02-29",
    "a = 1980-02-29 07:32:00",
    "a = 1979-05-27T07:32:00.5-07:00",
    "a = 07:32:60",
  ],
  ...[
    "a = 07:32",
    "a = 24:00:00",
    "a = 1979-05-27T",
    "a = 07:32:00Z",
    "a = 10s",
    "a = 50/s",
    "a b = 1",
    "[a",
    "[[a]",
    "[ [a]]",
  ],
];
/** What adds to the same few tables, in all ways. */
const OWNERS = [
  ...[
    "[a]",
    "[a.b]",
    "[a.b.c]",
    "[[a]]",
    "[[a.b]]",
    "a.b.c = 1",
    "a.d = {}",
    "b.c.d = 1",
    "b.d = 2",
    "b = 3",
    "c = []",
  ],
];
const PIECES = [
  ...LINES.flatMap((line) => line.split(" ")),
  ..."\0 \x7f \t \r\n é 😀 ' \" \\ [ ] { } , . = # _ - + : 0 9 e x".split(" "),
];

/** What the text means by the other parser, or null where that refuses it. */
function meantByOther(text: string): unknown {
  try {
    return getStaticTOMLValue(parseTOML(text, { tomlVersion: "1.0" }));
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function meant(node: Node): unknown {
  switch (node.kind) {
    case "table":
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, meant(entry.node)]));
    case "list":
      return node.items.map(meant);
    case "integer":
      return Number(node.value);
    case "date":
      return "date";
    default:
      return node.value;
  }
}

/** Dates are held as they are written: whether there is one is all that can be compared. */
function datesAside(value: unknown): unknown {
  if (value instanceof Date) return "date";
  if (Array.isArray(value)) return value.map(datesAside);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, datesAside(inner)]));
}

Deno.test("another parser refuses the same texts, and reads the others as having the same meaning", () => {
  const linesOf = (some: readonly string[]) => fc.array(fc.constantFrom(...some), { maxLength: 6 });
  const lines = fc.oneof(linesOf(LINES), linesOf(OWNERS)).map((some) => some.join("\n"));
  const damage = fc.record({
    at: fc.nat({ max: 120 }),
    piece: fc.constantFrom(...PIECES),
    removed: fc.nat({ max: 2 }),
  });
  let sound = 0;
  fc.assert(
    fc.property(lines, fc.array(damage, { maxLength: 3 }), (whole, damages) => {
      const text = damages.reduce((before, { at, piece, removed }) => {
        const from = at % (before.length + 1);
        return before.slice(0, from) + piece + before.slice(from + removed);
      }, whole);
      if (/\r(?!\n)|\p{Surrogate}/u.test(text)) return;
      const parsed = parseToml("t.toml", text);
      const other = meantByOther(text);
      assert.equal(parsed.diagnostics !== undefined, other === null, text);
      if (parsed.diagnostics !== undefined) return;
      sound++;
      assert.deepEqual(datesAside(meant(parsed.document)), datesAside(other), text);
    }),
    { numRuns: 20_000 },
  );
  assert.ok(sound > 1_000, `${sound} sound texts`);
});

Deno.test("lists that stand too deep in each other are refused, and those that do not are read", () => {
  const nested = (depth: number) => `a = ${"[".repeat(depth)}${"]".repeat(depth)}`;
  assert.equal(parseToml("t.toml", nested(100)).diagnostics, undefined);
  const [problem] = parseToml("t.toml", nested(100_000)).diagnostics ?? [];
  assert.deepEqual([problem?.code, problem?.place.column], ["Z1001", 105]);
});

Deno.test("what people write most often in place of TOML", () => {
  const cases: [text: string, code: string, where: string, words: RegExp][] = [
    ["for = 10s", "Z1001", "1:7-1:10", /10s is neither a number nor a date; texts need quotes/],
    ["rate = 50/s", "Z1001", "1:10-1:11", /"\/" is not expected here; texts need quotes/],
    ["a = 1 b = 2", "Z1001", "1:7-1:8", /one key = value a line/],
    ["a = 1.2_", "Z1005", "1:5-1:6", /underscore/],
    ["a = 1979-02-29", "Z1005", "1:5-1:6", /calendar/],
    ["a = 25:00:00", "Z1005", "1:5-1:6", /clock/],
    ["a = { b = 1", "Z1003", "1:12-1:13", /not closed/],
    ["a = { b = 1, }", "Z1001", "1:14-1:15", /no comma behind its last key/],
    ["a = [1 2]", "Z1001", "1:8-1:9", /comma or the closing bracket/],
    ["a..b = 1", "Z1001", "1:3-1:4", /empty part/],
    ["a. = 1", "Z1001", "1:2-1:3", /neither begins nor ends with a dot/],
    ["[a\nb = 1", "Z1003", "1:3-1:4", /not closed/],
    ["[a.b.c]\n[a]\nb.d = 1\n[a.b]", "Z1002", "4:4-4:5", /twice/],
    ["[]", "Z1001", "1:2-1:3", /key is missing/],
    ["# \x01", "Z1004", "1:3-1:4", /control character/],
    ['a = "\\ud800"', "Z1004", "1:7-1:8", /not allowed/],
    ['a = """x', "Z1003", "1:9-1:10", /close its quotes/],
  ];
  for (const [text, code, where, words] of cases) {
    const [problem] = parseToml("t.toml", text).diagnostics ?? [];
    assert.ok(problem !== undefined, text);
    const { line, column, endLine, endColumn } = problem.place;
    assert.deepEqual([problem.code, `${line}:${column}-${endLine}:${endColumn}`], [code, where], text);
    assert.match(problem.message, words, text);
  }
});
