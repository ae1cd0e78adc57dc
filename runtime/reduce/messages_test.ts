import assert from "node:assert/strict";
import {
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
  WHOLE_LOAD,
} from "../../tests/synthetic_ledger.ts";
import { ERROR } from "../ledger/errors.ts";
import { END, MESSAGE } from "../ledger/record.ts";
import type { Metric, Plan, Statistic } from "../plan.ts";
import { reduce } from "./reduce.ts";
import type { Scope } from "./scope.ts";
import type { Summary } from "./summary.ts";

const CHAT = 0;
const STREAMS = 1;
const STEP = { room: 0, say: 1, echo: 2, ping: 3, bye: 4, prices: 5, item: 6, plain: 7 };
const ON = { session: 0, vu: 3 };
const GOOD = 2 ** 16;

/** A session on each flow: the first on a WebSocket of TLS, the second with events, gRPC and a plain request. */
const RECORDS: SyntheticRecord[] = [
  { ...ON, tick: 0, kind: "sessionStarted", step: CHAT, a: 0 },
  { ...ON, tick: 5, kind: "requestIssued", step: STEP.room, a: 5, c: 200 },
  { ...ON, tick: 105, kind: "connectionOpened", step: STEP.room, b: 40, c: 60 },
  { ...ON, tick: 105, kind: "connectionSecured", step: STEP.room, a: 1, b: 1 },
  { ...ON, tick: 200, kind: "responseEnded", step: STEP.room, a: 195, b: 150, c: 101 + GOOD },
  // Unasked: a ping, which is answered, and a message 300 after the opening.
  { ...ON, tick: 300, kind: "messageReceived", step: STEP.room, a: 100, b: 4, c: MESSAGE.ping },
  { ...ON, tick: 300, kind: "frameAnswered", step: STEP.room, a: MESSAGE.pong, b: 10 },
  { ...ON, tick: 500, kind: "messageReceived", step: STEP.room, a: 200, b: 20, c: MESSAGE.text },
  { ...ON, tick: 600, kind: "requestIssued", step: STEP.say, a: 7, c: 30 },
  { ...ON, tick: 601, kind: "requestIssued", step: STEP.echo, a: 1 },
  { ...ON, tick: 640, kind: "messageReceived", step: STEP.echo, a: 140, b: 11, c: MESSAGE.text },
  { ...ON, tick: 660, kind: "messageReceived", step: STEP.echo, a: 20, b: 12, c: MESSAGE.binary },
  { ...ON, tick: 660, kind: "responseEnded", step: STEP.echo, a: 59, b: 12, c: GOOD },
  { ...ON, tick: 700, kind: "requestIssued", step: STEP.echo },
  { ...ON, tick: 900, kind: "requestFailed", step: STEP.echo, a: ERROR["wait.timeout"], c: 0xffff_ffff },
  { ...ON, tick: 900, kind: "requestIssued", step: STEP.ping, c: 8 },
  { ...ON, tick: 950, kind: "messageReceived", step: STEP.ping, a: 290, b: 2, c: MESSAGE.pong },
  { ...ON, tick: 950, kind: "responseEnded", step: STEP.ping, a: 50, b: 2, c: GOOD },
  { ...ON, tick: 960, kind: "requestIssued", step: STEP.bye, c: 9 },
  { ...ON, tick: 990, kind: "messageReceived", step: STEP.bye, a: 40, b: 2, c: MESSAGE.close },
  { ...ON, tick: 990, kind: "responseEnded", step: STEP.bye, a: 30, b: 2, c: 1001 + GOOD },
  { ...ON, tick: 990, kind: "sessionEnded", step: CHAT, a: END.completed },
  { ...ON, session: 1, tick: 1000, kind: "sessionStarted", step: STREAMS, a: 0 },
  { ...ON, session: 1, tick: 1000, kind: "requestIssued", step: STEP.prices, c: 100 },
  {
    ...ON,
    session: 1,
    tick: 1030,
    kind: "messageReceived",
    step: STEP.prices,
    a: 30,
    b: 5,
    c: MESSAGE.event,
  },
  {
    ...ON,
    session: 1,
    tick: 1090,
    kind: "messageReceived",
    step: STEP.prices,
    a: 60,
    b: 6,
    c: MESSAGE.event,
  },
  { ...ON, session: 1, tick: 1090, kind: "responseEnded", step: STEP.prices, a: 30, b: 333, c: 200 + GOOD },
  { ...ON, session: 1, tick: 1100, kind: "requestIssued", step: STEP.item, c: 70 },
  { ...ON, session: 1, tick: 1115, kind: "messageReceived", step: STEP.item, a: 15, b: 40, c: MESSAGE.grpc },
  {
    ...ON,
    session: 1,
    tick: 1120,
    kind: "responseEnded",
    step: STEP.item,
    a: 12,
    b: 90,
    c: 605 + GOOD + 2 ** 24,
  },
  { ...ON, session: 1, tick: 1120, kind: "requestIssued", step: STEP.plain, c: 50 },
  { ...ON, session: 1, tick: 1200, kind: "responseEnded", step: STEP.plain, a: 80, b: 10, c: 200 + GOOD },
  { ...ON, session: 1, tick: 1200, kind: "sessionEnded", step: STREAMS, a: END.completed },
  { tick: 1200, kind: "runEnded" },
];

