import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ModelGroup,
  type ModelRequest,
  type ModelRun,
  type ModelSession,
  randomRun,
  recordsOf,
} from "../../tests/random_run.ts";
import { syntheticHeader, syntheticLedger, syntheticPlan, WHOLE_LOAD } from "../../tests/synthetic_ledger.ts";
import { ERROR, requestError } from "../ledger/errors.ts";
import { openLedger } from "../ledger/reader.ts";
import { END, KIND, NO_STEP, NONE } from "../ledger/record.ts";
import { memorySource } from "../ledger/source.ts";
import { LedgerWriter } from "../ledger/writer.ts";
import type { Metric, Threshold } from "../plan.ts";
import { reduce } from "./reduce.ts";
import { ALL, type Scope } from "./scope.ts";
import type { Distribution } from "./summary.ts";

const METRICS = [
  "response_time",
  "service_time",
  "first_byte",
  "connect",
  "lag",
  "blocked",
  "session_time",
  "group_time",
] as const;

/** Odd quantiles of every metric, over all, a flow, a step, a stage, and a tag. */
const SCOPES: Scope[] = [
  ALL,
  { ...ALL, flow: 1 },
  { ...ALL, step: 3 },
  { ...ALL, stage: 2 },
  { ...ALL, flow: 0, step: 2, stage: 1 },
  { ...ALL, tag: 0 },
  { ...ALL, tag: 1, stage: 1 },
];
const thresholds: Threshold[] = METRICS.flatMap((metric) =>
  SCOPES.flatMap((scope) =>
    [0, 1, 333_333, 990_000, 999_990, 1_000_000].map((ppm): Threshold => ({
      ...WHOLE_LOAD,
      ...scope,
      metric,
      statistic: { kind: "quantile", ppm },
      comparison: "<=",
      limit: 2 ** 20,
      text: `${metric} ${ppm}`,
    }))
  )
);
const plan = syntheticPlan({
  flows: [
    // Steps 0 to 4: login, pay, cart, confirm, card. Tags: write, slow.
    {
      name: "buy",
      steps: ["login", {
        group: "pay",
        tags: ["write"],
        steps: ["cart", { group: "confirm", steps: [{ name: "card", tags: ["slow"] }] }],
      }],
    },
    { name: "browse", steps: [{ name: "home", tags: ["slow"] }, { group: "look", steps: ["item"] }] },
  ],
  setup: ["sign-up"],
  teardown: ["clean-up"],
  stages: [
    { name: "warm", warmup: true, lengthTicks: 10_000_000, rate: 10 },
    { name: "hold", lengthTicks: 60_000_000, rate: 100 },
    { name: "spike", lengthTicks: 5_000_000, rate: 1000 },
  ],
  thresholds,
});

type Sample = { session: ModelSession; request: ModelRequest };

function measuredSessions(run: ModelRun, { flow, stage }: Scope): ModelSession[] {
  return run.sessions.filter((session) =>
    session.stage !== 0 && (flow < 0 || session.flow === flow) && (stage < 0 || session.stage === stage)
  );
}

function samplesOf(run: ModelRun, scope: Scope): Sample[] {
  return measuredSessions(run, scope).flatMap((session) =>
    session.requests.map((request) => ({ session, request }))
  ).filter(({ request }) => isWanted(request.step, scope));
}

function isWanted(step: number, scope: Scope): boolean {
  return (scope.step < 0 || step === scope.step) &&
    (scope.tag < 0 || plan.steps[step].tags.includes(scope.tag));
}

function goodPasses(run: ModelRun, scope: Scope): ModelGroup[] {
  return measuredSessions(run, scope).flatMap(({ groups }) => groups)
    .filter(({ step, good }) => good && isWanted(step, scope));
}

const enters = ({ error }: ModelRequest) => error === 0 || requestError(error).name.includes("timeout");

function naive(run: ModelRun, metric: Metric, scope: Scope): number[] {
  const requests = samplesOf(run, scope).map(({ request }) => request);
  switch (metric) {
    case "response_time":
      return requests.filter(enters).map(({ end, due }) => end - due);
    case "service_time":
      return requests.filter(enters).map(({ end, due, lag, blocked }) => end - due - lag - blocked);
    case "first_byte":
      return requests.filter(({ error }) => error === 0).map(({ firstByte }) => firstByte);
    case "connect":
      return requests.flatMap(({ opened }) => opened === null ? [] : [opened.connect]);
    case "lag":
      return requests.map(({ lag }) => lag);
    case "blocked":
      return requests.map(({ blocked }) => blocked);
    case "session_time":
      return measuredSessions(run, scope).filter(({ why }) => why === END.completed).map(({ start, end }) =>
        end - start
      );
    case "group_time":
      return goodPasses(run, scope).map(({ elapsed, thought }) => elapsed - thought);
    default:
      throw new Error(metric);
  }
}

