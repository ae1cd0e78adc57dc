import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ModelRequest,
  type ModelRun,
  type ModelSession,
  randomRun,
  recordsOf,
} from "../../tests/random_run.ts";
import { REPORT_RUNS } from "../../tests/report_runs.ts";
import { syntheticHeader, syntheticLedger, syntheticPlan } from "../../tests/synthetic_ledger.ts";
import { ERROR, requestError } from "../ledger/errors.ts";
import { END, MESSAGE, NONE } from "../ledger/record.ts";
import type { OpenLoad, Plan } from "../plan.ts";
import { heatRow } from "./heat_rows.ts";
import type { ReducibleLedger } from "./first_pass.ts";
import { reduce } from "./reduce.ts";
import { SPECTRUM_PPMS, type Timeline, type TimelineColumn } from "./timeline.ts";
import { timelineOf } from "./timeline_of.ts";
import { OUTCOMES } from "./timeline_outcomes.ts";

const plan = syntheticPlan({
  flows: [
    { name: "buy", steps: ["login", { group: "pay", steps: ["cart", "card"] }] },
    { name: "browse", steps: ["home", "item"] },
  ],
  setup: ["sign-up"],
  stages: [
    { name: "warm", warmup: true, lengthTicks: 10_000_000, rate: 10 },
    { name: "hold", lengthTicks: 60_000_000, rate: 100 },
    { name: "spike", lengthTicks: 5_000_000, rate: 1000 },
  ],
});

/** Columns by everything that names them, each as long as the run. */
type Columns = Map<string, number[]>;

function keyOf({ name, flow, step, stage, outcome, code }: Omit<TimelineColumn, "from" | "values">): string {
  return [name, flow, step, stage, outcome, code].join(" ");
}

function told({ columns, length, heatStretches }: Timeline): Columns {
  const planned = (name: string) => name === "plannedSessions" || name === "plannedUsers";
  return new Map(
    columns.filter(({ name }) => !planned(name)).map((column) => {
      const isTime = ["p50", "p90", "p99", "max", "lagP99", "lagMax"].includes(column.name);
      const long = column.name === "heat" ? Math.ceil(length / heatStretches) : length;
      const values = new Array<number>(long).fill(isTime ? -1 : 0);
      column.values.forEach((value, at) => values[column.from + at] = value);
      return [keyOf(column), values];
    }),
  );
}

function outcomeOf({ error, status }: ModelRequest): number {
  const name = error === 0 ? `${Math.floor(status / 100)}xx` : requestError(error).name;
  if (error === 0) return OUTCOMES.findIndex((outcome) => outcome === name);
  const outcome = name === "stop.cancelled"
    ? "cancelled"
    : name.includes("timeout")
    ? "timeout"
    : "no response";
  return OUTCOMES.indexOf(outcome);
}

function nearestRank(samples: readonly number[], ppm: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const rank = sorted.findIndex((_, at) =>
    BigInt(at + 1) * 1_000_000n >= BigInt(ppm) * BigInt(sorted.length)
  );
  return sorted[rank];
}

/** All columns but what is planned, from their definitions, one number after the other. */
class NaiveColumns {
  readonly columns: Columns = new Map();
  private readonly samples = new Map<string, number[][]>();

  constructor(
    run: ModelRun,
    private readonly timeline: Pick<Timeline, "widthTicks" | "length" | "heatStretches">,
  ) {
    for (const session of run.sessions) this.session(session);
    for (const { stage, tick } of run.drops) this.add("dropped", { stage }, this.at(tick), 1);
    this.lag(run);
    this.gaps(run);
    this.times();
  }

  private session({ flow, stage, start, end, requests }: ModelSession): void {
    const { widthTicks, length } = this.timeline;
    this.add("started", { flow, stage }, this.at(start), 1);
    this.add("sessionsEnded", { flow, stage }, this.at(end), 1);
    for (let at = 0; at < length; at++) {
      const ticks = (tick: number) => this.at(tick) === at ? (at + 1) * widthTicks - tick : 0;
      this.add("sessionTicks", { flow, stage }, at, ticks(start) - ticks(end));
    }
    for (const request of requests) this.request(request, flow, stage);
  }