type Asked = readonly [Metric, Statistic, Partial<Scope>];

function summaryOf(asked: readonly Asked[] = [], warmup = false): Summary {
  const plan: Plan = syntheticPlan({
    flows: [
      {
        name: "chat",
        steps: [{
          webSocket: "room",
          exchange: [["send", "say"], ["receive", "echo"], ["ping", "ping"], ["close", "bye"]],
        }],
      },
      {
        name: "streams",
        steps: [{ name: "prices", stream: "events" }, { name: "item", stream: "grpc" }, "plain"],
      },
    ],
    stages: [{ name: "hold", warmup, lengthTicks: 1_000_000, rate: 2 }],
    thresholds: asked.map(([metric, statistic, scope]) => ({
      ...WHOLE_LOAD,
      ...scope,
      metric,
      statistic,
      comparison: "<",
      limit: 1,
      text: metric,
    })),
  });
  return reduce([syntheticLedger(syntheticHeader(plan), RECORDS)]);
}

Deno.test("what is done on a WebSocket is no request, and its bytes are counted once", () => {
  const { requests, checks, data, connections, statuses, messages, time } = summaryOf();
  assert.deepEqual([requests.issued, requests.responded, requests.failed], [4, 4, 0]);
  assert.deepEqual(checks, { passed: 7, failed: 1 });
  assert.deepEqual(data, {
    sentBytes: 200 + 10 + 30 + 8 + 9 + 100 + 70 + 50,
    receivedBytes: 150 + 4 + 20 + 11 + 12 + 2 + 2 + 333 + 90 + 10,
  });
  assert.deepEqual(connections, { opened: 1, reused: 3, secured: 1, resumed: 1, securedHttp2: 0 });
  assert.deepEqual(statuses, [
    { status: 101, name: null, count: 1 },
    { status: 200, name: null, count: 2 },
    { status: 605, name: "NOT_FOUND", count: 1 },
  ]);
  assert.equal(time.measuredTicks, 1200);
  const { sent, sentBytes, received, receivedBytes, awaited, errors, closeCodes } = messages ?? {};
  assert.deepEqual({ sent, sentBytes, received, receivedBytes, awaited, errors, closeCodes }, {
    sent: 1,
    sentBytes: 30,
    received: 6,
    receivedBytes: 20 + 11 + 12 + 5 + 6 + 40,
    awaited: 4,
    errors: 1,
    closeCodes: [{ code: 1001, count: 1 }],
  });
});