/** Nearest rank, from its definition: the least sample that at least this part of all samples does not exceed. */
function nearestRank(samples: readonly number[], ppm: number): number | null {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted.find((_, index) => BigInt(index + 1) * 1_000_000n >= BigInt(ppm) * BigInt(sorted.length)) ??
    null;
}

function assertDistribution(actual: Distribution | null, samples: number[], what: string): void {
  if (samples.length === 0) return assert.equal(actual, null, what);
  const sum = samples.reduce((sum, sample) => sum + sample, 0);
  assert.deepEqual(actual, {
    count: samples.length,
    sum,
    avg: Math.round((sum / samples.length) * 1000) / 1000,
    min: Math.min(...samples),
    p50: nearestRank(samples, 500_000),
    p90: nearestRank(samples, 900_000),
    p95: nearestRank(samples, 950_000),
    p99: nearestRank(samples, 990_000),
    p999: nearestRank(samples, 999_000),
    max: Math.max(...samples),
  }, what);
}

const randomRuns = fc.record({
  seed: fc.integer(),
  sessions: fc.nat(400),
  magnitude: fc.constantFrom(3, 12, 20, 30, 34, 40),
  blockRecords: fc.integer({ min: 1, max: 300 }),
});

Deno.test("every quantile, average, least and greatest is that of the sorted samples", () => {
  fc.assert(
    fc.property(randomRuns, ({ seed, sessions, magnitude, blockRecords }) => {
      const run = randomRun(plan, seed, sessions, magnitude);
      const summary = reduce([syntheticLedger(syntheticHeader(plan), recordsOf(run), { blockRecords })]);
      assertDistribution(summary.responseTime, naive(run, "response_time", ALL), "response time");
      assertDistribution(summary.serviceTime, naive(run, "service_time", ALL), "service time");
      assertDistribution(summary.sessionTime, naive(run, "session_time", ALL), "session time");
      assertDistribution(summary.phases.firstByte, naive(run, "first_byte", ALL), "first byte");
      assertDistribution(summary.phases.connect, naive(run, "connect", ALL), "connect");
      assertDistribution(summary.generator.lag, naive(run, "lag", ALL), "lag");
      assertDistribution(summary.generator.blocked, naive(run, "blocked", ALL), "blocked");
      for (const [index, { metric, statistic, text, ...scope }] of thresholds.entries()) {
        const samples = naive(run, metric, scope);
        const expected = statistic.kind === "quantile" ? nearestRank(samples, statistic.ppm) : null;
        const { actual, passed, samples: count } = summary.thresholds[index];
        assert.equal(actual, expected, text);
        assert.equal(passed, expected !== null && expected <= 2 ** 20, text);
        assert.equal(count, samples.length, text);
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("every count is that of the naive model, and warm-up is in none of them", () => {
  fc.assert(
    fc.property(randomRuns, ({ seed, sessions, magnitude }) => {
      const run = randomRun(plan, seed, sessions, magnitude);
      const summary = reduce([syntheticLedger(syntheticHeader(plan), recordsOf(run))]);
      const measured = measuredSessions(run, ALL);
      const requests = samplesOf(run, ALL).map(({ request }) => request);
      const cancelled = requests.filter(({ error }) => error === ERROR["stop.cancelled"]);
      const failed = requests.filter(({ error }) => error !== 0 && error !== ERROR["stop.cancelled"]);
      const responded = requests.filter(({ error }) => error === 0);
      const unexpected = responded.filter(({ checksFailed }) => checksFailed > 0);
      const { perSecond: _, ...counts } = summary.requests;
      assert.deepEqual(counts, {
        issued: requests.length,
        responded: responded.length,
        failed: failed.length,
        unexpected: unexpected.length,
        cancelled: cancelled.length,
        errors: failed.length + unexpected.length,
        redirected: 0,
        retried: 0,
      });
      const { started, completed, endedEarly, stopped, dropped } = summary.sessions;
      assert.deepEqual({ started, completed, endedEarly, stopped, dropped }, {
        started: measured.length,
        completed: measured.filter(({ why }) => why === END.completed).length,
        endedEarly: measured.filter(({ why }) => why === END.stepFailed).length,
        stopped: measured.filter(({ why }) => why === END.runStopped).length,
        dropped: run.drops.filter(({ stage }) => stage !== 0).length,
      });
      assert.deepEqual(summary.checks, {
        passed: total(responded, ({ checksPassed }) => checksPassed),
        failed: total(responded, ({ checksFailed }) => checksFailed),
      });
      assert.deepEqual(summary.connections, {
        opened: requests.filter(({ opened }) => opened !== null).length,
        reused: responded.filter(({ opened }) => opened === null).length,
        secured: 0,
        resumed: 0,
        securedHttp2: 0,
      });
      assert.deepEqual(summary.data, {
        sentBytes: total(requests, ({ sentBytes }) => sentBytes),
        receivedBytes: total(requests, ({ receivedBytes }) => receivedBytes),
      });
      const warm = run.sessions.filter(({ stage }) => stage === 0);
      assert.deepEqual(summary.warmup, {
        sessions: warm.length,
        requests: total(warm, ({ requests }) => requests.length),
        dropped: run.drops.filter(({ stage }) => stage === 0).length,
      });
      for (const { group, passes, wentThrough, elapsed } of summary.groups) {
        const scope = { ...ALL, step: plan.steps.findIndex(({ name }) => name === group) };
        const all = measured.flatMap(({ groups }) => groups).filter(({ step }) => step === scope.step);
        const good = goodPasses(run, scope);
        assert.deepEqual([passes, wentThrough], [all.length, good.length], group);
        assert.equal(elapsed?.max ?? -1, Math.max(-1, ...good.map((pass) => pass.elapsed)), group);
      }
      assert.deepEqual(summary.steps.map(({ step }) => step), ["login", "cart", "card", "home", "item"]);
      assert.deepEqual(summary.groups.map(({ group, depth }) => [group, depth]), [
        ["pay", 0],
        ["confirm", 1],
        ["look", 0],
      ]);
      for (const [tag, { requests: { issued } }] of summary.tags.entries()) {
        assert.equal(issued, samplesOf(run, { ...ALL, tag }).length);
      }
      assert.deepEqual(summary.tags.map(({ tag }) => tag), ["write", "slow"]);
      const statuses = [200, 404, 500].map((status) => ({
        status,
        name: null,
        count: responded.filter((response) => response.status === status).length,
      })).filter(({ count }) => count > 0);
      assert.deepEqual(summary.statuses, statuses);
      assert.equal(total(summary.errors, ({ count }) => count), failed.length);
      assert.equal(total(summary.failedChecks, ({ count }) => count), summary.checks.failed);
      assert.equal(total(summary.steps, ({ requests }) => requests.issued), requests.length);
      const ofStages = summary.stages.filter(({ warmup }) => !warmup);
      assert.equal(total(ofStages, ({ requests }) => requests.issued), requests.length);
      for (const { code, steps } of summary.errors) {
        for (const { excerpt } of steps) assert.ok(excerpt.startsWith(`error ${code}, naïvely — `), excerpt);
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("a ledger that was written and read again gives the same summary", () => {
  const header = syntheticHeader(plan);
  const records = recordsOf(randomRun(plan, 7, 300, 24));
  const parts: Uint8Array[] = [];
  const sink = { write: (bytes: Uint8Array) => void parts.push(bytes.slice()), close() {} };
  const writer = new LedgerWriter(sink, JSON.stringify(header), { blockRecords: 64 });
  for (
    const { tick, session = NONE, vu = NONE, kind, step = NO_STEP, a = 0, b = 0, c = 0, text = "" } of records
  ) {
    writer.append(tick, session, vu, KIND[kind], step, a, b, c);
    writer.appendText(text);
  }
  writer.finish();
  const bytes = new Uint8Array(parts.flatMap((part) => [...part]));
  const { integrity, shards: [shard], ...written } = reduce([openLedger(memorySource(bytes))]);
  const { integrity: _, shards: [other], ...made } = reduce([syntheticLedger(header, records)]);
  assert.equal(integrity.state, "whole");
  assert.deepEqual(written, made);
  assert.deepEqual({ ...shard, digest: null }, { ...other, digest: null });
});

Deno.test("a ledger is read once below a second, twice below 33 s, and rarely more", () => {
  const noThresholds = { ...plan, thresholds: [] };
  for (const [magnitude, passes] of [[8, 1], [17, 1], [20, 2], [40, 4]] as const) {
    const ledger = syntheticLedger(
      syntheticHeader(noThresholds),
      recordsOf(randomRun(noThresholds, 1, 200, magnitude)),
    );
    let scans = 0;
    reduce([{ header: ledger.header, scan: (visit) => (scans++, ledger.scan(visit)) }]);
    assert.ok(scans <= passes && scans >= Math.min(passes, 2), `${scans} passes`);
  }
});

function total<Item>(items: readonly Item[], valueOf: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + valueOf(item), 0);
}