  private request(request: ModelRequest, flow: number, stage: number): void {
    const { step, due, lag, blocked, opened, end, firstByte, error, checksFailed } = request;
    const { widthTicks } = this.timeline;
    const issued = due + lag + blocked;
    const part = { flow, step, stage };
    const outcome = outcomeOf(request);
    this.add("due", part, this.at(due), 1);
    this.add("issued", part, this.at(issued), 1);
    this.add("inFlightTicks", part, this.at(issued), (this.at(issued) + 1) * widthTicks - issued);
    this.add("inFlightTicks", part, this.at(end), -((this.at(end) + 1) * widthTicks - end));
    this.add("ended", { ...part, outcome }, this.at(end), 1);
    const { dns, connect, tls } = opened ?? { dns: 0, connect: 0, tls: 0 };
    if (error === 0) {
      this.add("responses", part, this.at(end), 1);
      this.add("lagTicks", part, this.at(end), lag);
      this.add("blockedTicks", part, this.at(end), blocked);
      this.add("dnsTicks", part, this.at(end), dns);
      this.add("connectTicks", part, this.at(end), connect);
      this.add("tlsTicks", part, this.at(end), tls);
      this.add("waitTicks", part, this.at(end), firstByte - dns - connect - tls);
      this.add("receiveTicks", part, this.at(end), end - issued - firstByte);
      if (checksFailed > 0) this.add("errors", { ...part, outcome }, this.at(end), 1);
    } else if (OUTCOMES[outcome] !== "cancelled") {
      this.add("errors", { ...part, outcome, code: error }, this.at(end), 1);
    }
    if (error !== 0 && OUTCOMES[outcome] !== "timeout") return;
    const place = Math.floor(this.at(end) / this.timeline.heatStretches);
    this.add("heat", { ...part, outcome, code: heatRow(end - due) }, place, 1);
    const stages = plan.load.stages[stage].warmup ? [stage] : [-1, stage];
    for (const stage of stages) {
      for (const at of [{ flow: -1, step: -1 }, { flow, step: -1 }, { flow, step }]) {
        for (const ended of [-1, outcome]) {
          this.sample({ ...at, stage, outcome: ended }, this.at(end), end - due);
        }
      }
    }
  }

  private lag(run: ModelRun): void {
    const lags = Array.from({ length: this.timeline.length }, (): number[] => []);
    for (const { stage, requests } of run.sessions) {
      if (stage === 0) continue;
      for (const { due, lag, blocked } of requests) lags[this.at(due + lag + blocked)].push(lag);
    }
    this.columns.set(
      "lagP99 -1 -1 -1 -1 0",
      lags.map((of) => of.length === 0 ? -1 : nearestRank(of, 990_000)),
    );
    this.columns.set("lagMax -1 -1 -1 -1 0", lags.map((of) => of.length === 0 ? -1 : Math.max(...of)));
  }

  private gaps(run: ModelRun): void {
    const { widthTicks, length } = this.timeline;
    for (const gap of run.gaps) {
      const from = Math.max(10_000_000, gap.tick - gap.length);
      if (from >= gap.tick) continue;
      for (let at = 0; at < length; at++) {
        const end = at === length - 1 ? Infinity : (at + 1) * widthTicks;
        this.add("gapTicks", {}, at, Math.max(0, Math.min(end, gap.tick) - Math.max(at * widthTicks, from)));
      }
      const most = this.column("gapMax", {});
      most[this.at(gap.tick)] = Math.max(most[this.at(gap.tick)], gap.tick - from);
    }
  }

