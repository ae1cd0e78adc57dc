/** A random run as plain objects, its records, and a naive model of what they amount to. */
import { ERRORS } from "../runtime/ledger/errors.ts";
import { END, NONE, SESSION } from "../runtime/ledger/record.ts";
import type { Plan } from "../runtime/plan.ts";
import { type SyntheticRecord } from "./synthetic_ledger.ts";

export type ModelRequest = {
  step: number;
  due: number;
  lag: number;
  blocked: number;
  sentBytes: number;
  opened: null | { dns: number; connect: number; tls: number };
  end: number;
  firstByte: number;
  receivedBytes: number;
  /** 0: a response. */
  error: number;
  status: number;
  checksPassed: number;
  checksFailed: number;
};
export type ModelSession = {
  session: number;
  vu: number;
  flow: number;
  stage: number;
  start: number;
  requests: ModelRequest[];
  groups: ModelGroup[];
  end: number;
  why: number;
};
/** A pass of a group. */
export type ModelGroup = { step: number; tick: number; elapsed: number; thought: number; good: boolean };
export type ModelRun = {
  sessions: ModelSession[];
  drops: { session: number; tick: number; stage: number }[];
  gaps: { tick: number; length: number }[];
};

/** mulberry32: whole numbers from 0 to below `limit`. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Times reach from 0 to `2^magnitude` ticks, all magnitudes alike. */
export function randomRun(plan: Plan, seed: number, sessions: number, magnitude: number): ModelRun {
  const random = randomNumbers(seed);
  const time = () => random(2 ** random(magnitude + 1));
  const freeAt = Array.from({ length: 1 + random(20) }, () => 0);
  const ofLoad = plan.choice.length;
  const run: ModelRun = { sessions: [], drops: [], gaps: [] };
  for (let session = 0; session < sessions; session++) {
    const vu = random(freeAt.length);
    const flow = random(ofLoad);
    const stage = random(plan.load.stages.length);
    const start = freeAt[vu] + time();
    if (random(20) === 0) run.drops.push({ session: sessions + session, tick: start, stage });
    if (random(20) === 0) run.gaps.push({ tick: start, length: random(100_000) });
    const requests: ModelRequest[] = [];
    let due = start;
    for (let left = random(4); left > 0; left--) {
      const request = randomRequest(plan, flow, due, random, time);
      requests.push(request);
      due = request.end;
    }
    const groups = randomGroups(plan, flow, start, due, random);
    freeAt[vu] = due + random(5);
    const why = [END.completed, END.completed, END.stepFailed, END.runStopped][random(4)];
    run.sessions.push({ session, vu: vu * 97, flow, stage, start, requests, groups, end: freeAt[vu], why });
  }
  return run;
}

function randomGroups(
  plan: Plan,
  flow: number,
  start: number,
  end: number,
  random: (limit: number) => number,
): ModelGroup[] {
  return stepsOf(plan, flow, "group").flatMap((step) =>
    Array.from({ length: random(3) }, () => {
      const elapsed = Math.min(end - start, 2 ** 32 - 1);
      return { step, tick: end, elapsed, thought: random(elapsed + 1), good: random(4) > 0 };
    })
  );
}

function stepsOf(plan: Plan, flow: number, kind: "request" | "group"): number[] {
  return plan.steps.flatMap((step, position) => step.flow === flow && step.kind === kind ? [position] : []);
}

function randomRequest(
  plan: Plan,
  flow: number,
  due: number,
  random: (limit: number) => number,
  time: () => number,
): ModelRequest {
  const steps = stepsOf(plan, flow, "request");
  const [lag, blocked] = [time() % 2 ** 31, random(3) === 0 ? time() % 2 ** 31 : 0];
  return {
    step: steps[random(steps.length)],
    due,
    lag,
    blocked,
    sentBytes: random(1000),
    opened: random(3) === 0 ? { dns: random(100), connect: time() % 2 ** 32, tls: random(4000) } : null,
    end: due + lag + blocked + time(),
    firstByte: time() % 2 ** 32,
    receivedBytes: random(100_000),
    error: random(8) === 0 ? ERRORS[random(ERRORS.length)].code : 0,
    status: [200, 200, 404, 500][random(4)],
    checksPassed: random(3),
    checksFailed: random(4) === 0 ? 1 + random(2) : 0,
  };
}

