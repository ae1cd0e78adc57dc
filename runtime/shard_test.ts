import assert from "node:assert/strict";
import fc from "fast-check";
import { type Shard, WHOLE } from "./engine/shares.ts";
import { readShard, readWorkers, SHARD_VARIABLES, shardName, shardOf, workerShards } from "./shard.ts";
import { UserError } from "./user_error.ts";

type Environment = Partial<Record<typeof SHARD_VARIABLES[number], string>>;

const shardIn = (environment: Environment, flag: string | null = null) =>
  shardOf(flag, (name) => environment[name]);

function assertRefused(read: () => unknown, message: RegExp): void {
  assert.throws(read, (error: unknown) => {
    assert(error instanceof UserError);
    assert.equal(error.exitCode, 104);
    assert.match(error.message, message);
    return true;
  });
}

const slurm = (id: string, count: string, min?: string, max?: string, step?: string): Environment => ({
  SLURM_ARRAY_TASK_ID: id,
  SLURM_ARRAY_TASK_COUNT: count,
  ...(min === undefined ? {} : { SLURM_ARRAY_TASK_MIN: min }),
  ...(max === undefined ? {} : { SLURM_ARRAY_TASK_MAX: max }),
  ...(step === undefined ? {} : { SLURM_ARRAY_TASK_STEP: step }),
});

Deno.test("--shard i/n", () => {
  assert.deepEqual(readShard("1/1"), WHOLE);
  assert.deepEqual(readShard("2/3"), { index: 2, count: 3 });
  for (const text of ["", "2", "0/3", "4/3", "1/0", "-1/3", "1/3/5", "a/b", "1 / 3", "1.5/3", "1/10001"]) {
    assertRefused(() => readShard(text), /^--shard wants i\/n.*found "/);
  }
  assert.equal(shardName({ index: 2, count: 3 }), "2of3");
});

Deno.test("--workers n", () => {
  assert.deepEqual(["1", "2", "256"].map(readWorkers), [1, 2, 256]);
  for (const text of ["", "0", "-1", "257", "1.5", "two", "2/3"]) {
    assertRefused(() => readWorkers(text), /^--workers wants a whole number from 1 to 256; found "/);
  }
});

Deno.test("without the flag the environment says which shard this is", () => {
  const cases: [Environment, Shard][] = [
    [{}, WHOLE],
    [{ JOB_COMPLETIONS: "3" }, WHOLE],
    [{ JOB_COMPLETION_INDEX: "", SLURM_ARRAY_TASK_ID: "" }, WHOLE],
    [{ JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "3" }, { index: 1, count: 3 }],
    [{ JOB_COMPLETION_INDEX: "2", JOB_COMPLETIONS: "3" }, { index: 3, count: 3 }],
    [slurm("0", "4"), { index: 1, count: 4 }],
    [slurm("3", "4", "0", "3", "1"), { index: 4, count: 4 }],
    [slurm("1", "4", "1", "4"), { index: 1, count: 4 }],
    [slurm("100", "4", "97", "100"), { index: 4, count: 4 }],
    [slurm("8", "3", "4", "12", "4"), { index: 2, count: 3 }],
  ];
  for (const [environment, shard] of cases) {
    assert.deepEqual(shardIn(environment), shard, JSON.stringify(environment));
  }
  assert.deepEqual(shardIn({ JOB_COMPLETION_INDEX: "7" }, "1/2"), { index: 1, count: 2 }, "the flag wins");
});

Deno.test("an environment that does not say it clearly is refused", () => {
  const cases: [Environment, RegExp][] = [
    [{ JOB_COMPLETION_INDEX: "1" }, /set JOB_COMPLETIONS to the Job's `completions`/],
    [
      { JOB_COMPLETION_INDEX: "3", JOB_COMPLETIONS: "3" },
      /^JOB_COMPLETION_INDEX 3 is not below JOB_COMPLETIONS 3$/,
    ],
    [{ JOB_COMPLETION_INDEX: "x", JOB_COMPLETIONS: "3" }, /^JOB_COMPLETION_INDEX should be a whole number/],
    [{ JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "$(N)" }, /^JOB_COMPLETIONS should be .*"\$\(N\)"$/],
    [{ JOB_COMPLETION_INDEX: "0", JOB_COMPLETIONS: "20000" }, /at most 10000 shards/],
    [{ SLURM_ARRAY_TASK_ID: "1" }, /SLURM_ARRAY_TASK_COUNT is not set/],
    [slurm("5", "3", "1", "5"), /not evenly spaced/],
    [slurm("1", "3", "1", "5"), /not evenly spaced/],
    [slurm("2", "3", "1", "5", "2"), /not evenly spaced/],
    [slurm("9", "3"), /not evenly spaced/],
    [{ ...slurm("0", "2"), JOB_COMPLETION_INDEX: "0" }, /are both set/],
  ];
  for (const [environment, message] of cases) assertRefused(() => shardIn(environment), message);
});

Deno.test("workers divide a shard: every session is somebody's, and nobody else's", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 1000 }),
    (count, workers, session) => {
      const takes = ({ index, count }: Shard) => session % count === index - 1;
      for (let index = 1; index <= count; index++) {
        const shard = { index, count };
        const takers = workerShards(shard, workers).filter(takes).length;
        assert.equal(takers, takes(shard) ? 1 : 0);
      }
    },
  ));
});
