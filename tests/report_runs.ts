/** Runs whose reports are checked in: each a ledger, made from a seed. */
import { ERROR } from "../runtime/ledger/errors.ts";
import { END, STOP } from "../runtime/ledger/record.ts";
import type { Plan, Threshold } from "../runtime/plan.ts";
import type { ReducibleLedger } from "../runtime/reduce/reduce.ts";
import { randomNumbers } from "./random_run.ts";
import {
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
  type SyntheticStage,
} from "./synthetic_ledger.ts";

const ALL = { flow: -1, step: -1, stage: -1 };
const p99 = (limit: number, text: string, scope: Partial<Threshold> = {}): Threshold => ({
  ...ALL,
  ...scope,
  metric: "response_time",
  statistic: { kind: "quantile", ppm: 990_000 },
  comparison: "<",
  limit,
  text,
});
const ratio = (
  metric: "errors" | "checks",
  comparison: "<" | ">",
  limit: number,
  text: string,
): Threshold => ({
  ...ALL,
  metric,
  statistic: { kind: "ratio" },
  comparison,
  limit,
  text,
});

const FLOWS = [
  { name: "buy", steps: ["login", "cart", "pay"] },
  { name: "browse", steps: ["home", "a-search-with-quite-a-long-name"] },
];

type Trouble = Readonly<{ lagTicks: number; slowTicks: number; errorsOneIn: number; droppedOneIn: number }>;

/** Sessions one after the other on `plan`'s stages, with latencies that grow along a flow. */
function sessions(plan: Plan, seed: number, trouble: Trouble): SyntheticRecord[] {
  const random = randomNumbers(seed);
  const freeAt = new Array<number>(500).fill(0);
  const records: SyntheticRecord[] = [];
  let session = 0;
  plan.load.stages.forEach((stage, position) => {
    const count = "sessions" in stage ? stage.sessions : 0;
    records.push({ tick: stage.startTick, kind: "stageEntered", a: position });
    for (let n = 0; n < count; n++, session++) {
      const tick = stage.startTick + Math.floor((n * stage.lengthTicks) / count);
      const vu = freeAt.findIndex((free) => free <= tick);
      if (vu < 0 || (trouble.droppedOneIn > 0 && random(trouble.droppedOneIn) === 0)) {
        records.push({ tick, kind: "arrivalDropped", session, a: position });
        continue;
      }
      const flow = random(4) === 0 ? 0 : plan.flows.length - 1;
      const steps = plan.steps.flatMap((step, index) => step.flow === flow ? [index] : []);
      const on = { session, vu };
      records.push({ ...on, tick, kind: "sessionStarted", step: flow, a: position });
      const { end, why } = pass(records, on, steps, tick, freeAt[vu] === 0, random, trouble);
      records.push({ ...on, tick: end, kind: "sessionEnded", step: flow, a: why });
      freeAt[vu] = end + 1;
    }
  });
  return records.sort((one, other) => one.tick - other.tick);
}

function pass(
  records: SyntheticRecord[],
  on: { session: number; vu: number },
  steps: readonly number[],
  start: number,
  opens: boolean,
  random: (limit: number) => number,
  trouble: Trouble,
): { end: number; why: number } {
  let due = start;
  for (const [place, step] of steps.entries()) {
    const lag = random(trouble.lagTicks);
    const issued = due + lag;
    records.push({ ...on, step, tick: due, kind: "requestPlanned", a: 1 });
    records.push({ ...on, step, tick: issued, kind: "requestIssued", a: lag, c: 180 + step * 40 });
    if (opens && place === 0) {
      records.push({ ...on, step, tick: issued, kind: "connectionOpened", b: 90 + random(400) });
    }
    const slow = random(100) === 0 ? trouble.slowTicks * (1 + random(4)) : 0;
    const service = 700 + step * 900 + random(2000) + random(40) * random(40) * 10 + slow;
    if (trouble.errorsOneIn > 0 && random(trouble.errorsOneIn) === 0) {
      const timeout = random(3) > 0;
      const a = timeout ? ERROR["wait.timeout"] : ERROR["wait.reset"];
      const text = timeout ? "" : "Connection reset by peer (os error 104)\x1b[31m";
      const end = issued + (timeout ? 10_000_000 : service);
      records.push({ ...on, step, tick: end, kind: "requestFailed", a, c: 0xffff_ffff, text });
      return { end, why: END.stepFailed };
    }
    const broken = trouble.errorsOneIn > 0 && random(trouble.errorsOneIn) === 0;
    const end = issued + service;
    if (broken) {
      const text =
        "503 Service Unavailable: <html>\n<body>upstream connect error or disconnect/reset before headers";
      records.push({ ...on, step, tick: end, kind: "checkFailed", a: 0, b: 503, text });
    }
    const c = broken ? 503 + 2 ** 16 + 2 ** 24 : 200 + 2 * 2 ** 16;
    const a = Math.floor(service * 0.8);
    records.push({ ...on, step, tick: end, kind: "responseEnded", a, b: 1200 + random(30_000), c });
    due = end;
  }
  return { end: due, why: END.completed };
}

