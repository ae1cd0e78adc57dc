import { join } from "node:path";
import { createLedgerFile } from "../runtime/host/ledger_file.ts";
import { bytes, counted } from "../runtime/report/format.ts";
import { simulate } from "../runtime/simulated_run.ts";
import { constantLoad, samplePlan } from "../tests/sample_plans.ts";
import { Z6C } from "../tests/running.ts";
import { spread } from "./statistics.ts";
import type { BenchOptions, Table } from "./table.ts";
import { type Watched, watched } from "./watched.ts";

const REQUESTS = { measured: 10_000_000, toy: 30_000 } as const;
const A_SESSION = 3;
const SESSIONS_PER_SECOND = 4_000;

/** What it takes to look at a run of 10 million requests: the report as text and as a page, and a comparison. */
export async function longReports({ folder, rounds, isToy }: BenchOptions): Promise<Table> {
  const requests = isToy ? REQUESTS.toy : REQUESTS.measured;
  const [one, other] = [join(folder, "long.z6log"), join(folder, "longer.z6log")];
  await write(one, requests / A_SESSION, 60_000);
  await write(other, requests / A_SESSION, 63_000);
  const commands = {
    "report, text": ["report", "--json", one],
    "report, text and HTML": ["report", "--json", "--report", "html", one],
    "comparison of two": ["compare", one, other],
  };
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  let records = 0;
  for (const [name, words] of Object.entries(commands)) {
    const runs: Watched[] = [];
    for (let round = 0; round < rounds; round++) {
      runs.push(await watched({ name, command: [...Z6C, ...words], folder }, null, [0, 97, 99]));
    }
    if (words.includes("--json")) records = JSON.parse(runs[0].stdout).integrity.records;
    const seconds = spread(runs.map((run) => run.seconds));
    const processor = spread(runs.map((run) => run.processorSeconds));
    const peak = Math.max(...runs.map((run) => run.peak));
    rows.push([
      name,
      `${seconds.median.toFixed(1)} s`,
      `${processor.median.toFixed(1)} s`,
      `${processor.min.toFixed(1)}–${processor.max.toFixed(1)} s`,
      bytes(peak),
    ]);
    values[`${name}: seconds`] = seconds.median;
    values[`${name}: processor seconds`] = processor.median;
    values[`${name}: peak bytes`] = peak;
  }
  const { size } = await Deno.stat(one.replace(/z6log$/, "html"));
  values["records"] = records;
  values["page bytes"] = size;
  values["records reduced a processor second"] = records / values["report, text: processor seconds"];
  await Promise.all([one, other].map((file) => Deno.remove(file)));
  return {
    name: "long_reports",
    title: `Reports of ${requests.toLocaleString("en")} requests`,
    note:
      `${
        counted(rounds, "round")
      }; medians, the range of processor time, and the highest peak. Whole processes, ` +
      `from source, of simulated ledgers of ${
        records.toLocaleString("en")
      } records: sessions of ${A_SESSION} ` +
      `requests, two flows. Text alone: ${
        (values["records reduced a processor second"] / 1e6).toFixed(1)
      } M ` +
      `records/s of processor time, start-up included. The page has ${bytes(size)}.`,
    columns: ["what", "time", "processor time", "range", "peak memory"],
    rows,
    values,
  };
}

async function write(file: string, sessions: number, serviceTicks: number): Promise<void> {
  const lengthTicks = Math.ceil((sessions * 1e6) / SESSIONS_PER_SECOND);
  const plan = samplePlan({
    flows: [
      [{ get: "/" }, { get: "/list" }, { think: [1_000, 20_000] }, { get: "/item" }],
      [{ get: "/login" }, { get: "/basket" }, { get: "/pay" }],
    ],
    load: constantLoad(SESSIONS_PER_SECOND, lengthTicks, 4_000),
    simulation: { service: { minTicks: 800, maxTicks: serviceTicks, quantiles: [] }, errorsPpm: 5_000 },
  });
  const { failure } = await simulate(
    { plan, sha256: "0".repeat(64), overrides: [] },
    createLedgerFile(file),
  );
  if (failure !== null) throw new Error(failure);
}
