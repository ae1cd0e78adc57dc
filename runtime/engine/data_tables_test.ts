import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { Table } from "../plan.ts";
import { DataTables, permuted } from "./data_tables.ts";
import { TableCells } from "./table_cells.ts";
import { KeyedRandom } from "./random.ts";

const table = (rows: number, pick: Table["pick"]): Table => ({
  name: "t",
  columns: ["a", "b"],
  rows,
  pick,
  salt: 77,
  cells: Array.from({ length: rows }, (_, n) => `a${n}\u007fb${n}\u007f`).join(""),
});
const taken = (rows: number, pick: Table["pick"], sessions: number, seed = 5) => {
  const tables = new DataTables(new TableCells([table(rows, pick)]), new KeyedRandom(seed));
  return Array.from({ length: sessions }, (_, session) => tables.row(0, session));
};
const sorted = (rows: number[]) => rows.toSorted((a, b) => a - b);
const all = (rows: number) => Array.from({ length: rows }, (_, n) => n);

Deno.test("cells are found by row and column", () => {
  const tables = new DataTables(new TableCells([table(2, "random"), table(3, "random")]), new KeyedRandom(1));
  deepEqual([tables.cell(0, 0, 0), tables.cell(0, 1, 1), tables.cell(1, 2, 0)], ["a0", "b1", "a2"]);
});

Deno.test("sequential rows come in turn, random ones from all, shuffled ones once a round, each round anew", () => {
  deepEqual(taken(3, "sequential", 7), [0, 1, 2, 0, 1, 2, 0]);
  const random = taken(10, "random", 1_000);
  for (const row of all(10)) ok(Math.abs(random.filter((it) => it === row).length - 100) < 50);
  const shuffled = taken(50, "shuffle", 100);
  deepEqual(sorted(shuffled.slice(0, 50)), all(50));
  deepEqual(sorted(shuffled.slice(50)), all(50));
  ok(shuffled.slice(0, 50).some((row, at) => row !== shuffled[50 + at]));
  deepEqual(taken(50, "unique", 50), shuffled.slice(0, 50));
});

Deno.test("a permutation is one, whatever its size, its salt and its round", () => {
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), u32, u32, (rows, salt, round) => {
    const random = new KeyedRandom(9);
    deepEqual(sorted(all(rows).map((place) => permuted(random, salt, rows, round, place))), all(rows));
  }));
});

Deno.test("every permutation of a few rows comes about as often as any other", () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6_000; seed++) {
    const order = taken(3, "shuffle", 3, seed).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  equal(counts.size, 6);
  for (const count of counts.values()) ok(Math.abs(count - 1_000) < 250, `${count}`);
});