function ended(records: readonly SyntheticRecord[]): SyntheticRecord[] {
  return [...records, { tick: records.at(-1)?.tick ?? 0, kind: "runEnded" }];
}

const SMOOTH: Trouble = { lagTicks: 120, slowTicks: 9000, errorsOneIn: 0, droppedOneIn: 0 };
const ROUGH: Trouble = { lagTicks: 300, slowTicks: 120_000, errorsOneIn: 150, droppedOneIn: 0 };
const STAGES: readonly SyntheticStage[] = [
  { name: "warm", warmup: true, lengthTicks: 5_000_000, rate: 40 },
  { name: "hold", lengthTicks: 60_000_000, rate: 60 },
  { name: "spike", lengthTicks: 5_000_000, rate: 300 },
];

function passed(): ReducibleLedger {
  const thresholds = [p99(300_000, "response_time p99 < 300ms")];
  const plan = syntheticPlan({
    name: "health",
    flows: [{ name: "main", steps: ["health"] }],
    stages: [STAGES[1]],
    thresholds,
  });
  return syntheticLedger(syntheticHeader(plan), ended(sessions(plan, 1, SMOOTH)));
}

function failed(): ReducibleLedger {
  const thresholds = [
    p99(300_000, "response_time p99 < 300ms of step login", { flow: 0, step: 0 }),
    p99(250_000, "response_time p99 < 250ms"),
    ratio("errors", "<", 10_000, "errors ratio < 1%"),
    ratio("checks", ">", 990_000, "checks ratio > 99%"),
    p99(100_000, "response_time p99 < 100ms of stage warm", { stage: 0 }),
  ];
  const plan = syntheticPlan({ name: "shop-evening", flows: FLOWS, stages: STAGES, thresholds });
  const records = ended([...sessions(plan, 2, ROUGH), { tick: 70_000_000, kind: "loopGap", a: 12_000 }]);
  const header = { ...syntheticHeader(plan), overrides: ["--base http://127.0.0.1:8080"] };
  return syntheticLedger(header, records);
}

function invalid(): ReducibleLedger {
  const plan = syntheticPlan({
    name: "too-fast",
    flows: FLOWS,
    stages: STAGES,
    thresholds: [p99(1, "response_time p99 < 1us")],
  });
  const records = sessions(plan, 3, { ...SMOOTH, lagTicks: 9000, droppedOneIn: 12 });
  records.push({ tick: 50_000_000, kind: "loopGap", a: 2_000_000 });
  const problem = "the file ends in the middle of block 7";
  return syntheticLedger(syntheticHeader(plan), records, {
    integrity: { state: "partial", bytesLost: 4096, digest: null, problem },
  });
}

function interrupted(): ReducibleLedger {
  const plan = syntheticPlan({
    name: "health",
    flows: FLOWS,
    stages: STAGES,
    thresholds: [p99(1, "response_time p99 < 1us")],
  });
  const records = sessions(plan, 4, SMOOTH).filter(({ tick }) => tick < 20_000_000);
  const stop: SyntheticRecord = { tick: 20_000_000, kind: "runStopped", a: STOP.interrupted };
  return syntheticLedger(syntheticHeader(plan), ended([...records, stop]));
}

/** Nothing listens. */
function refused(): ReducibleLedger {
  const plan = syntheticPlan({
    name: "health",
    flows: [{ name: "main", steps: ["health"] }],
    stages: [STAGES[1]],
  });
  const records: SyntheticRecord[] = [];
  for (let session = 0; session < 1200; session++) {
    const tick = session * 50_000;
    const on = { session, vu: session % 3 };
    records.push({ ...on, tick, kind: "sessionStarted", step: 0, a: 0 });
    records.push({ ...on, tick: tick + 20, step: 0, kind: "requestIssued", a: 20, c: 100 });
    const [a, text] = [ERROR["connect.refused"], "Connection refused (os error 111)"];
    records.push({ ...on, tick: tick + 200, step: 0, kind: "requestFailed", a, c: 0xffff_ffff, text });
    records.push({ ...on, tick: tick + 200, kind: "sessionEnded", step: 0, a: END.completed });
  }
  return syntheticLedger(syntheticHeader(plan), ended(records));
}

/** Stopped before anything was measured. */
function nothing(): ReducibleLedger {
  const plan = syntheticPlan({ name: "health", flows: FLOWS, stages: STAGES });
  return syntheticLedger(
    syntheticHeader(plan),
    ended(sessions(plan, 5, SMOOTH).filter(({ tick }) => tick < 3_000_000)),
  );
}

export const REPORT_RUNS = { passed, failed, invalid, interrupted, refused, nothing } as const;
