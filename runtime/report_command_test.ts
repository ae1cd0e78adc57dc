import assert from "node:assert/strict";
import { join } from "node:path";
import { randomRun, recordsOf } from "../tests/random_run.ts";
import { syntheticHeader, syntheticPlan, type SyntheticRecord } from "../tests/synthetic_ledger.ts";
import { createLedgerFile } from "./host/ledger_file.ts";
import { KIND, NO_STEP, NONE } from "./ledger/record.ts";
import { LedgerWriter } from "./ledger/writer.ts";
import { reportStem, summaryOf } from "./report_command.ts";
import { UserError } from "./user_error.ts";

const plan = syntheticPlan({
  flows: [{ name: "buy", steps: ["login", "pay"] }],
  stages: [{ name: "hold", lengthTicks: 60_000_000, rate: 100 }],
});
const RECORDS = recordsOf({ ...randomRun(plan, 3, 200, 20), gaps: [] });

/** Writes shard `index` of `count` as a file. */
function write(folder: string, index: number, count: number, seed = 42): string {
  const path = join(folder, `buy-${index}of${count}-${seed}.z6log`);
  const header = { ...syntheticHeader(plan), seed, shard: { index, count } };
  const writer = new LedgerWriter(createLedgerFile(path), JSON.stringify(header));
  const own = RECORDS.filter(({ session }) => session === undefined || session % count === index - 1);
  for (const record of own) append(writer, record);
  writer.finish();
  return path;
}

function append(writer: LedgerWriter, record: SyntheticRecord): void {
  const { tick, session = NONE, vu = NONE, kind, step = NO_STEP, a = 0, b = 0, c = 0, text = "" } = record;
  writer.append(tick, session, vu, KIND[kind], step, a, b, c);
  writer.appendText(text);
}

Deno.test("ledgers of shards are read as one run, wherever they lie and in any order", () => {
  const folder = Deno.makeTempDirSync();
  const whole = summaryOf([write(folder, 1, 1)]);
  const merged = summaryOf([3, 1, 2].map((index) => write(folder, index, 3)));
  assert.deepEqual(merged.requests, whole.requests);
  assert.deepEqual(merged.responseTime, whole.responseTime);
  assert.deepEqual(merged.decisions, whole.decisions);
  assert.equal(merged.integrity.state, "whole");
  assert.deepEqual(merged.shards.map(({ state, digest }) => [state, digest?.length]), [
    ["whole", 64],
    ["whole", 64],
    ["whole", 64],
  ]);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("ledgers that are not of one run are refused with the names of both", () => {
  const folder = Deno.makeTempDirSync();
  const [one, two, otherSeed] = [write(folder, 1, 2), write(folder, 2, 2), write(folder, 2, 2, 9)];
  const cases: [string[], string][] = [
    [[two, one, two], `${two} and ${two} both hold shard 2 of 2`],
    [[one, otherSeed], `${one} and ${otherSeed} ran with two seeds (42 and 9)`],
    [[one, join(folder, "none.z6log")], `there is no ledger ${join(folder, "none.z6log")}`],
  ];
  for (const [paths, problem] of cases) {
    assert.throws(() => summaryOf(paths), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.exitCode, 104);
      assert.ok(error.message.startsWith(problem), error.message);
      return true;
    });
  }
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("reports lie beside the ledger, and those of all shards under the run's name", () => {
  assert.equal(reportStem(["out/buy-20261121-120945.z6log"]), "out/buy-20261121-120945");
  assert.equal(reportStem(["out/buy-2of3.z6log"]), "out/buy-2of3");
  assert.equal(reportStem(["out/buy-1of3.z6log", "out/buy-2of3.z6log"]), "out/buy");
});
