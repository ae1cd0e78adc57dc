import { join } from "node:path";
import { createLedgerFile } from "../runtime/host/ledger_file.ts";
import { bytes } from "../runtime/report/format.ts";
import { simulate } from "../runtime/simulated_run.ts";
import { constantLoad, samplePlan } from "../tests/sample_plans.ts";
import { Z6C } from "../tests/running.ts";
import type { BenchOptions, Table } from "./table.ts";
import { watched } from "./watched.ts";

const PER_SECOND = 10_000;
/** Shorter ones beside the one that is asked for show what does not depend on the length. */
const PARTS = [1_000, 10, 1] as const;

/** What a long ledger takes to be reduced: the peak of memory must not depend on its length. */
export async function ledgerSize({ folder, ledgerBytes }: BenchOptions): Promise<Table> {
  const perSession = await bytesPerSession(folder);
  const rows: string[][] = [];
  const values: Record<string, number> = {};
  for (const part of PARTS) {
    const file = join(folder, `long-${part}.z6log`);
    await write(file, Math.ceil(ledgerBytes / part / perSession));
    const { size } = await Deno.stat(file);
    const reading = { name: "z6c report", command: [...Z6C, "report", "--json", file], folder };
    const { peak, stdout, seconds } = await watched(reading, null, [0, 97, 99]);
    const { records } = JSON.parse(stdout).integrity;
    rows.push([
      bytes(size),
      Number(records).toLocaleString("en"),
      bytes(peak),
      `${seconds.toFixed(1)} s`,
      `${(records / seconds / 1e6).toFixed(1)} M/s`,
    ]);
    values[`peak_bytes_of_1_in_${part}`] = peak;
    values[`ledger_bytes_of_1_in_${part}`] = size;
    await Deno.remove(file);
  }
  return {
    name: "ledger_size",
    title: "Long ledgers, reduced to a report",
    note:
      "`z6c report` of simulated ledgers of one request a session, from source: peak resident memory and the time " +
      "of the whole process, as it comes, start-up included.",
    columns: ["ledger", "records", "peak memory", "time", "records reduced"],
    rows,
    values,
  };
}

async function bytesPerSession(folder: string): Promise<number> {
  const sessions = 100_000;
  const file = join(folder, "short.z6log");
  await write(file, sessions);
  return (await Deno.stat(file)).size / sessions;
}

async function write(file: string, sessions: number): Promise<void> {
  const lengthTicks = Math.ceil((sessions * 1e6) / PER_SECOND);
  const plan = samplePlan({
    load: constantLoad(PER_SECOND, lengthTicks, 2_000),
    simulation: { service: { minTicks: 1_000, maxTicks: 100_000, quantiles: [] } },
  });
  const effective = { plan, sha256: "0".repeat(64), overrides: [] };
  const { failure } = await simulate(effective, createLedgerFile(file));
  if (failure !== null) throw new Error(failure);
}
