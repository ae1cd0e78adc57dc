import assert from "node:assert/strict";
import type { Load } from "../../runtime/plan.ts";
import type { DataTable } from "../2_check/scenario.ts";
import { cellsByColumn, lowerTables, uniqueRefusals } from "./tables.ts";

const placeAt = (line: number) => ({ line, column: 1, endLine: line, endColumn: 2 });

const table = (rows: number, pick: DataTable["pick"] = "unique"): DataTable => ({
  name: "users",
  place: placeAt(1),
  pickPlace: placeAt(2),
  pick,
  columns: [{ name: "id", type: "integer" }, { name: "name", type: "text" }],
  rows: Array.from({ length: rows }, (_, row) => [String(row), `user ${row}`]),
});

/** As many sessions as asked for, or their mean. */
const open = (arrivals: "uniform" | "poisson", sessions: number): Load => ({
  model: "open",
  arrivals,
  burst: 1,
  maxVus: 1,
  gracefulStopTicks: 0,
  stages: [{
    name: "s",
    warmup: false,
    startTick: 0,
    lengthTicks: 1_000,
    rateStart: sessions,
    rateEnd: sessions,
    perTicks: 1_000,
    firstSession: 0,
    sessions: arrivals === "uniform" ? sessions : 0,
    lacking: 0,
    slotQuantiles: [],
  }],
});

const closed = (iterations: number): Load => ({
  model: "closed",
  iterations,
  maxVus: 1,
  paceTicks: 0,
  gracefulStopTicks: 0,
  stages: [{ name: "s", warmup: false, startTick: 0, lengthTicks: 9, vusStart: 1, vusEnd: 1 }],
});

Deno.test("all cells are one text, each with its end", () => {
  const [lowered] = lowerTables([table(2, "shuffle")], [77]);
  assert.deepEqual(lowered, {
    name: "users",
    columns: ["id", "name"],
    rows: 2,
    pick: "shuffle",
    salt: 77,
    cells: "0\u007fuser 0\u007f1\u007fuser 1\u007f",
  });
  assert.deepEqual(cellsByColumn(lowered), [["0", "1"], ["user 0", "user 1"]]);
  const empty: DataTable = { ...table(0), columns: [{ name: "id", type: "text" }], rows: [[""], [""]] };
  assert.deepEqual(lowerTables([empty], [1]).map(cellsByColumn), [[["", ""]]]);
});

Deno.test("unique tables have a row for every session", () => {
  const cases: [rows: number, load: Load, code: string | null, words?: RegExp][] = [
    [100, open("uniform", 100), null],
    [99, open("uniform", 100), "Z1553", /99 rows, and the load has 100 sessions/],
    [160, open("poisson", 100), null],
    [159, open("poisson", 100), "Z1553", /has up to 160 sessions/],
    [5, closed(5), null],
    [1, closed(5), "Z1553", /1 row, and the load has 5 sessions/],
    [5, closed(0), "Z1554", /nothing bounds/],
  ];
  for (const [rows, load, code, words = /^/] of cases) {
    const found = uniqueRefusals([table(rows)], load, "a.toml");
    assert.deepEqual(found.map((it) => it.code), code === null ? [] : [code]);
    for (const { place, file, message } of found) {
      assert.deepEqual([place, file], [placeAt(2), "a.toml"]);
      assert.match(message, words);
    }
  }
  for (const pick of ["sequential", "shuffle", "random"] as const) {
    assert.deepEqual(uniqueRefusals([table(1, pick)], closed(0), "a.toml"), []);
  }
});
