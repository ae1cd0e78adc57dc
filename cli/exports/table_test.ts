/** Any row comes back from CSV, lines of JSON and Parquet as it went in. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { csvRows, parquetOf, parquetRows } from "../../tests/exported_rows.ts";
import { csvWriter } from "./csv.ts";
import { jsonLinesWriter } from "./json_lines.ts";
import { type Column, columns, type RowWriter, type Value } from "./table.ts";

const COLUMNS = [
  ...columns("whole", "n", "maybe_n?"),
  ...columns("text", "t", "maybe_t?"),
  ...columns("flag", "f"),
];
const whole = fc.maxSafeNat();
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom('"', ",", "\n", "\r", "a", " ", "é", "\\", "\t") }),
);
const rows = fc.array(
  fc.tuple(whole, fc.option(whole), text, fc.option(text), fc.boolean()).map((row): Value[] => row),
  { maxLength: 20 },
);

Deno.test("rows of any texts and numbers come back", async () => {
  await fc.assert(fc.asyncProperty(rows, async (rows) => {
    const wanted = rows.map((row) => Object.fromEntries(COLUMNS.map(({ name }, at) => [name, row[at]])));
    const fill = (to: RowWriter) => {
      for (const row of rows) to.row(row);
    };
    assert.deepEqual(csvRows(COLUMNS, printed(csvWriter, fill)), wanted);
    const lines = printed(jsonLinesWriter, fill).split("\n").slice(0, -1);
    assert.deepEqual(lines.map((line) => JSON.parse(line)), wanted);
    assert.deepEqual(await parquetRows(parquetOf(COLUMNS, fill)), wanted);
  }));
});

Deno.test("a Parquet file of several row groups holds all of them", async () => {
  const numbers = columns("whole", "n");
  const bytes = parquetOf(numbers, (to) => {
    for (let n = 0; n < 70_001; n++) to.row([n]);
  });
  assert.deepEqual((await parquetRows(bytes)).map(({ n }) => n), Array.from({ length: 70_001 }, (_, n) => n));
});

function printed(
  writer: (columns: readonly Column[], print: (text: string) => void) => RowWriter,
  fill: (to: RowWriter) => void,
): string {
  let text = "";
  const to = writer(COLUMNS, (more) => text += more);
  fill(to);
  to.end();
  return text;
}
