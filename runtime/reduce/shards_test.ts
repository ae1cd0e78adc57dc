import assert from "node:assert/strict";
import fc from "fast-check";
import { onceRecords, randomRun, recordsOf } from "../../tests/random_run.ts";
import {
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
  WHOLE_LOAD,
} from "../../tests/synthetic_ledger.ts";
import type { LedgerHeader } from "../ledger/header.ts";
import type { Integrity } from "../ledger/reader.ts";
import { ERROR } from "../ledger/errors.ts";
import { STOP } from "../ledger/record.ts";
import type { Metric, Threshold } from "../plan.ts";
import type { ReducibleLedger } from "./first_pass.ts";
import { reduce } from "./reduce.ts";
import { CannotMerge } from "./shards.ts";
import type { Summary } from "./summary.ts";

const threshold = (metric: Metric, statistic: Threshold["statistic"], stage = -1): Threshold => ({
  ...WHOLE_LOAD,
  stage,
  metric,
  statistic,
  comparison: "<",
  limit: 2 ** 20,
  text: metric,
});
const plan = syntheticPlan({
  flows: [
    { name: "buy", steps: ["login", { group: "pay", tags: ["write"], steps: ["cart", "card"] }] },
    { name: "browse", steps: ["home"] },
  ],
  setup: ["sign-up"],
  teardown: ["clean-up"],
  stages: [
    { name: "warm", warmup: true, lengthTicks: 10_000_000, rate: 10 },
    { name: "hold", lengthTicks: 60_000_000, rate: 100 },
  ],
  thresholds: [
    threshold("response_time", { kind: "quantile", ppm: 333_333 }),
    threshold("group_time", { kind: "avg" }),
    threshold("rate", { kind: "rate" }, 1),
    threshold("drops", { kind: "ratio" }),
  ],
});

function ledgerOf(
  records: readonly SyntheticRecord[],
  index = 1,
  count = 1,
  changes: Partial<LedgerHeader> = {},
  integrity: Partial<Integrity> = {},
): ReducibleLedger {
  const header = { ...syntheticHeader(plan), shard: { index, count }, ...changes };
  return syntheticLedger(header, records, { integrity });
}

/** Shard i of n takes sessions of which session mod n = i − 1; what is of no session falls to one of them. */
function split(records: readonly SyntheticRecord[], count: number): SyntheticRecord[][] {
  return Array.from(
    { length: count },
    (_, index) =>
      records.filter(({ session, kind, tick }) =>
        kind === "runEnded" || kind === "runStopped" || (session ?? tick) % count === index
      ),
  );
}

/** What speaks of the load, however many records and ledgers tell it. */
function figures({ shards: _, integrity: __, once: ___, validity, ...rest }: Summary) {
  return { ...rest, validity: validity.map((one) => one.name === "ledger" ? { ...one, actual: 0 } : one) };
}

const randomRuns = fc.record({
  seed: fc.integer(),
  sessions: fc.nat(300),
  magnitude: fc.constantFrom(3, 12, 24, 34),
  count: fc.integer({ min: 2, max: 7 }),
});

Deno.test("the shards of a run have the figures of the whole, in whatever order they are given", () => {
  fc.assert(
    fc.property(randomRuns, fc.boolean(), ({ seed, sessions, magnitude, count }, isStopped) => {
      const run = randomRun(plan, seed, sessions, magnitude);
      // Each shard has gaps of its own, which is told otherwise.
      const records = recordsOf({ ...run, gaps: [] });
      const middle = records.length >> 1;
      const { tick } = records[middle];
      if (isStopped) records.splice(middle, 0, { tick, kind: "runStopped", a: STOP.interrupted });
      const parts = split(records, count).map((part, index) => ledgerOf(part, index + 1, count));
      const turned = [...parts.slice(seed & 1), ...parts.slice(0, seed & 1)].reverse();
      const whole = reduce([ledgerOf(records)]);
      const merged = reduce(turned);
      assert.deepEqual(figures(merged), figures(whole));
      assert.deepEqual(merged.shards.map(({ index }) => index), parts.map((_, index) => index + 1));
      assert.equal(sum(merged.shards, ({ requests }) => requests), whole.requests.issued);
      assert.equal(sum(merged.shards, ({ sessions }) => sessions), whole.sessions.started);
      assert.equal(merged.integrity.state, "whole");
      assert.equal(merged.integrity.records, sum(merged.shards, (shard) => shard.records));
    }),
    { numRuns: 150 },
  );
});

