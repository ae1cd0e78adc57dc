/** Thresholds that stop the run as soon as they can no longer be met. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun, type Whole } from "../../tests/simulated_run.ts";
import type { TargetModel } from "../host/simulated.ts";
import { KIND, MESSAGE, STOP } from "../ledger/record.ts";
import type { OpenLoad, Threshold } from "../plan.ts";
import { AbortWatch } from "./abort_watch.ts";

const named = (records: Whole[], name: string) => records.filter((record) => record.name === name);

function threshold(changes: Partial<Threshold>): Threshold {
  return {
    metric: "response_time",
    statistic: { kind: "quantile", ppm: 900_000 },
    comparison: "<",
    limit: 5_000,
    flow: -1,
    step: -1,
    stage: -1,
    tag: -1,
    abortAfter: 2,
    invalidates: false,
    text: "",
    ...changes,
  };
}

const FLOW: SampleStep[] = [
  { get: "/slow", tags: [0] },
  { group: "pay", tags: [1], steps: [{ get: "/quick", tags: [1] }, { think: [50_000, 50_000] }] },
];

/** The first answers are bad in every way, but for those of `/quick`, which are bad in none. */
const model: TargetModel = ({ bytes }) => {
  const isSlow = new TextDecoder().decode(bytes).startsWith("GET /slow");
  return { kind: "response", afterTicks: isSlow ? 6_000 : 1_000, status: isSlow ? 500 : 200, bytes: 1_000 };
};

/** How many sessions had begun when the run was stopped, or −1. */
async function stoppedAfter(changes: Partial<Threshold>, load: OpenLoad = constantLoad(10, 3_000_000)) {
  const never = threshold({ abortAfter: -1, limit: 1 });
  const plan = samplePlan({
    flows: [FLOW],
    load,
    vus: load.maxVus,
    tags: ["slow", "quick"],
    thresholds: [never, threshold(changes)],
  });
  const { records } = await simulatedRun(plan, model);
  const stopped = named(records, "runStopped");
  if (stopped.length === 0) return -1;
  deepEqual(stopped.map((it) => [it.a, it.b]), [[STOP.thresholdMissed, 1]]);
  const started = named(records, "sessionStarted");
  ok(started.every(({ tick }) => tick <= stopped[0].tick));
  equal(started.length, named(records, "sessionEnded").length, "sessions under way may finish");
  return started.length;
}

Deno.test("a run is stopped by the sample that is one too many, and only by those that the threshold speaks of", async () => {
  const max = { kind: "max" } as const;
  const ratio = { kind: "ratio" } as const;
  const count = { kind: "count" } as const;
  // The first session takes 100 ticks more, to connect.
  const cases: [string, Partial<Threshold>, number][] = [
    ["quantile", {}, 3],
    ["at the limit is beyond a <", { limit: 6_000 }, 3],
    ["and not beyond a <=", { limit: 6_000, comparison: "<=" }, -1],
    ["under it", { limit: 6_001 }, -1],
    ["max", { statistic: max, abortAfter: 0 }, 1],
    ["a step that is slow", { step: 0 }, 3],
    ["a step that is quick", { step: 2 }, -1],
    ["another flow", { flow: 1 }, -1],
    ["a tag that is slow", { tag: 0 }, 3],
    ["a tag that is quick", { tag: 1 }, -1],
    ["min", { statistic: { kind: "min" }, comparison: ">=", limit: 6_000, abortAfter: 0 }, 1],
    ["service", { metric: "service_time" }, 3],
    ["first byte", { metric: "first_byte" }, 3],
    ["lag", { metric: "lag", limit: 1 }, -1],
    ["blocked", { metric: "blocked", limit: 1 }, -1],
    ["connect", { metric: "connect", limit: 1, abortAfter: 0 }, 1],
    ["a step that has the tag", { step: 0, tag: 0 }, 3],
    ["a step that has not", { step: 0, tag: 1 }, -1],
    ["session", { metric: "session_time", limit: 57_000 }, 3],
    ["session in time", { metric: "session_time", limit: 57_001 }, -1],
    ["group without its thinking", { metric: "group_time", limit: 1_000, step: 1 }, 3],
    ["group in time", { metric: "group_time", limit: 1_001, step: 1 }, -1],
    ["errors", { metric: "errors", statistic: ratio, limit: 10, abortAfter: 4 }, 5],
    ["errors, counted", { metric: "errors", statistic: count, limit: 2 }, 3],
    ["checks", { metric: "checks", statistic: ratio, comparison: ">", limit: 990_000 }, 3],
    ["checks of the quick one", { metric: "checks", statistic: ratio, comparison: ">", tag: 1 }, -1],
    ["bytes", { metric: "bytes", statistic: { kind: "total" }, abortAfter: 5_000 }, 3],
    ["requests", { statistic: count, abortAfter: 4, limit: 5 }, 3],
    ["drops", { metric: "drops", statistic: count }, -1],
  ];
  for (const [name, changes, sessions] of cases) {
    equal(await stoppedAfter(changes), sessions, name);
  }
});

