import assert from "node:assert/strict";
import {
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
} from "../../tests/synthetic_ledger.ts";
import { ERROR } from "../ledger/errors.ts";
import { reduce } from "./reduce.ts";

const plan = syntheticPlan({
  flows: [{ name: "one", steps: ["a"] }],
  stages: [{ name: "warm", warmup: true, lengthTicks: 1000, rate: 1 }, {
    name: "hold",
    lengthTicks: 1000,
    rate: 1,
  }],
});
const ON = { session: 0, vu: 5 };
const STARTED: SyntheticRecord = { ...ON, tick: 2000, kind: "sessionStarted", step: 0, a: 1 };
const ISSUED: SyntheticRecord = { ...ON, tick: 2010, kind: "requestIssued", step: 0, a: 10 };

function summaryOf(...records: SyntheticRecord[]) {
  return reduce([syntheticLedger(syntheticHeader(plan), records)]);
}

const CONTRADICTIONS: [string, SyntheticRecord[]][] = [
  ["an answer to no request", [STARTED, { ...ON, tick: 2020, kind: "responseEnded", step: 0 }]],
  ["a request of no session", [ISSUED]],
  ["a request of no session on a low VU", [{ ...STARTED, vu: 5000 }, { ...ISSUED, vu: 2000 }]],
  ["a flow that the plan has not", [{ ...STARTED, step: 1 }]],
  ["a stage that the plan has not", [{ ...STARTED, a: 2 }]],
  ["a step that the plan has not", [STARTED, { ...ISSUED, step: 1 }]],
  ["a redirect of a step that the plan has not", [STARTED, {
    ...ON,
    tick: 2020,
    kind: "redirected",
    step: 1,
  }]],
  ["a connection of no request", [STARTED, { ...ON, tick: 2020, kind: "connectionOpened", step: 0 }]],
];
for (const [what, records] of CONTRADICTIONS) {
  Deno.test(`${what} is a contradiction`, () => {
    assert.throws(() => summaryOf(...records), /the ledger contradicts itself/);
  });
}

Deno.test("a timeout enters latency as long as it waited, another error does not", () => {
  for (const [error, samples] of [[ERROR["wait.timeout"], 1], [ERROR["wait.reset"], 0]] as const) {
    const summary = summaryOf(STARTED, ISSUED, {
      ...ON,
      tick: 9010,
      kind: "requestFailed",
      step: 0,
      a: error,
    });
    assert.equal(summary.responseTime?.count ?? 0, samples);
    assert.equal(summary.responseTime?.max ?? 7010, 7010);
    assert.equal(summary.serviceTime?.max ?? 7000, 7000);
    assert.equal(summary.requests.failed, 1);
  }
});

Deno.test("redirects and retries are counted by step, and what follows them as requests", () => {
  const ended = (status: number): SyntheticRecord[] => [
    ISSUED,
    { ...ON, tick: 2020, kind: "responseEnded", step: 0, c: status },
  ];
  const { requests, steps, errors } = summaryOf(
    STARTED,
    ...ended(302),
    { ...ON, tick: 2020, kind: "redirected", step: 0, a: 302, b: 1 },
    ...ended(503),
    { ...ON, tick: 2020, kind: "retried", step: 0, a: 2, b: 100 },
    ...ended(200),
  );
  assert.deepEqual([requests.issued, requests.responded, requests.redirected, requests.retried], [
    3,
    3,
    1,
    1,
  ]);
  assert.equal(steps[0].requests.redirected, 1);
  assert.deepEqual(errors, []);
});

Deno.test("only the part of a loop gap that lies in measured time counts", () => {
  const gap = (tick: number, a: number): SyntheticRecord => ({ tick, kind: "loopGap", a });
  const summary = summaryOf(gap(900, 500), gap(1100, 500), gap(2000, 300), { tick: 3000, kind: "runEnded" });
  assert.deepEqual(summary.generator.gaps, {
    count: 2,
    longestTicks: 300,
    totalTicks: 400,
    longest: [
      { shard: 1, fromTick: 1700, lengthTicks: 300 },
      { shard: 1, fromTick: 1000, lengthTicks: 100 },
    ],
  });
  const gaps = summary.validity.find(({ name }) => name === "gaps");
  assert.equal(gaps?.actual, 200_000);
});