Deno.test("setup and teardown are in no figure of the load", () => {
  fc.assert(
    fc.property(randomRuns, fc.boolean(), ({ seed, sessions, magnitude }, good) => {
      const records = recordsOf(randomRun(plan, seed, sessions, magnitude));
      const entered: SyntheticRecord = { tick: 0, kind: "stageEntered", a: 0 };
      const load = [entered, ...records.slice(0, -1)];
      const ended: SyntheticRecord = { tick: records.at(-1)?.tick ?? 0, kind: "runEnded" };
      const alone = reduce([ledgerOf([...load, ended])]);
      const both = reduce([
        ledgerOf([
          ...onceRecords(plan, "setup", true),
          ...load,
          ...onceRecords(plan, "teardown", good),
          ended,
        ]),
      ]);
      assert.deepEqual(alone.once, []);
      assert.deepEqual({ ...figures(both), decisions: null }, { ...figures(alone), decisions: null });
      assert.deepEqual(
        both.once.map(({ phase, outcome, requests, lengthTicks }) => ({
          phase,
          outcome,
          requests,
          lengthTicks,
        })),
        [
          { phase: "setup", outcome: "completed", requests: 1, lengthTicks: 99_000_000 },
          { phase: "teardown", outcome: good ? "completed" : "failed", requests: 1, lengthTicks: 99_000_000 },
        ],
      );
    }),
    { numRuns: 50 },
  );
});

Deno.test("a setup that failed leaves no figures, and says at which step", () => {
  const { verdict, once, requests } = reduce([ledgerOf([
    ...onceRecords(plan, "setup", false),
    { tick: 0, kind: "runStopped", a: STOP.setupFailed },
    { tick: 0, kind: "runEnded" },
  ])]);
  assert.deepEqual(verdict, {
    verdict: "failed",
    reasons: ["setup failed at step sign-up: not status 200, 300–304"],
    exitCode: 99,
  });
  assert.deepEqual(once[0].trouble, {
    step: "sign-up",
    code: null,
    what: "not status 200, 300–304",
    excerpt: "401 Unauthorized",
  });
  assert.equal(requests.issued, 0);
});

Deno.test("a teardown that fails changes no verdict, and what was tried again is no trouble", () => {
  const setup = onceRecords(plan, "setup", true);
  const { step, session } = setup[1];
  const failed: SyntheticRecord = {
    session,
    vu: 0,
    step,
    tick: 7,
    kind: "requestFailed",
    a: ERROR["wait.reset"],
  };
  const retried: SyntheticRecord = { session, vu: 0, step, tick: 7, kind: "retried", a: 2 };
  const { verdict, once } = reduce([ledgerOf([
    ...setup.slice(0, 3),
    failed,
    retried,
    ...setup.slice(2),
    { tick: 0, kind: "stageEntered", a: 0 },
    ...RECORDS.slice(0, -1),
    ...onceRecords(plan, "teardown", false),
    RECORDS[RECORDS.length - 1],
  ])]);
  assert.deepEqual(once.map(({ trouble }) => trouble?.step ?? null), [null, "clean-up"]);
  assert.equal(once[0].requests, 2);
  assert.deepEqual(verdict, reduce([ledgerOf(RECORDS)]).verdict);
});

const RECORDS = recordsOf(randomRun(plan, 1, 40, 12));
const OTHER = { plan_sha256: "abcdef".padEnd(64, "0") };
const REFUSED: [string, ReducibleLedger[], first: number, second: number, RegExp][] = [
  [
    "the same shard twice",
    [ledgerOf([], 1, 3), ledgerOf([], 2, 3), ledgerOf([], 2, 3)],
    1,
    2,
    /both hold shard 2 of 3/,
  ],
  ["the whole run twice", [ledgerOf([]), ledgerOf([])], 0, 1, /both hold the whole run/],
  [
    "another plan",
    [ledgerOf([], 1, 2), ledgerOf([], 2, 2, OTHER)],
    0,
    1,
    /of two plans \(3f2a91c04d7b and abcdef000000\)/,
  ],
  ["another seed", [ledgerOf([], 1, 2), ledgerOf([], 2, 2, { seed: 9 })], 0, 1, /two seeds \(42 and 9\)/],
  [
    "a simulation of the rest",
    [ledgerOf([], 1, 2), ledgerOf([], 2, 2, { simulated: true })],
    0,
    1,
    /of a run and of a simulation/,
  ],
  ["another count", [ledgerOf([], 1, 2), ledgerOf([], 2, 3)], 0, 1, /runs in 2 shards and in 3 shards/],
];
for (const [what, ledgers, first, second, problem] of REFUSED) {
  Deno.test(`${what} is refused`, () => {
    assert.throws(() => reduce(ledgers), (error) => {
      assert.ok(error instanceof CannotMerge);
      assert.deepEqual([error.first, error.second], [first, second]);
      assert.match(error.problem, problem);
      return true;
    });
  });
}

Deno.test("a missing shard makes the run partial, and is told", () => {
  const three = split(RECORDS, 3).map((part, index) => ledgerOf(part, index + 1, 3));
  const { verdict, integrity } = reduce([three[2], three[0]]);
  assert.equal(integrity.state, "partial");
  assert.equal(verdict.verdict, "invalid");
  assert.ok(verdict.reasons.includes("shard 2 of 3 is missing"));
  const { integrity: one } = reduce([ledgerOf([], 4, 5), ledgerOf([], 2, 5)]);
  assert.equal(one.problem, "shards 1, 3 and 5 of 5 are missing");
  assert.deepEqual([one.recordsLost, one.digest], [null, null]);
});

