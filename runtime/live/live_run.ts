import { capacityProblems, capacityWarnings } from "../capacity.ts";
import type { RunOptions } from "../command_line.ts";
import type { Shard } from "../engine/shares.ts";
import type { TransportModule } from "../host/transport.ts";
import { runHere, runInWorkers } from "./live_threads.ts";
import { fileSize, newLedgerPaths } from "../out_folder.ts";
import type { EffectivePlan } from "../overrides.ts";
import { preflight } from "./preflight.ts";
import { EXIT } from "../reduce/exit_codes.ts";
import { counted } from "../report/format.ts";
import { readSecrets } from "./secrets.ts";
import { readWorkers, shardOf, shardText, shardVariables, workerShards } from "../shard.ts";
import { readStartTime } from "./start_time.ts";
import { targetName } from "../target_name.ts";
import { readTlsTexts } from "./tls_texts.ts";
import { UserError } from "../user_error.ts";
import type { WorkerEnd } from "./workers.ts";
import type { ShardJob } from "./workers_messages.ts";

/** What a run is told beside its plan. */
export type Course = Readonly<{
  /** The part of the run that is this process's, and the parts into which its workers divide that. */
  shard: Shard;
  shards: readonly Shard[];
  /** When the load begins, in milliseconds since 1970; null: as soon as it can. */
  startMs: number | null;
}>;

/**
 * Runs a plan against its targets, or the part of it that was asked for, prints the report and returns the exit code.
 * `workerModule`: what workers run. Throws `UserError`.
 */
export async function liveRun(
  built: EffectivePlan,
  transports: readonly TransportModule[],
  options: RunOptions,
  workerModule: string,
): Promise<number> {
  const course = await courseOf(options);
  const { shards, startMs } = course;
  const effective = { ...built, overrides: [...built.overrides, ...courseFlags(course)] };
  const { plan } = effective;
  if (!options.quiet) announce(effective, course);
  const [problem] = capacityProblems(plan, options.out, shards);
  if (problem !== undefined) throw new UserError(problem, EXIT.error);
  const secrets = await readSecrets(plan);
  const tlsTexts = await readTlsTexts(plan, secrets);
  for (const [at, target] of plan.targets.entries()) await preflight(target, tlsTexts[at]);

  const paths = newLedgerPaths(options.out, plan.name, shards);
  const jobs = shards.map((shard, at): ShardJob => {
    return { effective, shard, path: paths[at], secrets, tlsTexts, runsOnce: at === 0 };
  });
  const attendance = { startMs, quiet: options.quiet, color: options.color };
  const ends = jobs.length === 1
    ? [await runHere(jobs[0], transports, attendance)]
    : await runInWorkers(jobs, workerModule, attendance);
  for (const [at, end] of ends.entries()) complain(end, paths[at]);
  const failures = ends.map((end) => "died" in end ? end.died : end.failure).filter((it) => it !== null);
  const failure = failures.length === 0 ? null : failures.join("; ");
  const written = paths.filter((path) => fileSize(path) > 0);
  // It takes as long to read as the engine; the load does not wait for it.
  const { report } = await import("../report_command.ts");
  return report(written, options, failure, { wanted: shards.map(({ index }) => index) });
}

/** What the flags and the environment say of the run's parts and its beginning. Throws `UserError` (104). */
export async function courseOf({ shard: flag, workers, startAt }: RunOptions): Promise<Course> {
  const shard = shardOf(flag, await shardVariables());
  return {
    shard,
    shards: workerShards(shard, workers === null ? 1 : readWorkers(workers)),
    startMs: startAt === null ? null : readStartTime(startAt, Date.now()),
  };
}

/** As flags that could be typed again, wherever the shard came from. */
function courseFlags({ shard, shards, startMs }: Course): string[] {
  return [
    ...(shard.count === 1 ? [] : [`--shard ${shard.index}/${shard.count}`]),
    ...(startMs === null ? [] : [`--start-at ${new Date(startMs).toISOString()}`]),
    ...(shards.length === 1 ? [] : [`--workers ${shards.length}`]),
  ];
}

/** What is about to be done, beginning with the plan's hash. */
function announce({ plan, sha256, overrides }: EffectivePlan, { shard, shards }: Course): void {
  const changed = overrides.length === 0 ? "" : ` (${overrides.join(" ")})`;
  console.error(`plan ${sha256}${changed}`);
  const targets = plan.targets.map(targetName).join(", ");
  console.error(`${plan.name} on ${targets} by ${plan.transport}, seed ${plan.seed}`);
  if (shard.count > 1) console.error(`${shardText(shard)}: 1/${shard.count} of the sessions`);
  if (shards.length > 1) {
    const numbers = shards.map(({ index }) => index).join(", ");
    console.error(`${counted(shards.length, "worker")}: shards ${numbers} of ${shards[0].count}`);
  }
  for (const warning of capacityWarnings(plan)) console.error(`warning: ${warning}`);
}

/** Says at once what the report says again: it may go elsewhere. */
function complain(end: WorkerEnd, path: string): void {
  if ("died" in end) {
    console.error(`z6c: ${end.died}`);
    console.error(`     ${path} ends early; what was written stays readable, and so do the others`);
  } else if (end.failure !== null) {
    console.error(`z6c: the ledger ends early, ${end.lost} records are lost: ${end.failure}`);
    console.error(
      `     free some space, or use --out with a larger disk; what was written to ${path} stays readable`,
    );
  }
}