  private times(): void {
    for (const [part, samples] of this.samples) {
      for (const [name, ppm] of [["p50", 500_000], ["p90", 900_000], ["p99", 990_000], ["max", 1_000_000]]) {
        this.columns.set(
          `${name} ${part}`,
          samples.map((of) => of.length === 0 ? -1 : nearestRank(of, Number(ppm))),
        );
      }
    }
    for (const [key, values] of this.columns) {
      if (!/^(?:p\d|max|lag[PM])/.test(key) && values.every((value) => value === 0)) this.columns.delete(key);
    }
  }

  private sample(
    part: { flow: number; step: number; stage: number; outcome: number },
    at: number,
    ticks: number,
  ) {
    const key = [part.flow, part.step, part.stage, part.outcome, 0].join(" ");
    const samples = this.samples.get(key) ?? Array.from({ length: this.timeline.length }, (): number[] => []);
    samples[at].push(ticks);
    this.samples.set(key, samples);
  }

  private add(name: string, part: Partial<TimelineColumn>, at: number, value: number): void {
    this.column(name, part)[at] += value;
  }

  private column(name: string, part: Partial<TimelineColumn>): number[] {
    const all = { flow: -1, step: -1, stage: -1, outcome: -1, code: 0 };
    const key = keyOf({ ...all, ...part, name: name as TimelineColumn["name"] });
    const long = name === "heat"
      ? Math.ceil(this.timeline.length / this.timeline.heatStretches)
      : this.timeline.length;
    const column = this.columns.get(key) ?? new Array<number>(long).fill(0);
    this.columns.set(key, column);
    return column;
  }

  private at(tick: number): number {
    return Math.floor(tick / this.timeline.widthTicks);
  }
}

const randomRuns = fc.record({
  seed: fc.integer(),
  sessions: fc.integer({ min: 1, max: 150 }),
  magnitude: fc.constantFrom(3, 14, 20, 24),
  mostKept: fc.constantFrom(undefined, 1, 20),
});

function sorted(columns: Columns): [string, number[]][] {
  return [...columns].sort(([one], [other]) => one < other ? -1 : 1);
}

Deno.test("every column is that of the naive model, however few samples are kept at once", () => {
  fc.assert(
    fc.property(randomRuns, ({ seed, sessions, magnitude, mostKept }) => {
      const run = randomRun(plan, seed, sessions, magnitude);
      const ledger = syntheticLedger(syntheticHeader(plan), recordsOf(run));
      const timeline = timelineOf([ledger], reduce([ledger]), mostKept);
      assert.deepEqual(sorted(told(timeline)), sorted(new NaiveColumns(run, timeline).columns));
    }),
    { numRuns: 60 },
  );
});

Deno.test("a run in shards has the columns of the run in one piece", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const run = randomRun(plan, seed, 60, 20);
      const header = syntheticHeader(plan);
      const whole = [syntheticLedger(header, recordsOf({ ...run, gaps: [] }))];
      const shards = [1, 2, 3].map((index): ReducibleLedger => {
        const own = run.sessions.filter(({ session }) => session % 3 === index - 1);
        const drops = run.drops.filter(({ session }) => session % 3 === index - 1);
        const shard = { ...header, shard: { index, count: 3 } };
        return syntheticLedger(shard, recordsOf({ sessions: own, drops, gaps: [] }));
      });
      assert.deepEqual(
        told(timelineOf(shards, reduce(shards))),
        told(timelineOf(whole, reduce(whole))),
      );
    }),
    { numRuns: 20 },
  );
});

