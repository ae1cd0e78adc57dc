import assert from "node:assert/strict";
import { nodeAt } from "./document.ts";
import { parseToml } from "./parse_toml.ts";
import { placeInText } from "./text_places.ts";

Deno.test("a stretch of a text's value is found in the source, past escapes and line joins", () => {
  const cases: [source: string, line: number, column: number][] = [
    ["a = 'x MARK'", 1, 8],
    ['a = "x MARK"', 1, 8],
    ['a = "\\t\\u00e9MARK"', 1, 14],
    ['a = "\\U0001F600MARK"', 1, 16],
    ['a = "😀MARK"', 1, 8],
    ["a = '''MARK'''", 1, 8],
    ["a = '''\nMARK'''", 2, 1],
    ["a = '''\r\none\r\n  MARK'''", 3, 3],
    ['a = """one \\\n\n   MARK"""', 3, 4],
    ['a = """\n\\"\\"\\"\n\tMARK"""', 3, 2],
  ];
  for (const [source, line, column] of cases) {
    const parsed = parseToml("t.toml", source);
    assert.ok(parsed.diagnostics === undefined, source);
    const text = nodeAt(parsed.document, ["a"]);
    assert.ok(text?.kind === "text");
    const start = text.value.indexOf("MARK");
    assert.deepEqual(
      placeInText(text, start, start + 4),
      { line, column, endLine: line, endColumn: column + 4 },
      source,
    );
  }
});