Deno.test("a single shard is judged by itself, unless all are wanted", () => {
  const [shard] = split(RECORDS, 3).map((part, index) => ledgerOf(part, index + 1, 3));
  assert.equal(reduce([shard]).integrity.state, "whole");
  assert.deepEqual(reduce([shard]).run.shard, { index: 1, count: 3 });
  assert.equal(
    reduce([shard], { wanted: [3, 2, 1] }).integrity.problem,
    "shards 2 and 3 of 3 are missing",
  );
});

Deno.test("the parts into which a shard was shared out again are that shard", () => {
  const [, two, , , five] = split(RECORDS, 6).map((part, index) => ledgerOf(part, index + 1, 6));
  const wanted = [2, 5];
  const both = reduce([five, two], { wanted });
  assert.deepEqual([both.run.shard, both.missingShards], [{ index: 2, count: 3 }, []]);
  assert.equal(both.integrity.state, "whole");
  const one = reduce([five], { wanted });
  assert.deepEqual([one.run.shard, one.missingShards], [{ index: 2, count: 3 }, [2]]);
  assert.equal(one.integrity.problem, "shard 2 of 6 is missing");
  const thirds = split(RECORDS, 3).map((part, index) => ledgerOf(part, index + 1, 3));
  assert.deepEqual(both.requests, reduce([thirds[1]]).requests);
});

Deno.test("a shard that is not whole is named, and the worst of them is what all are", () => {
  const parts = split(RECORDS, 3);
  const cut = { state: "partial", problem: "the end is missing", digest: null } as const;
  const damaged = {
    state: "damaged",
    problem: "block 3 was changed",
    recordsLost: null,
    digest: null,
  } as const;
  const { integrity, shards } = reduce([
    ledgerOf(parts[0], 1, 3, {}, cut),
    ledgerOf(parts[1], 2, 3),
    ledgerOf(parts[2], 3, 3, {}, damaged),
  ]);
  assert.equal(integrity.state, "damaged");
  assert.equal(integrity.problem, "shard 1 of 3: the end is missing; shard 3 of 3: block 3 was changed");
  assert.deepEqual(shards.map(({ state }) => state), ["partial", "whole", "damaged"]);
});

Deno.test("the shard that was busiest is the one that is judged", () => {
  const used = (a: number): SyntheticRecord => ({ tick: 60_000_000, kind: "processorUsed", a, b: 1_000_000 });
  const entered: SyntheticRecord = { tick: 0, kind: "stageEntered", a: 0 };
  const end: SyntheticRecord = { tick: 60_000_000, kind: "runEnded" };
  const { validity, generator } = reduce([
    ledgerOf([entered, used(100_000), end], 1, 3),
    ledgerOf([entered, used(970_000), end], 2, 3),
    ledgerOf([entered, end], 3, 3),
  ]);
  assert.deepEqual(generator.processor, { shard: 2, usedPpm: 970_000, isBusy: true });
  assert.equal(validity.find(({ name }) => name === "cpu")?.actual, 970_000);
});

Deno.test("the shard that stood still for longest is the one that is judged", () => {
  const gap = (length: number): SyntheticRecord => ({ tick: 60_000_000, kind: "loopGap", a: length });
  const entered: SyntheticRecord = { tick: 0, kind: "stageEntered", a: 0 };
  const end: SyntheticRecord = { tick: 60_000_000, kind: "runEnded" };
  const { validity, generator } = reduce([
    ledgerOf([entered, gap(100_000), gap(400_000), end], 1, 2),
    ledgerOf([entered, gap(200_000), end], 2, 2),
  ]);
  assert.deepEqual(generator.gaps, {
    count: 3,
    longestTicks: 400_000,
    totalTicks: 700_000,
    longest: [
      { shard: 1, fromTick: 59_600_000, lengthTicks: 400_000 },
      { shard: 2, fromTick: 59_800_000, lengthTicks: 200_000 },
      { shard: 1, fromTick: 59_900_000, lengthTicks: 100_000 },
    ],
  });
  assert.equal(validity.find(({ name }) => name === "gaps")?.actual, 10_000);
});

Deno.test("the facts of all shards are told: the first start, and every override once", () => {
  const started = (second: number) => `2026-03-01T12:00:0${second}.000Z`;
  const { run, shards } = reduce([
    ledgerOf([], 2, 2, { started: started(1), overrides: ["--seed 9"] }),
    ledgerOf([], 1, 2, { started: started(4), overrides: ["--seed 9", "--base http://[::1]:80"] }),
  ]);
  assert.equal(run.started, started(1));
  assert.deepEqual(run.overrides, ["--seed 9", "--base http://[::1]:80"]);
  assert.deepEqual(shards.map((shard) => shard.started), [started(4), started(1)]);
});

function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + valueOf(item), 0);
}
