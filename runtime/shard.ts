import { type Shard, WHOLE } from "./engine/shares.ts";
import { EXIT } from "./reduce/exit_codes.ts";
import { UserError } from "./user_error.ts";

/** What environments in which many copies are started alike tell each of them. Read where `--shard` is not given. */
export const SHARD_VARIABLES = [
  "JOB_COMPLETION_INDEX",
  "JOB_COMPLETIONS",
  "SLURM_ARRAY_TASK_ID",
  "SLURM_ARRAY_TASK_COUNT",
  "SLURM_ARRAY_TASK_MIN",
  "SLURM_ARRAY_TASK_MAX",
  "SLURM_ARRAY_TASK_STEP",
] as const;

/** Looks a variable up: undefined where it is not set. */
export type Variables = (name: typeof SHARD_VARIABLES[number]) => string | undefined;

const COUNT_MAX = 10_000;

/**
 * The shard that `--shard i/n` names or, where that is null, the environment: an indexed Job of Kubernetes or an array
 * job of Slurm. The whole run where nobody names one. Throws `UserError` (104).
 */
export function shardOf(flag: string | null, variables: Variables): Shard {
  if (flag !== null) return readShard(flag);
  const given = (name: typeof SHARD_VARIABLES[number]) => variables(name) || undefined;
  const job = given("JOB_COMPLETION_INDEX");
  const array = given("SLURM_ARRAY_TASK_ID");
  if (job !== undefined && array !== undefined) {
    throw problem(
      "JOB_COMPLETION_INDEX and SLURM_ARRAY_TASK_ID are both set; say with --shard i/n which part this is",
    );
  }
  if (job !== undefined) return kubernetesShard(job, given("JOB_COMPLETIONS"));
  if (array !== undefined) return slurmShard(array, given);
  return WHOLE;
}

/** `2/3`. Throws `UserError` (104). */
export function readShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (index === undefined || index < 1 || index > count || count > COUNT_MAX) {
    throw problem(
      `--shard wants i/n, the i-th of n parts (1 ≤ i ≤ n ≤ ${COUNT_MAX}), such as 2/3; found "${text}"`,
    );
  }
  return { index, count };
}

/** The environment, as far as it may be read: an executable is allowed these names when it is built. */
export async function shardVariables(): Promise<Variables> {
  const values = new Map<string, string | undefined>();
  for (const name of SHARD_VARIABLES) {
    const { state } = await Deno.permissions.query({ name: "env", variable: name });
    if (state === "granted") values.set(name, Deno.env.get(name));
  }
  return (name) => values.get(name);
}

/** `shard 2 of 3`: how a shard is called in texts. */
export function shardText({ index, count }: Shard): string {
  return `shard ${index} of ${count}`;
}

/** `2of3`: how a shard is called in the names of files. */
export function shardName({ index, count }: Shard): string {
  return `${index}of${count}`;
}

const WORKERS_MAX = 256;

/** `--workers n`. Throws `UserError` (104). */
export function readWorkers(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers < 1 || workers > WORKERS_MAX) {
    throw problem(`--workers wants a whole number from 1 to ${WORKERS_MAX}; found "${text}"`);
  }
  return workers;
}

/**
 * The shards of the workers among which a shard is divided. Its sessions are those with number mod `count` =
 * `index` − 1, and every `workers`-th of them is one worker's, so each worker's are a shard of `count` · `workers`.
 */
export function workerShards({ index, count }: Shard, workers: number): Shard[] {
  return Array.from({ length: workers }, (_, n) => ({ index: index + n * count, count: count * workers }));
}

function kubernetesShard(job: string, completions: string | undefined): Shard {
  if (completions === undefined) {
    throw problem(
      `JOB_COMPLETION_INDEX is ${job}, so this is one pod of several, and nobody says of how many: set JOB_COMPLETIONS ` +
        "to the Job's `completions` in the pod's env, or use --shard i/n (1/1 for the whole run)",
    );
  }
  const count = wholeNumber("JOB_COMPLETIONS", completions);
  const index = wholeNumber("JOB_COMPLETION_INDEX", job) + 1;
  return checked({ index, count }, `JOB_COMPLETION_INDEX ${job} is not below JOB_COMPLETIONS ${completions}`);
}

function slurmShard(task: string, given: Variables): Shard {
  const counted = given("SLURM_ARRAY_TASK_COUNT");
  if (counted === undefined) {
    throw problem(
      `SLURM_ARRAY_TASK_ID is ${task}, and SLURM_ARRAY_TASK_COUNT is not set, so nobody says of how many; ` +
        "use --shard i/n (1/1 for the whole run)",
    );
  }
  const numberOf = (name: typeof SHARD_VARIABLES[number], missing: number) => {
    const text = given(name);
    return text === undefined ? missing : wholeNumber(name, text);
  };
  const id = wholeNumber("SLURM_ARRAY_TASK_ID", task);
  const count = wholeNumber("SLURM_ARRAY_TASK_COUNT", counted);
  const min = numberOf("SLURM_ARRAY_TASK_MIN", 0);
  const step = Math.max(1, numberOf("SLURM_ARRAY_TASK_STEP", 1));
  const max = numberOf("SLURM_ARRAY_TASK_MAX", min + (count - 1) * step);
  const uneven =
    `the array's task ids (${min} to ${max}, ${count} of them, this one ${id}) are not evenly spaced by ` +
    `${step}, so their order cannot be told; use --array=0-${Math.max(0, count - 1)}`;
  const index = (id - min) / step + 1;
  if (!Number.isInteger(index) || (max - min) / step + 1 !== count) throw problem(uneven);
  return checked({ index, count }, uneven);
}

function checked(shard: Shard, otherwise: string): Shard {
  const { index, count } = shard;
  if (index < 1 || index > count) throw problem(otherwise);
  if (count > COUNT_MAX) throw problem(`a run has at most ${COUNT_MAX} shards, and this is one of ${count}`);
  return shard;
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw problem(`${name} should be a whole number, and is "${text}"`);
  return Number(text);
}

function problem(text: string): UserError {
  return new UserError(text, EXIT.badInput);
}