Deno.test("dropped arrivals count, and warm-up does not", async () => {
  const drops = { metric: "drops", statistic: { kind: "count" } } as const;
  equal(await stoppedAfter(drops, constantLoad(100, 1_000_000, 1)), 1);
  const [stage] = constantLoad(10, 1_000_000).stages;
  const warm: OpenLoad = {
    ...constantLoad(10, 1_000_000),
    stages: [{ ...stage, warmup: true }, { ...stage, startTick: 1_000_000, firstSession: 10 }],
  };
  equal(await stoppedAfter({}, warm), 13);
  equal(await stoppedAfter({ stage: 0 }, warm), -1);
  equal(await stoppedAfter({ stage: 1 }, warm), 13);
});

Deno.test("messages count as they come, and what is done on a WebSocket only where its step is named", () => {
  const plan = (changes: Partial<Threshold>) =>
    samplePlan({
      flows: [[{ webSocket: "room", exchange: [{ receive: {} }] }]],
      thresholds: [threshold({ abortAfter: 0, limit: 50, ...changes })],
      load: constantLoad(10, 1_000_000, 1),
    });
  const max = { kind: "max" } as const;
  const cases: [string, Partial<Threshold>, boolean][] = [
    ["a receive is no request", { statistic: max }, false],
    ["but may be named", { statistic: max, step: 1 }, true],
    ["its lag is none, named or not", { metric: "lag", statistic: max, limit: 0, comparison: "<=" }, false],
    ["first", { metric: "first_message", statistic: max, limit: 30 }, true],
    ["first in time", { metric: "first_message", statistic: max, limit: 31 }, false],
    ["gap, control frames left out", { metric: "message_gap", statistic: max, limit: 60 }, true],
    ["gap in time", { metric: "message_gap", statistic: max, limit: 61 }, false],
    ["of the step that opened it", { metric: "message_gap", statistic: max, limit: 60, step: 0 }, true],
    ["two messages", { metric: "messages", statistic: { kind: "count" }, abortAfter: 1 }, true],
    ["no third", { metric: "messages", statistic: { kind: "count" }, abortAfter: 2 }, false],
    ["handshake", { metric: "tls", statistic: max, limit: 7 }, true],
    ["a handshake in time", { metric: "tls", statistic: max, limit: 8 }, false],
    // Those of the response that opened it: 12; of messages: 5 and 1 and 5.
    ["bytes", { metric: "bytes", statistic: { kind: "total" }, abortAfter: 22 }, true],
    ["no more bytes", { metric: "bytes", statistic: { kind: "total" }, abortAfter: 23 }, false],
  ];
  for (const [name, changes, stops] of cases) {
    const ledger: number[] = [];
    const appended = { append: (...[, , , kind]: number[]) => ledger.push(kind), appendText: () => {} };
    const watch = new AbortWatch(plan(changes), appended, 1);
    const append = (tick: number, kind: number, step: number, a: number, b: number, c: number) =>
      watch.append(tick, 0, 0, kind, step, a, b, c);
    append(0, KIND.sessionStarted, 0, 0, 0, 0);
    append(0, KIND.requestIssued, 0, 0, 0, 90);
    append(8, KIND.connectionOpened, 0, 0, 1, 7);
    append(8, KIND.connectionSecured, 0, 1, 0, 0);
    append(10, KIND.responseEnded, 0, 10, 12, 101);
    append(10, KIND.requestIssued, 1, 0, 0, 0);
    append(40, KIND.messageReceived, 1, 30, 5, MESSAGE.text);
    append(60, KIND.messageReceived, 1, 20, 1, MESSAGE.ping);
    append(100, KIND.messageReceived, 1, 40, 5, MESSAGE.text);
    append(100, KIND.responseEnded, 1, 90, 5, 0);
    equal(watch.missed, stops ? 0 : -1, name);
    equal(ledger.length, 10);
  }
});
