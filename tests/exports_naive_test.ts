/** A naive model makes every number of the JSON report from the exported records of the same ledger. */
import assert from "node:assert/strict";
import { reduce } from "../runtime/reduce/reduce.ts";
import { renderJson } from "../runtime/report/json.ts";
import { csvRows, csvText, TABLES, toldRecords } from "./exported_rows.ts";
import { REPORTED_RUNS } from "./exported_runs.ts";
import { naiveReport, NOT_OF_RECORDS, without } from "./naive_report.ts";

for (const [name, make] of Object.entries(REPORTED_RUNS)) {
  Deno.test(`every number of a run that ${name} follows from its records`, async () => {
    const ledgers = (await make()).toSorted((one, other) =>
      one.header.shard.index - other.header.shard.index
    );
    const summary: unknown = JSON.parse(renderJson(reduce(ledgers)));
    const naive = naiveReport(ledgers.map((ledger) => {
      const run = { ledgers: [ledger], lastTick: 0 };
      const rows = csvRows(TABLES.records[0], csvText("records", run));
      const [records = []] = toldRecords(ledger.header.plan, rows);
      return { header: ledger.header, records, integrity: ledger.scan(() => {}) };
    }));
    const written: unknown = JSON.parse(JSON.stringify(naive));
    assert.deepEqual(without(written, NOT_OF_RECORDS), without(summary, NOT_OF_RECORDS));
  });
}
