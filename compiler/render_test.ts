import assert from "node:assert/strict";
import fc from "fast-check";
import { problem, warning } from "./diagnostic.ts";
import { renderDiagnostics, renderOneLine } from "./render.ts";

const at = (line: number, column: number, endColumn: number) => ({ line, column, endLine: line, endColumn });
const plain = { color: false, width: 60 };

Deno.test("a frame shows file, place, line and carets", () => {
  const diagnostics = [
    problem("Z1204", "a.toml", at(2, 8, 16), 'rate "10/sec" has no unit'),
    warning("Z1901", "a.toml", at(1, 1, 2), "odd"),
  ];
  const shown = renderDiagnostics(diagnostics, new Map([["a.toml", 'x = 1\nrate = "10/sec"\n']]), plain);
  assert.equal(
    shown,
    `error Z1204  rate "10/sec" has no unit
  ┌─ a.toml:2:8
  │
2 │ rate = "10/sec"
  │        ^^^^^^^^

warning Z1901  odd
  ┌─ a.toml:1:1
  │
1 │ x = 1
  │ ^

1 error, 1 warning in a.toml
`,
  );
  assert.equal(
    renderOneLine(diagnostics[0] ?? assert.fail()),
    'a.toml:2:8  Z1204  rate "10/sec" has no unit',
  );
  assert.equal(renderDiagnostics([], new Map(), plain), "");
});

Deno.test("colours are only colours", () => {
  const diagnostics = [problem("Z1204", "a.toml", at(1, 1, 2), "wrong")];
  const sources = new Map([["a.toml", "x = 1"]]);
  const coloured = renderDiagnostics(diagnostics, sources, { ...plain, color: true });
  // deno-lint-ignore no-control-regex
  assert.equal(coloured.replace(/\x1b\[[\d;]*m/g, ""), renderDiagnostics(diagnostics, sources, plain));
  assert.notEqual(coloured, renderDiagnostics(diagnostics, sources, plain));
});

Deno.test("carets stand under what they mark, however long the line is, and no line is too wide", () => {
  const filler = fc.array(fc.constantFrom("a", " ", "=", "\t", "é"), { maxLength: 200 }).map((letters) =>
    letters.join("")
  );
  fc.assert(fc.property(filler, filler, fc.integer({ min: 1, max: 12 }), (before, after, length) => {
    const mark = "#".repeat(length);
    const place = at(1, before.length + 1, before.length + 1 + length);
    const shown = renderDiagnostics(
      [problem("Z1001", "a.toml", place, "m")],
      new Map([["a.toml", before + mark + after]]),
      plain,
    );
    const [, , , source = "", carets = ""] = shown.split("\n");
    assert.ok(source.length <= 60, `${source.length}`);
    const from = carets.indexOf("^");
    assert.equal(source.slice(from, carets.length), mark);
    assert.equal(source.replaceAll("#", "").length + length, source.length);
  }));
});
