/** Runs whose reports are checked in: each a ledger, made from a seed. */
import { ERROR } from "../runtime/ledger/errors.ts";
import type { LedgerHeader } from "../runtime/ledger/header.ts";
import { END, SESSION, STOP } from "../runtime/ledger/record.ts";
import type { Plan, Threshold } from "../runtime/plan.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { messagesRun } from "./report_run_of_messages.ts";
import { onceRecords, randomNumbers } from "./random_run.ts";
import {
  type SyntheticFlow,
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
  type SyntheticStage,
  WHOLE_LOAD,
} from "./synthetic_ledger.ts";

const p99 = (
  limit: number,
  text: string,
  scope: Partial<Pick<Threshold, "flow" | "step" | "stage" | "tag" | "abortAfter">> = {},
): Threshold => ({
  ...WHOLE_LOAD,
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
  ...WHOLE_LOAD,
  metric,
  statistic: { kind: "ratio" },
  comparison,
  limit,
  text,
});

const FLOWS: readonly SyntheticFlow[] = [
  {
    name: "buy",
    steps: ["login", {
      group: "checkout",
      tags: ["write"],
      steps: ["cart", { group: "payment", steps: ["pay"] }],
    }],
  },
  {
    name: "browse",
    steps: [{ name: "home", tags: ["read"] }, { name: "a-search-with-quite-a-long-name", tags: ["read"] }],
  },
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
      const flow = random(4) === 0 ? 0 : plan.choice.length - 1;
      const steps = plan.steps.flatMap(({ flow: of, kind }, index) =>
        of === flow && kind === "request" ? [index] : []
      );
      const on = { session, vu };
      records.push({ ...on, tick, kind: "sessionStarted", step: flow, a: position });
      const { end, why } = pass(plan, records, on, steps, tick, freeAt[vu] === 0, random, trouble);
      records.push({ ...on, tick: end, kind: "sessionEnded", step: flow, a: why });
      freeAt[vu] = end + 1;
    }
  });
  return records.sort((one, other) => one.tick - other.tick);
}