Deno.test("messages are told by step, by flow and by stage", () => {
  const { messages } = summaryOf();
  assert.ok(messages);
  const rows = messages.steps.map(({ step, sent, received, done, responseTime, gap }) => {
    return [step, sent, received, done.responded, done.errors, responseTime?.count ?? 0, gap?.count ?? 0];
  });
  assert.deepEqual(rows, [
    ["room", 0, 1, 1, 0, 1, 2],
    ["room.say", 1, 0, 0, 0, 0, 0],
    ["room.echo", 0, 2, 1, 1, 2, 2],
    ["room.ping", 0, 0, 1, 0, 1, 0],
    ["room.bye", 0, 0, 1, 0, 1, 0],
    ["prices", 0, 2, 1, 0, 1, 1],
    ["item", 0, 1, 1, 1, 1, 0],
  ]);
  assert.deepEqual(messages.flows.map(({ flow, sent, received }) => [flow, sent, received]), [
    ["chat", 1, 3],
    ["streams", 0, 3],
  ]);
  assert.deepEqual(messages.stages.map(({ stage, received, errors }) => [stage, received, errors]), [
    ["hold", 6, 1],
  ]);
});

const MAX: Statistic = { kind: "max" };
const COUNT: Statistic = { kind: "count" };
const ASKED: (readonly [...Asked, actual: number | null, samples: number])[] = [
  ["response_time", MAX, {}, 200, 4],
  ["response_time", MAX, { flow: CHAT }, 200, 1],
  ["response_time", MAX, { step: STEP.echo }, 200, 2],
  ["response_time", MAX, { step: STEP.ping }, 50, 1],
  ["response_time", MAX, { step: STEP.say }, null, 0],
  ["lag", MAX, {}, 7, 7],
  ["lag", MAX, { step: STEP.echo }, 1, 2],
  ["tls", MAX, {}, 60, 1],
  ["first_message", MAX, {}, 300, 3],
  ["first_message", { kind: "min" }, {}, 15, 3],
  ["first_message", MAX, { step: STEP.room }, 300, 1],
  ["first_message", MAX, { flow: STREAMS }, 30, 2],
  ["message_gap", MAX, {}, 140, 3],
  ["message_gap", { kind: "min" }, { step: STEP.room }, 20, 2],
  ["message_gap", MAX, { step: STEP.prices }, 60, 1],
  ["messages", COUNT, {}, 6, 6],
  ["messages", COUNT, { step: STEP.room }, 3, 3],
  ["messages", COUNT, { step: STEP.echo }, 2, 2],
  ["messages", COUNT, { flow: STREAMS }, 3, 3],
  ["messages", COUNT, { step: STEP.plain }, null, 0],
  ["messages", { kind: "rate" }, {}, 5_000_000, 6],
  ["messages", { kind: "rate" }, { stage: 0 }, 6_000, 6],
  ["errors", COUNT, {}, 2, 8],
  ["errors", COUNT, { step: STEP.echo }, 1, 2],
  ["checks", COUNT, { flow: CHAT }, 4, 4],
  ["bytes", { kind: "total" }, { step: STEP.echo }, 23, 2],
];

Deno.test("thresholds know messages, and requests where no step is named", () => {
  const { thresholds } = summaryOf(ASKED.map(([metric, statistic, scope]) => [metric, statistic, scope]));
  ASKED.forEach(([metric, statistic, scope, actual, samples], at) => {
    const what = `${metric} ${statistic.kind} ${JSON.stringify(scope)}`;
    assert.equal(thresholds[at].actual, actual, what);
    assert.equal(thresholds[at].samples, samples, what);
  });
});

Deno.test("of warm-up there are no messages", () => {
  const { messages, time } = summaryOf([], true);
  assert.deepEqual([messages?.sent, messages?.received, messages?.closeCodes], [0, 0, []]);
  assert.equal(messages?.firstMessage, null);
  assert.equal(messages?.stages[0].received, 6);
  assert.equal(time.measuredTicks, 0);
});

Deno.test("a load without messages says nothing of them", () => {
  const plan = syntheticPlan({
    flows: [{ name: "main", steps: ["a"] }],
    stages: [{ name: "hold", lengthTicks: 1, rate: 1 }],
  });
  assert.equal(reduce([syntheticLedger(syntheticHeader(plan), [])]).messages, null);
});