Deno.test("only what began to be used of the processor in measured time counts", () => {
  const used = (tick: number, a: number, b: number): SyntheticRecord => ({
    tick,
    kind: "processorUsed",
    a,
    b,
  });
  const busy = (...records: SyntheticRecord[]) => summaryOf(...records, { tick: 3000, kind: "runEnded" });
  const summary = busy(
    used(500, 500, 500),
    used(1001, 500, 501),
    used(2001, 850, 1000),
    used(3001, 950, 1000),
  );
  assert.deepEqual(summary.generator.processor, { shard: 1, usedPpm: 900_000, isBusy: true });
  const cpu = summary.validity.find(({ name }) => name === "cpu");
  assert.deepEqual([cpu?.actual, cpu?.limit, cpu?.ok], [900_000, 1_000_000, true]);
  // In all of the time is the most that there is, whatever the system counts.
  assert.equal(busy(used(2001, 1010, 1000)).generator.processor?.usedPpm, 1_000_000);
  const idle = busy(used(2001, 899, 1000)).generator.processor;
  assert.deepEqual(idle, { shard: 1, usedPpm: 899_000, isBusy: false });
  assert.equal(busy(used(1001, 500, 501)).generator.processor, null);
  assert.equal(busy().validity.find(({ name }) => name === "cpu")?.actual, null);
});

Deno.test("the five longest loop gaps are told with their time, the longest first", () => {
  const gaps = [20, 50, 10, 60, 30, 40, 50].map((length, at): SyntheticRecord => {
    return { tick: 2000 + 100 * at, kind: "loopGap", a: length };
  });
  const { longest } = summaryOf(...gaps, { tick: 3000, kind: "runEnded" }).generator.gaps;
  assert.deepEqual(longest.map(({ fromTick, lengthTicks }) => [fromTick, lengthTicks]), [
    [2240, 60],
    [2050, 50],
    [2550, 50],
    [2460, 40],
    [2370, 30],
  ]);
});

Deno.test("the first words of each step and error are kept, and no more than 200 characters", () => {
  const failed = (text: string): SyntheticRecord[] => [
    ISSUED,
    { ...ON, tick: 2020, kind: "requestFailed", step: 0, a: ERROR["wait.reset"], text },
  ];
  const long = "ä".repeat(230);
  const [error] = summaryOf(STARTED, ...failed(long), ...failed("second")).errors;
  assert.deepEqual(error.steps, [{ flow: "one", step: "a", count: 2, excerpt: "ä".repeat(200) + "…" }]);
  assert.equal(error.firstTick, 2020);
});

Deno.test("a closed load without end lasts until its last answer, and plans no sessions", () => {
  const stage = { name: "loop", warmup: false, startTick: 0, lengthTicks: 0, vusStart: 1, vusEnd: 1 };
  const load = {
    model: "closed",
    stages: [stage],
    iterations: 1,
    maxVus: 1,
    paceTicks: 0,
    gracefulStopTicks: 0,
  } as const;
  const summary = reduce([syntheticLedger(syntheticHeader({ ...plan, load }), [
    { ...STARTED, a: 0 },
    ISSUED,
    { ...ON, tick: 500_000, kind: "responseEnded", step: 0, c: 200 },
    { ...ON, tick: 500_000, kind: "sessionEnded", step: 0 },
    { tick: 500_000, kind: "runEnded" },
  ])]);
  assert.deepEqual([summary.requests.perSecond, summary.sessions.startedPerSecond], [2, 2]);
  assert.deepEqual([summary.stages[0].planned, summary.stages[0].requests.perSecond], [null, 2]);
  assert.equal(summary.verdict.verdict, "passed");
});
