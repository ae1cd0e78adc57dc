/** A random run as plain objects, its records, and a naive model of what they amount to. */
import { ERRORS } from "../runtime/ledger/errors.ts";
import { END } from "../runtime/ledger/record.ts";
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
  end: number;
  why: number;
};
export type ModelRun = { sessions: ModelSession[]; drops: { tick: number; stage: number }[] };

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
  const run: ModelRun = { sessions: [], drops: [] };
  for (let session = 0; session < sessions; session++) {
    const vu = random(freeAt.length);
    const flow = random(plan.flows.length);
    const stage = random(plan.load.stages.length);
    const start = freeAt[vu] + time();
    if (random(20) === 0) run.drops.push({ tick: start, stage });
    const requests: ModelRequest[] = [];
    let due = start;
    for (let left = random(4); left > 0; left--) {
      const request = randomRequest(plan, flow, due, random, time);
      requests.push(request);
      due = request.end;
    }
    freeAt[vu] = due + random(5);
    const why = [END.completed, END.completed, END.stepFailed, END.runStopped][random(4)];
    run.sessions.push({ session, vu: vu * 97, flow, stage, start, requests, end: freeAt[vu], why });
  }
  return run;
}

function randomRequest(
  plan: Plan,
  flow: number,
  due: number,
  random: (limit: number) => number,
  time: () => number,
): ModelRequest {
  const steps = plan.steps.flatMap((step, position) => step.flow === flow ? [position] : []);
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
export function recordsOf(run: ModelRun): SyntheticRecord[] {
  const records: SyntheticRecord[] = [];
  for (const { tick, stage } of run.drops) records.push({ tick, kind: "arrivalDropped", a: stage });
  for (const { session, vu, flow, stage, start, requests, end, why } of run.sessions) {
    const on = { session, vu };
    records.push({ ...on, tick: start, kind: "sessionStarted", step: flow, a: stage });
    for (const request of requests) records.push(...requestRecords(request, on));
    records.push({ ...on, tick: end, kind: "sessionEnded", step: flow, a: why });
  }
  records.sort((one, other) => one.tick - other.tick);
  const last = records.at(-1)?.tick ?? 0;
  return [...records, { tick: last, kind: "runEnded" }];
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
    const text = `error ${error}, naïvely — ${"ä".repeat(step * 40)}`;
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
      text: "not ok",
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
