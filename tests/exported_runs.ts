/** Runs of every kind, whose numbers are read back from every report and export. */
import { openLedger } from "../runtime/ledger/reader.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import type { Plan } from "../runtime/plan.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { shopPlan, simulatedBytes } from "./compared_runs.ts";
import { REPORT_RUNS } from "./report_runs.ts";

type Runs = Readonly<Record<string, () => ReducibleLedger[] | Promise<ReducibleLedger[]>>>;

const SIMULATED_RUNS: Runs = {
  "is simulated by the engine": engineRun,
  "is simulated, of a chat": () => scenarioRun("chat"),
  "is simulated, of gRPC": () => scenarioRun("grpc-shop"),
};

/** By what the run does; some of those below, for tests that are slow. */
export const EXPORTED_RUNS: Runs = {
  failed: REPORT_RUNS.failed,
  messages: REPORT_RUNS.messages,
  interrupted: REPORT_RUNS.interrupted,
  nothing: REPORT_RUNS.nothing,
  sharded: REPORT_RUNS.sharded,
  "setup-failed": REPORT_RUNS["setup-failed"],
  ...SIMULATED_RUNS,
};

/** All of them. */
export const REPORTED_RUNS: Runs = { ...REPORT_RUNS, ...SIMULATED_RUNS };

/** An example of ours, in part. */
async function scenarioRun(name: string): Promise<ReducibleLedger[]> {
  const plan: Plan = JSON.parse(Deno.readTextFileSync(`scenarios/${name}.plan.json`));
  return [openLedger(memorySource(await simulatedBytes(plan, { sessionLimit: 40 })))];
}

/** Five seconds of a shop that is in trouble. */
export async function engineRun(): Promise<ReducibleLedger[]> {
  const plan = shopPlan({
    seconds: 5,
    simulation: { errorsPpm: 20_000, connections: 20, servers: 4, queue: 30 },
  });
  return [openLedger(memorySource(await simulatedBytes(plan)))];
}
