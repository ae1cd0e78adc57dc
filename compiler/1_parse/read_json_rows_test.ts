import assert from "node:assert/strict";
import fc from "fast-check";
import { readJsonLines, readJsonRows } from "./read_json_rows.ts";
import type { CellType } from "./rows.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("a list of tables, and tables line by line", () => {
  const cases: [text: string, columns: string[], types: CellType[], rows: string[][]][] = [
    ["[]", [], [], []],
    [
      ' [ {"a":"x","b":1} , {"b" : -2.50e+3 , "a":""} ] \n',
      ["a", "b"],
      ["text", "number"],
      [["x", "1"], ["", "-2.50e+3"]],
    ],
    [
      '[{"n":12345678901234567890,"t":true,"z":null},{"n":-0,"t":false,"z":1}]',
      ["n", "t", "z"],
      ["integer", "boolean", "text"],
      [["12345678901234567890", "true", ""], ["-0", "false", "1"]],
    ],
    ['[{"a":1,"b":true},{"a":"1","b":1}]', ["a", "b"], ["text", "text"], [["1", "true"], ["1", "1"]]],
    [String.raw`[{"\u0061\"":"\ud83d\ude00\n"}]`, ['a"'], ["text"], [["😀\n"]]],
    ['\ufeff[{"__proto__":"p"}]', ["__proto__"], ["text"], [["p"]]],
  ];
  for (const [text, columns, types, rows] of cases) {
    assert.deepEqual(readJsonRows(bytes(text)), { columns, rows, types }, text);
  }
  assert.deepEqual(readJsonLines(bytes('\n{"a":1}\r\n \n{"a":2}')), {
    columns: ["a"],
    rows: [["1"], ["2"]],
    types: ["integer"],
  });
  assert.deepEqual(readJsonLines(bytes("")), { columns: [], rows: [], types: [] });
});

Deno.test("faults have their place", () => {
  const list: [text: string, line: number, column: number, fault: RegExp][] = [
    ["", 1, 1, /no list of rows/],
    ['{"a":1}', 1, 1, /no list of rows/],
    ["[1]", 1, 2, /where a row/],
    ['[\n{"a":1}\n{"a":2}]', 3, 1, /without a comma/],
    ['[{"a":1},]', 1, 10, /where a row/],
    ['[{"a":1}] x', 1, 11, /behind its list/],
    ['[{"a":[1]}]', 1, 7, /list or table/],
    ['[{"a":01}]', 1, 7, /should be a value/],
    ['[{"a":truely}]', 1, 7, /should be a value/],
    ["[{'a':1}]", 1, 3, /double quotes/],
    ['[{"a" 1}]', 1, 7, /lacks the :/],
    ['[{"a":1 "b":2}]', 1, 9, /lacks the , or }/],
    ['[{"a":1,}]', 1, 9, /double quotes/],
    ['[{"a":"x\ny"}]', 1, 7, /double quotes/],
    [String.raw`[{"a":"\x"}]`, 1, 7, /double quotes/],
    [String.raw`[{"a":"\ud800"}]`, 1, 7, /surrogate/],
    [String.raw`[{"a":"\u007f"}]`, 1, 7, /U\+007F/],
    ['[{"a":1,"a":2}]', 1, 9, /twice/],
    ['[{"a":1,"b":2},\n {"a":1}]', 2, 2, /row without "b"/],
    ['[{"a":1},\n {"a":1,"c":2}]', 2, 2, /row with "c"/],
    ['[{"":1}]', 1, 2, /no name for column 1/],
  ];
  for (const [text, line, column, fault] of list) {
    const found = readJsonRows(bytes(text));
    assert("fault" in found, text);
    assert.match(found.fault, fault);
    assert.deepEqual([found.line, found.column], [line, column], text);
  }
  const lines: [text: string, line: number, column: number, fault: RegExp][] = [
    ['{"a":1}\n[]', 2, 1, /where a row/],
    ['{"a":1}\n{"a":\n2}', 2, 1, /several lines/],
    ['{"a":1} {"a":2}', 1, 9, /line of its own/],
  ];
  for (const [text, line, column, fault] of lines) {
    const found = readJsonLines(bytes(text));
    assert("fault" in found, text);
    assert.match(found.fault, fault);
    assert.deepEqual([found.line, found.column], [line, column], text);
  }
});

const cell = fc.oneof(
  fc.string({ unit: "grapheme" }).map((it) => it.replaceAll("\u007f", "")),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((it) => it + 0),
  fc.boolean(),
  fc.constant(null),
);
const rowsOf = (columns: string[]) =>
  fc.array(
    fc.tuple(...columns.map(() => cell)).map((cells) =>
      Object.fromEntries(columns.map((it, at) => [it, cells[at]]))
    ),
    { minLength: 1 },
  );

Deno.test("what JSON.stringify writes reads as it was", () => {
  const columns = ["a", 'q"', "é"];
  fc.assert(fc.property(rowsOf(columns), fc.constantFrom(0, 2), (table, indent) => {
    const shown = (value: unknown) =>
      typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
    const rows = table.map((row) => columns.map((column) => shown(row[column])));
    const list = readJsonRows(bytes(JSON.stringify(table, null, indent)));
    assert(!("fault" in list));
    assert.deepEqual([list.columns, list.rows], [columns, rows]);
    const lines = table.map((row) => JSON.stringify(row)).join("\n");
    assert.deepEqual(readJsonLines(bytes(lines)), list);
  }));
});

Deno.test("a list that JSON.parse refuses is refused", () => {
  const piece = fc.constantFrom(...'[ ] { } : , "a" "b" 1 -0 1e5 true null " \\ \n'.split(" "), " ");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = `[{${pieces.join("")}}]`;
      const found = readJsonRows(bytes(text));
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      assert(isJson || "fault" in found, text);
    }),
    { numRuns: 2_000 },
  );
});
