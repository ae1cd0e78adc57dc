import assert from "node:assert/strict";
import fc from "fast-check";
import { readCsv } from "./read_csv.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readCsv(bytes(text));

Deno.test("files as RFC 4180 section 2 shows them", () => {
  const cases: [text: string, columns: string[], rows: string[][]][] = [
    ["a,b\r\n1,2\r\n", ["a", "b"], [["1", "2"]]],
    ["a,b\n1,2", ["a", "b"], [["1", "2"]]],
    ["\ufeffa\n1\n", ["a"], [["1"]]],
    ["a, b \n 1,\n", ["a", " b "], [[" 1", ""]]],
    ['"a","b"\n"x,y","say ""hi"""\n', ["a", "b"], [["x,y", 'say "hi"']]],
    ['a,b\n"two\r\nlines",2\n3,4', ["a", "b"], [["two\r\nlines", "2"], ["3", "4"]]],
    ['a\n\n1\n""\n\r\n2\n', ["a"], [["1"], [""], ["2"]]],
    ["a,b\n,\n", ["a", "b"], [["", ""]]],
    ["a\nx\ry\n", ["a"], [["x\ry"]]],
    ["a\n", ["a"], []],
  ];
  for (const [text, columns, rows] of cases) {
    assert.deepEqual(read(text), { columns, rows, types: columns.map(() => "text") }, text);
  }
});

Deno.test("faults have their place", () => {
  const cases: [text: string, line: number, column: number, fault: RegExp][] = [
    ["", 1, 1, /is empty/],
    ["\n\n", 1, 1, /is empty/],
    ["a,b\n1\n", 2, 1, /1 cell .* and 2 in its header/],
    ["a,b\n1,2\n1,2,3\n", 3, 1, /3 cells/],
    ["a,,b\n", 1, 3, /no name for column 2/],
    ["a,b,a\n", 1, 5, /two columns "a"/],
    ['a\nx"y"\n', 2, 2, /quote within a cell/],
    ['a,b\n1,"x\n', 2, 3, /never closed/],
    ['a,b\n"1\n"x,2\n', 3, 2, /goes on behind a closing quote/],
    ["a\nx\u007fy", 2, 2, /U\+007F/],
  ];
  for (const [text, line, column, fault] of cases) {
    const found = read(text);
    assert("fault" in found, text);
    assert.match(found.fault, fault);
    assert.deepEqual([found.line, found.column], [line, column], text);
  }
  const found = readCsv(new Uint8Array([0x61, 0xff]));
  assert("fault" in found && found.fault.includes("UTF-8"));
});

Deno.test("what is written by the rules reads as it was", () => {
  const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é", "\t"), maxLength: 5 });
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      columns: fc.uniqueArray(
        fc.string({ minLength: 1, unit: "grapheme" }).map((it) => it.replace("\u007f", "x")),
        {
          minLength: width,
          maxLength: width,
        },
      ),
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width })),
    })
  );
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), ({ columns, rows }, end, ends) => {
      const text = [columns, ...rows].map((row) => row.map(quoted).join(",")).join(end) + (ends ? end : "");
      assert.deepEqual(read(text), { columns, rows, types: columns.map(() => "text") });
    }),
  );
});

Deno.test("any text is read or has a fault within it", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "\u007f") }), (text) => {
    const found = read(text);
    if (!("fault" in found)) return assert(found.rows.every((row) => row.length === found.columns.length));
    const line = text.split("\n")[found.line - 1];
    assert(line !== undefined && found.column >= 1 && found.column <= line.length + 1, text);
  }));
});
