import assert from "node:assert/strict";
import fc from "fast-check";
import { wrappedItems } from "./page.ts";
import { type Column, cut, table, wrapped } from "./table.ts";

const COLUMNS: Column[] = [
  { title: "step", align: "left", optional: 0 },
  { title: "rate", align: "right", optional: 2 },
  { title: "p50", align: "right", optional: 1 },
  { title: "p99", align: "right", optional: 0 },
];
const ROWS = [["login", "12.5", "1.00ms", "12.0ms"], ["a-step-with-a-long-name", "3", "900µs", "1.00ms"]];

Deno.test("columns are aligned, then left out by their number, then the first is cut", () => {
  assert.deepEqual(table(COLUMNS, ROWS, 60), [
    "step                     rate     p50     p99",
    "login                    12.5  1.00ms  12.0ms",
    "a-step-with-a-long-name     3   900µs  1.00ms",
  ]);
  assert.deepEqual(table(COLUMNS, ROWS, 28), [
    "step             p50     p99",
    "login         1.00ms  12.0ms",
    "a-step-with…   900µs  1.00ms",
  ]);
  assert.deepEqual(table(COLUMNS, ROWS, 22), [
    "step               p99",
    "login           12.0ms",
    "a-step-with-a…  1.00ms",
  ]);
});

Deno.test("a first column that asks for room gets it before the others", () => {
  const columns = [{ ...COLUMNS[0], least: 20 }, ...COLUMNS.slice(1)];
  assert.equal(table(columns, ROWS, 36)[2], "a-step-with-a-long-…   900µs  1.00ms");
  assert.equal(table(columns, ROWS, 35)[2], "a-step-with-a-long-name  1.00ms");
});

Deno.test("a first column that would be cut too short stands above the others", () => {
  assert.deepEqual(table(COLUMNS, ROWS, 18), [
    "step",
    "     p99",
    "login",
    "  12.0ms",
    "a-step-with-a-lon…",
    "  1.00ms",
  ]);
  const fixed = COLUMNS.map((column) => ({ ...column, optional: 0 }));
  assert.deepEqual(table(fixed, ROWS.slice(0, 1), 21), [
    "step",
    "  rate    p50    p99",
    "login",
    "  12.5 1.00ms 12.0ms",
  ]);
});

Deno.test("a first column that breaks has several lines beside one of the others", () => {
  const columns = [{ ...COLUMNS[0], least: Infinity, breaks: true } as const, ...COLUMNS.slice(3)];
  const rows = [["p99 < 300ms of step login", "12.0ms"], ["errors < 1%", "0%"]];
  assert.deepEqual(table(columns, rows, 26), [
    "step                   p99",
    "p99 < 300ms of      12.0ms",
    "step login",
    "errors < 1%             0%",
  ]);
});

Deno.test("columns are aligned by what a terminal shows, not by how long texts are", () => {
  const rows = [["東京", "1", "2", "3"], ["ホーム 🏠", "1", "2", "3"], ["cafe\u0301", "1", "2", "3"]];
  assert.deepEqual(table(COLUMNS, rows, 40), [
    "step       rate  p50  p99",
    "東京          1    2    3",
    "ホーム 🏠     1    2    3",
    "cafe\u0301          1    2    3",
  ]);
  assert.equal(cut("東京都", 5), "東京…");
  assert.equal(cut("東京都", 4), "東…");
});

Deno.test("lines are as wide as they may be, and every word is there", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/)),
      fc.integer({ min: 12, max: 60 }),
      (words, width) => {
        const text = words.join(" ");
        for (
          const [lines, joint] of [[wrapped(text, width), " "], [wrappedItems(words, width), " · "]] as const
        ) {
          assert.ok(lines.every((line) => line.length <= width));
          assert.equal(lines.join(joint), words.join(joint));
        }
      },
    ),
  );
  assert.equal(cut("four", 4), "four");
  assert.equal(cut("fives", 4), "fiv…");
});
