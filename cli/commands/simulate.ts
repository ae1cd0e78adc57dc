import { WHOLE } from "../../runtime/engine/shares.ts";
import { createLedgerFile } from "../../runtime/host/ledger_file.ts";
import type { Sink } from "../../runtime/ledger/sink.ts";
import type { LedgerTotals } from "../../runtime/ledger/writer.ts";
import { cannotWrite, newLedgerPaths } from "../../runtime/out_folder.ts";
import { effectivePlan } from "../../runtime/overrides.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { report } from "../../runtime/report_command.ts";
import { readShard } from "../../runtime/shard.ts";
import { simulate as simulatePlan, unmetSteps } from "../../runtime/simulated_run.ts";
import { UserError } from "../../runtime/user_error.ts";
import { isPlanFile, readPlanFile } from "../plan_file.ts";
import { canonicalPlan, planOf } from "../scenario.ts";

/** What a simulation is asked for, as on the command line. */
export type SimulateOptions = Readonly<{
  seed: string | null;
  sessions: string | null;
  shard: string | null;
  out: string;
  reports: readonly string[];
  json: boolean;
  quiet: boolean;
  color: boolean;
}>;

/** Runs a scenario or a plan on a virtual clock against a simulated target, and prints the report. */
export async function simulate(
  file: string,
  given: readonly string[],
  options: SimulateOptions,
): Promise<number> {
  const sessionLimit = options.sessions === null ? Infinity : readSessions(options.sessions);
  const shard = options.shard === null ? WHOLE : readShard(options.shard);
  const built = isPlanFile(file)
    ? readPlanFile(file)
    : canonicalPlan(await planOf(file, given, options.color));
  const effective = effectivePlan(built, { base: [], seed: options.seed, transport: null }, []);
  const { plan } = effective;
  for (const line of unmetSteps(plan)) console.error(`warning: ${line}`);

  const [path] = newLedgerPaths(options.out, `${plan.name}-simulated`, [shard]);
  const start = performance.now();
  const totals = await simulatePlan(effective, newFile(path), { shard, sessionLimit });
  if (!options.quiet) {
    console.error(`plan ${effective.sha256}`);
    console.error(summary(totals, (performance.now() - start) / 1000));
  }
  return report([path], options, totals.failure);
}

function summary({ records, digest }: LedgerTotals, seconds: number): string {
  const speed = `${records.toLocaleString("en")} records in ${seconds.toFixed(1)} s`;
  return digest === null ? `simulated ${speed}` : `ledger ${digest}\nsimulated ${speed}`;
}

function newFile(path: string): Sink {
  try {
    return createLedgerFile(path);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

function readSessions(text: string): number {
  const sessions = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(sessions) || sessions === 0) {
    throw new UserError(`--sessions wants a whole number from 1; found "${text}"`, EXIT.badInput);
  }
  return sessions;
}