Deno.test("what a plan intends is the integral of its rate, and its part of several shards'", () => {
  const ledger = syntheticLedger(syntheticHeader(plan), recordsOf(randomRun(plan, 1, 150, 20)));
  const summary = { ...reduce([ledger]), time: { elapsedTicks: 74_999_999, measuredTicks: 65_000_000 } };
  const planned = timelineOf([ledger], summary).columns.filter(({ name }) => name === "plannedSessions");
  const sums = planned.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  assert.deepEqual(sums, [100_000, 6_000_000, 5_000_000]);
  const third = syntheticLedger(
    { ...syntheticHeader(plan), shard: { index: 1, count: 4 } },
    recordsOf(randomRun(plan, 1, 150, 20)),
  );
  const [, hold] = timelineOf([third], summary).columns.filter(({ name }) => name === "plannedSessions");
  assert.equal(hold.values.reduce((sum, value) => sum + value, 0), 1_500_000);
});

Deno.test("a rate that rises is planned to rise, and so are users", () => {
  const [first] = plan.load.stages;
  const ramp = { ...first, name: "ramp", startTick: 0, lengthTicks: 10_000_000 };
  const loads: [Plan["load"], TimelineColumn["name"], number[]][] = [
    [
      {
        ...plan.load,
        model: "open",
        stages: [{ ...ramp, rateStart: 0, rateEnd: 100, perTicks: 1_000_000 }],
      } as OpenLoad,
      "plannedSessions",
      // A triangle: 10 s from 0 to 100/s are 500 sessions, 5 of them in the first second and 95 in the last.
      [5000, 95_000],
    ],
    [
      {
        model: "closed",
        stages: [{ ...ramp, vusStart: 0, vusEnd: 20 }],
        iterations: 0,
        maxVus: 20,
        paceTicks: 0,
        gracefulStopTicks: 0,
      },
      "plannedUsers",
      [1000, 19_000],
    ],
  ];
  for (const [load, wanted, [one, last]] of loads) {
    const ledger = syntheticLedger(syntheticHeader({ ...plan, load }), []);
    const summary = { time: { elapsedTicks: 99_999_999, measuredTicks: 0 }, responseTime: null };
    const { columns, widthTicks } = timelineOf([ledger], summary);
    const [{ values }] = columns.filter(({ name }) => name === wanted);
    assert.equal(widthTicks, 1_000_000);
    assert.deepEqual([values[0], values[9], values[10]], [one, last, 0]);
  }
});

Deno.test("a message that could not be sent was not sent, and what a WebSocket does is no request", () => {
  const chat = syntheticPlan({
    flows: [{
      name: "chat",
      steps: [{ webSocket: "room", exchange: [["send", "say"], ["receive", "echo"]] }],
    }],
    stages: [{ name: "hold", lengthTicks: 60_000_000, rate: 1 }],
  });
  const on = { session: 0, vu: 0 };
  const issued = (step: number, tick: number) => ({
    ...on,
    step,
    tick,
    kind: "requestIssued" as const,
    c: 20,
  });
  const ledger = syntheticLedger(syntheticHeader(chat), [
    { ...on, step: 0, tick: 0, kind: "sessionStarted", a: 0 },
    issued(0, 0),
    { ...on, step: 0, tick: 3_000_000, kind: "responseEnded", a: 9, c: 101 + 2 ** 16 },
    issued(1, 3_000_000),
    issued(2, 3_000_000),
    { ...on, step: 2, tick: 4_000_000, kind: "messageReceived", a: 5, b: 10, c: MESSAGE.text },
    { ...on, step: 2, tick: 4_000_000, kind: "responseEnded", a: 9, c: 2 ** 16 },
    issued(1, 5_000_000),
    { ...on, step: 1, tick: 9_000_000, kind: "requestFailed", a: ERROR["write.reset"], c: NONE },
    { ...on, step: 0, tick: 9_000_000, kind: "sessionEnded", a: END.stepFailed },
    { tick: 9_000_000, kind: "runEnded" },
  ]);
  const summary = reduce([ledger]);
  const timeline = timelineOf([ledger], summary);
  const of = (name: string) => timeline.columns.filter((column) => column.name === name);
  assert.equal(summary.messages?.sent, 1);
  assert.equal(total(of("sent")), 1);
  assert.equal(total(of("received")), 1);
  // What is sent is never in flight: 3 s of the upgrade and 1 s of what was awaited.
  const inFlight = (steps: number[]) =>
    of("inFlightTicks").filter(({ step }) => steps.includes(step)).map((column) => total([column]));
  assert.deepEqual(inFlight([1]), []);
  const whole = spectraOf(timeline, -1);
  assert.deepEqual([whole?.count, whole?.ticks.at(-1)], [1, 3_000_000]);
  assert.deepEqual(spectraOf(timeline, 2)?.ticks.at(-1), 1_000_000);
});