/** The run's records in the order of their ticks, each VU's in the order of what it did. */
export function recordsOf({ sessions, drops, gaps }: ModelRun): SyntheticRecord[] {
  const records: SyntheticRecord[] = [];
  for (const { tick, length } of gaps) records.push({ tick, kind: "loopGap", a: length });
  for (const { session, tick, stage } of drops) {
    records.push({ session, tick, kind: "arrivalDropped", a: stage });
  }
  for (const { session, vu, flow, stage, start, requests, groups, end, why } of sessions) {
    const on = { session, vu };
    records.push({ ...on, tick: start, kind: "sessionStarted", step: flow, a: stage });
    for (const request of requests) records.push(...requestRecords(request, on));
    for (const { step, tick, elapsed: a, thought: b, good } of groups) {
      records.push({ ...on, step, tick, kind: "groupEnded", a, b, c: good ? 0 : 1 });
    }
    records.push({ ...on, tick: end, kind: "sessionEnded", step: flow, a: why });
  }
  records.sort((one, other) => one.tick - other.tick);
  const last = records.at(-1)?.tick ?? 0;
  return [...records, { tick: last, kind: "runEnded" }];
}

/** A session of the plan's setup or teardown, `good` or not. Its ticks begin at 0. */
export function onceRecords(plan: Plan, phase: "setup" | "teardown", good: boolean): SyntheticRecord[] {
  const flow = plan[phase];
  const [step] = stepsOf(plan, flow, "request");
  const on = { session: SESSION[phase], vu: 0 };
  const request = { ...on, step };
  const c = good ? 200 + 2 ** 16 : 401 + 2 ** 24;
  return [
    { ...on, tick: 0, kind: "sessionStarted", step: flow, a: NONE },
    { ...request, tick: 0, kind: "requestPlanned", a: 1 },
    { ...request, tick: 5, kind: "requestIssued", a: 5, c: 100 },
    { ...request, tick: 6, kind: "connectionOpened", b: 300 },
    ...(good ? [] : [
      { ...request, tick: 99_000_000, kind: "checkFailed", a: 0, b: 401, text: "401 Unauthorized" } as const,
    ]),
    { ...request, tick: 99_000_000, kind: "responseEnded", a: 300, b: 500, c },
    { ...on, tick: 99_000_000, kind: "sessionEnded", step: flow, a: good ? END.completed : END.stepFailed },
  ];
}

function requestRecords(request: ModelRequest, on: { session: number; vu: number }): SyntheticRecord[] {
  const { step, due, lag, blocked, opened, end, error } = request;
  const records: SyntheticRecord[] = [{ ...on, step, tick: due, kind: "requestPlanned", a: 1 }];
  const issued = due + lag + blocked;
  records.push({
    ...on,
    step,
    tick: issued,
    kind: "requestIssued",
    a: lag,
    b: blocked,
    c: request.sentBytes,
  });
  if (opened !== null) {
    const { dns: a, connect: b, tls: c } = opened;
    records.push({ ...on, step, tick: issued, kind: "connectionOpened", a, b, c });
  }
  if (error !== 0) {
    const text = `error ${error}, naïvely — ${on.session} ${"ä".repeat(step * 40)}`;
    records.push({ ...on, step, tick: end, kind: "requestFailed", a: error, b: request.receivedBytes, text });
    return records;
  }
  const c = request.status + request.checksPassed * 2 ** 16 + request.checksFailed * 2 ** 24;
  for (let check = 0; check < request.checksFailed; check++) {
    records.push({
      ...on,
      step,
      tick: end,
      kind: "checkFailed",
      a: check,
      b: request.status,
      text: `not ok in ${on.session}`,
    });
  }
  records.push({
    ...on,
    step,
    tick: end,
    kind: "responseEnded",
    a: request.firstByte,
    b: request.receivedBytes,
    c,
  });
  return records;
}