function pass(
  plan: Plan,
  records: SyntheticRecord[],
  on: { session: number; vu: number },
  steps: readonly number[],
  start: number,
  opens: boolean,
  random: (limit: number) => number,
  trouble: Trouble,
): { end: number; why: number } {
  let due = start;
  const groups = new OpenGroups(plan, records, on);
  for (const [place, step] of steps.entries()) {
    due += groups.enter(step, due, random);
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
      groups.leaveTo(-1, end, false);
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
  groups.leaveTo(-1, due, true);
  return { end: due, why: END.completed };
}

/** The groups that a session is in. It thinks before each step of a group. */
class OpenGroups {
  readonly #open: { step: number; beginTick: number; thought: number }[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly records: SyntheticRecord[],
    private readonly on: { session: number; vu: number },
  ) {}

  /** Leaves the groups that `step` is not in, enters the others, and returns the time that is thought there. */
  enter(step: number, tick: number, random: (limit: number) => number): number {
    const { group } = this.plan.steps[step];
    this.leaveTo(group, tick, true);
    if (group < 0) return 0;
    if (this.#open.at(-1)?.step !== group) this.#open.push({ step: group, beginTick: tick, thought: 0 });
    const thought = 300_000 + random(900_000);
    for (const one of this.#open) one.thought += thought;
    return thought;
  }

  leaveTo(group: number, tick: number, good: boolean): void {
    const { steps } = this.plan;
    for (let one = this.#open.at(-1); one !== undefined; one = this.#open.at(-1)) {
      if (one.step === group || (group >= 0 && steps[group].group === one.step)) return;
      const { step, beginTick, thought: b } = one;
      const a = tick - beginTick;
      this.records.push({ ...this.on, step, tick, kind: "groupEnded", a, b, c: good ? 0 : 1 });
      this.#open.pop();
    }
  }
}

/** The last record speaks of the load, not of a teardown. */
function ended(records: readonly SyntheticRecord[]): SyntheticRecord[] {
  const ofLoad = records.filter(({ session = 0 }) => session < SESSION.teardown);
  return [...records, { tick: ofLoad.at(-1)?.tick ?? 0, kind: "runEnded" }];
}

const SMOOTH: Trouble = { lagTicks: 120, slowTicks: 9000, errorsOneIn: 0, droppedOneIn: 0 };
const ROUGH: Trouble = { lagTicks: 300, slowTicks: 120_000, errorsOneIn: 150, droppedOneIn: 0 };
const STAGES: readonly SyntheticStage[] = [
  { name: "warm", warmup: true, lengthTicks: 5_000_000, rate: 40 },
  { name: "hold", lengthTicks: 60_000_000, rate: 60 },
  { name: "spike", lengthTicks: 5_000_000, rate: 300 },
];

function passed(): ReducibleLedger[] {
  const thresholds = [p99(300_000, "response_time p99 < 300ms")];
  const plan = syntheticPlan({
    name: "health",
    flows: [{ name: "main", steps: ["health"] }],
    stages: [STAGES[1]],
    thresholds,
  });
  return [syntheticLedger(syntheticHeader(plan), ended(sessions(plan, 1, SMOOTH)))];
}

function failed(): ReducibleLedger[] {
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
  return [syntheticLedger(header, records)];
}

function invalid(): ReducibleLedger[] {
  const usual = syntheticPlan({
    name: "too-fast",
    flows: FLOWS,
    stages: STAGES,
    thresholds: [p99(1, "response_time p99 < 1us")],
  });
  const plan: Plan = { ...usual, validity: { ...usual.validity, cpuPpm: 950_000 } };
  const records = sessions(plan, 3, { ...SMOOTH, lagTicks: 9000, droppedOneIn: 12 });
  records.push({ tick: 50_000_000, kind: "loopGap", a: 2_000_000 }, processorUsed(50_000_000, 0.9571));
  const problem = "the file ends in the middle of block 7";
  return [syntheticLedger(syntheticHeader(plan), records, {
    integrity: { state: "partial", bytesLost: 4096, digest: null, problem },
  })];
}

/** As invalid, but that its scenario says `"any"` for all of it. */
function lenient(): ReducibleLedger[] {
  const usual = syntheticPlan({ name: "rush-hour", flows: FLOWS, stages: STAGES, thresholds: [] });
  const any = { lagP99Ticks: Number.MAX_SAFE_INTEGER, dropsPpm: 1_000_000, gapsPpm: 1_000_000 };
  const plan: Plan = { ...usual, validity: any };
  const gaps = [700_000, 12_000, 90_000, 10_000, 2_000_000, 15_000].map((a, at): SyntheticRecord => {
    return { tick: 14_000_000 + 9_000_000 * at, kind: "loopGap", a };
  });
  const records = sessions(plan, 3, { ...SMOOTH, lagTicks: 9000, droppedOneIn: 12 });
  const processor = [processorUsed(50_000_000, 0.96), processorUsed(51_000_000, 0.985)];
  return [syntheticLedger(syntheticHeader(plan), ended([...records, ...gaps, ...processor]))];
}

function processorUsed(tick: number, share: number): SyntheticRecord {
  return { tick, kind: "processorUsed", a: share * 1_000_000, b: 1_000_000 };
}

function interrupted(): ReducibleLedger[] {
  const plan = syntheticPlan({
    name: "health",
    flows: FLOWS,
    stages: STAGES,
    thresholds: [p99(1, "response_time p99 < 1us")],
  });
  const records = sessions(plan, 4, SMOOTH).filter(({ tick }) => tick < 20_000_000);
  const stop: SyntheticRecord = { tick: 20_000_000, kind: "runStopped", a: STOP.interrupted };
  return [syntheticLedger(syntheticHeader(plan), ended([...records, stop]))];
}

/** Nothing listens. */
function refused(): ReducibleLedger[] {
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
  return [syntheticLedger(syntheticHeader(plan), ended(records))];
}

/** Stopped before anything was measured. */
function nothing(): ReducibleLedger[] {
  const plan = syntheticPlan({ name: "health", flows: FLOWS, stages: STAGES });
  const records = sessions(plan, 5, SMOOTH).filter(({ tick }) => tick < 3_000_000);
  return [syntheticLedger(syntheticHeader(plan), ended(records))];
}

/** The setup of the plan below fails. */
function setupFailed(): ReducibleLedger[] {
  const plan = preparedPlan([p99(300_000, "response_time p99 < 300ms")]);
  const stop: SyntheticRecord = { tick: 0, kind: "runStopped", a: STOP.setupFailed };
  const records = [...onceRecords(plan, "setup", false), stop, ...onceRecords(plan, "teardown", true)];
  return [syntheticLedger(syntheticHeader(plan), ended(records))];
}

/** Stopped by a threshold. The teardown fails, and there are two targets. */
function aborted(): ReducibleLedger[] {
  const pay = p99(20_000, "response_time p99 < 20ms of tag write", { tag: 0, abortAfter: 40 });
  const plan = preparedPlan([pay, {
    ...p99(1_000_000, "lag p99 < 100us"),
    metric: "lag",
    limit: 100,
    invalidates: true,
  }]);
  const [first] = plan.targets;
  const targets = [first, {
    ...first,
    name: "payments",
    host: "pay.example",
    port: 8443,
    scheme: "https" as const,
  }];
  const tick = 31_000_000;
  const records = [
    ...onceRecords(plan, "setup", true),
    ...sessions(plan, 6, ROUGH).filter((record) => record.tick < tick),
    { tick, kind: "runStopped", a: STOP.thresholdMissed, b: 0 } as const,
    ...onceRecords(plan, "teardown", false),
  ];
  return [syntheticLedger(syntheticHeader({ ...plan, targets }), ended(records))];
}

function preparedPlan(thresholds: readonly Threshold[]): Plan {
  return syntheticPlan({
    name: "shop-evening",
    flows: FLOWS,
    stages: STAGES,
    setup: ["oauth2", "make-a-customer"],
    teardown: ["remove-the-customer"],
    thresholds,
  });
}

/** Three shards on two kinds of host, each with a setup of its own. */
function sharded(): ReducibleLedger[] {
  const plan = preparedPlan([p99(300_000, "response_time p99 < 300ms")]);
  const all = sessions(plan, 7, SMOOTH);
  return [1, 2, 3].map((index) => {
    const header = syntheticHeader(plan);
    const host = index === 2 ? { ...header.host, arch: "aarch64", cores: 64 } : header.host;
    const own = all.filter(({ session }) => session === undefined || session % 3 === index - 1);
    const gap: SyntheticRecord = { tick: 20_000_000 * index, kind: "loopGap", a: 10_000 * index };
    return syntheticLedger(
      { ...header, host, shard: { index, count: 3 }, started: `2026-03-01T11:59:5${index}.000Z` },
      ended([...onceRecords(plan, "setup", true), ...own, gap, ...onceRecords(plan, "teardown", true)]),
    );
  });
}

/** Computed, not run: the same on every machine. */
function simulated(): ReducibleLedger[] {
  const plan = preparedPlan([p99(300_000, "response_time p99 < 300ms")]);
  const header: LedgerHeader = {
    ...syntheticHeader(plan),
    simulated: true,
    started: "1970-01-01T00:00:00.000Z",
    host: { os: "simulated", arch: "simulated", kernel: "simulated", cores: 0, memory_bytes: 0 },
    overrides: ["--simulated", "--sessions 5300"],
  };
  const all = [
    ...onceRecords(plan, "setup", true),
    ...sessions(plan, 8, SMOOTH),
    ...onceRecords(plan, "teardown", true),
  ];
  return [syntheticLedger(header, ended(all))];
}

function shardMissing(): ReducibleLedger[] {
  const [one, , three] = sharded();
  return [three, one];
}

export const REPORT_RUNS = {
  messages: messagesRun,
  passed,
  failed,
  invalid,
  lenient,
  interrupted,
  refused,
  nothing,
  "setup-failed": setupFailed,
  aborted,
  sharded,
  "shard-missing": shardMissing,
  simulated,
} as const;