function spectraOf({ spectra }: Timeline, step: number) {
  return spectra.find((one) => one.step === step && one.stage < 0 && (step >= 0 || one.flow < 0));
}

const total = (columns: readonly TimelineColumn[]) =>
  columns.reduce((sum, { values }) => sum + values.reduce((one, other) => one + other, 0), 0);

for (const [name, make] of Object.entries(REPORT_RUNS)) {
  Deno.test(`the timeline of a run that ${name} adds up to its summary`, () => {
    const ledgers = make();
    const summary = reduce(ledgers);
    const { columns, spectra, length, widthTicks } = timelineOf(ledgers, summary);
    const [{ header: { plan } }] = ledgers;
    assert.ok(length <= 1000 && length * widthTicks > summary.time.elapsedTicks);
    const measured = (wanted: string, isRequest = true) =>
      columns.filter(({ name, stage, step }) =>
        name === wanted && (stage < 0 || !plan.load.stages[stage].warmup) &&
        (!isRequest || step < 0 || plan.steps[step].kind === "request")
      );
    const { requests, sessions, responseTime, generator, messages } = summary;
    assert.equal(total(measured("issued")), requests.issued);
    assert.equal(total(measured("due")), requests.issued);
    assert.equal(total(measured("ended")), requests.responded + requests.failed + requests.cancelled);
    assert.equal(total(measured("responses")), requests.responded);
    assert.equal(total(measured("errors")), requests.errors);
    assert.equal(total(measured("started")), sessions.started);
    assert.equal(total(measured("sessionsEnded")) <= sessions.started, true);
    assert.equal(total(measured("dropped")), sessions.dropped);
    assert.equal(total(measured("heat")), responseTime?.count ?? 0);
    assert.equal(total(measured("gapTicks")), generator.gaps.totalTicks);
    assert.equal(total(measured("received", false)), messages?.received ?? 0);
    assert.equal(total(measured("sent", false)), messages?.sent ?? 0);
    for (const { code, count } of summary.errors) {
      const all = columns.filter((column) =>
        column.name === "errors" && column.code === code && !plan.load.stages[column.stage].warmup
      );
      assert.equal(total(all), count);
    }
    const lagMax = measured("lagMax").flatMap(({ values }) => values);
    assert.equal(Math.max(-1, ...lagMax), generator.lag?.max ?? -1);
    const at = (ppm: number, [of]: typeof spectra) => of.ticks[SPECTRUM_PPMS.findIndex((one) => one === ppm)];
    const whole = spectra.filter(({ flow, stage }) => flow < 0 && stage < 0);
    if (responseTime !== null) {
      const { count, min, p50, p90, p95, p99, p999, max } = responseTime;
      assert.deepEqual(
        [whole[0].count, ...[0, 5e5, 9e5, 95e4, 99e4, 999e3, 1e6].map((ppm) => at(ppm, whole))],
        [count, min, p50, p90, p95, p99, p999, max],
      );
    }
    for (const [step, { kind }] of plan.steps.entries()) {
      const own = spectra.filter((one) => one.step === step && one.stage < 0);
      const of = summary.steps.find((one) =>
        kind === "request" && one.step === plan.steps[step].name &&
        one.flow === plan.flows[plan.steps[step].flow].name
      );
      if (of?.responseTime) assert.equal(at(990_000, own), of.responseTime.p99);
    }
  });
}
