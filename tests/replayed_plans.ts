/** Random plans in which everything can happen that a ledger tells of, for runs that are replayed. */
import fc from "fast-check";
import { ERROR } from "../runtime/ledger/errors.ts";
import type { Capture, ClosedLoad, Condition, Plan, Table, Threshold } from "../runtime/plan.ts";
import type { MessageMatch, Stream } from "../runtime/plan_messages.ts";
import type { Part, Template } from "../runtime/plan_templates.ts";
import type { Mood } from "./late_world.ts";
import { asSetup, connections, repeat, withGroups } from "./random_plan_parts.ts";
import { WHOLE_LOAD } from "./synthetic_ledger.ts";
import {
  ANY_SUCCESS,
  ANYTHING,
  constantLoad,
  samplePlan,
  type SampleStep,
  SWITCHING,
} from "./sample_plans.ts";

const HEAD: readonly Part[] = [
  "GET /",
  { slot: "session" },
  "/",
  { slot: "capture", capture: 0, encoding: "path" },
  "/",
  { slot: "capture", capture: 1, encoding: "path" },
  "/",
  { slot: "data", table: 0, column: 0, encoding: "path" },
  "?vu=",
  { slot: "vu" },
  "&n=",
  { slot: "int", use: 0, min: 1, max: 5_000 },
  " HTTP/1.1\r\n",
];
const SECRET: readonly Part[] = ["x-key: ", { slot: "secret", secret: 0, encoding: "header" }, "\r\n"];
const COOKIES: readonly Part[] = [{ slot: "cookies" }];
const HEADS: readonly (readonly Part[])[] = [
  HEAD,
  [...HEAD, ...COOKIES],
  [...HEAD, ...SECRET],
  ["GET / HTTP/1.1\r\n", ...SECRET],
  ["GET /plain HTTP/1.1\r\n"],
];

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant("captured" as const), capture: fc.nat(1), exists: fc.boolean() }),
  fc.constant({ kind: "matches", capture: 0, pattern: "[0-4]$" } as const),
  fc.constant({ kind: "status", ranges: [[200, 299]] } as const),
);
const when = fc.option(condition, { nil: undefined, freq: 2 });
const retry = fc.record({
  times: fc.integer({ min: 1, max: 3 }),
  errors: fc.constant([ERROR["wait.reset"], ERROR["wait.timeout"], ERROR["connect.refused"]]),
  statuses: fc.constant([[500, 599]] as const),
  minTicks: fc.constantFrom(0, 500),
  maxTicks: fc.constant(900),
});
const capture: fc.Arbitrary<Capture> = fc.record({
  capture: fc.constant(0),
  optional: fc.boolean(),
  from: fc.constantFrom(
    { kind: "regex", pattern: "session (\\d+)" } as const,
    { kind: "regex", pattern: "wörd.*" } as const,
    { kind: "cookie", name: "s", pattern: null } as const,
  ),
});
const body = [{ kind: "contains", text: "session" }, { kind: "size", minBytes: 0, maxBytes: 40 }] as const;

const onError = fc.constantFrom(
  "continue" as const,
  "continue" as const,
  "end-session" as const,
  "stop-run" as const,
);
const timeoutTicks = fc.constantFrom(2_000, 100_000);
const onWebSocket = { timeoutTicks, onError, target: fc.constant(1) };
const SAID: Template = ["I am ", { slot: "capture", capture: 0, encoding: "none" }, {
  slot: "int",
  use: 0,
  min: 1,
  max: 99,
}];
const ROW: Template = [{ slot: "data", table: 0, column: 0, encoding: "none" }];

const action: fc.Arbitrary<SampleStep> = fc.oneof(
  fc.record({
    send: fc.constantFrom<Template>(SAID, ["hello"], ["x".repeat(300)]),
    request: fc.record({ ...onWebSocket, isBinary: fc.boolean() }),
    repeat,
  }),
  fc.record({
    receive: fc.constantFrom<Partial<MessageMatch>>(
      {},
      { body: [{ kind: "matches", pattern: "[0-4]$" }] },
      { body: [{ kind: "rendered contains", text: SAID }] },
      { body: [{ kind: "rendered contains", text: ["session"] }, { kind: "rendered equals", text: ROW }] },
    ),
    repeat,
    request: fc.record({
      ...onWebSocket,
      captures: fc.constantFrom([], [{
        capture: 0,
        optional: false,
        from: { kind: "regex" as const, pattern: "session (\\d)" },
      }]),
      expect: fc.constantFrom(ANYTHING, { ...ANYTHING, withinTicks: 400 }, { ...ANYTHING, body }),
    }),
  }),
  fc.record({ ping: fc.constant("p"), request: fc.record(onWebSocket) }),
  fc.record({ think: fc.constantFrom([0, 0] as const, [10, 5_000] as const) }),
);
const webSocketStep: fc.Arbitrary<SampleStep> = fc.record({
  webSocket: fc.constant("room"),
  exchange: fc.tuple(
    fc.array(action, { maxLength: 4 }),
    fc.option(fc.record({ close: fc.constant(1000), request: fc.record(onWebSocket) })),
  ).map(([actions, close]) => close === null ? actions : [...actions, close]),
  request: fc.record({
    ...onWebSocket,
    retry: fc.option(retry),
    expect: fc.constantFrom(SWITCHING, ANY_SUCCESS, { ...SWITCHING, status: [[101, 499]] }),
  }),
  repeat,
});
const streamStep: fc.Arbitrary<SampleStep> = fc.record({
  get: fc.constant("/events"),
  request: fc.record({
    target: fc.nat(2),
    timeoutTicks,
    onError,
    stream: fc.constantFrom<Stream>(
      { kind: "events", until: null, count: 2 },
      { kind: "events", until: { event: "done", json: [], body: [] }, count: 0 },
      {
        kind: "events",
        until: { event: "", json: [], body: [{ kind: "rendered contains", text: ROW }] },
        count: 3,
      },
    ),
    expect: fc.constantFrom(ANY_SUCCESS, { ...ANY_SUCCESS, body }),
    captures: fc.option(capture).map((it) => it === null ? [] : [it]),
    retry: fc.option(retry),
  }),
});

const simpleStep: fc.Arbitrary<SampleStep> = fc.oneof(
  webSocketStep,
  streamStep,
  fc.record({
    get: fc.constantFrom("/a", "/b"),
    repeat,
    when,
    request: fc.record({
      target: fc.nat(2),
      timeoutTicks,
      onError,
      retry: fc.option(retry),
      redirects: fc.nat(2),
      captures: fc.option(capture).map((it) => it === null ? [] : [it]),
      expect: fc.constantFrom(ANY_SUCCESS, { ...ANY_SUCCESS, withinTicks: 1_500 }, { ...ANY_SUCCESS, body }),
      head: fc.constantFrom(...HEADS).map((head) => [...head, "\r\n"]),
    }),
  }),
  fc.record({
    get: fc.constant("/plain"),
    request: fc.record({ target: fc.nat(2), timeoutTicks }),
  }),
  fc.record({ think: fc.constantFrom([0, 0] as const, [10, 5_000] as const), when }),
);
const step = withGroups(simpleStep, when);
const once = fc.option(fc.array(step, { minLength: 1, maxLength: 3 }), { nil: undefined });

const closed: fc.Arbitrary<ClosedLoad> = fc.record({
  vus: fc.integer({ min: 1, max: 20 }),
  last: fc.nat(20),
  paceTicks: fc.constantFrom(0, 0, 3_000),
  iterations: fc.constantFrom(0, 0, 37),
  gracefulStopTicks: fc.constantFrom(0, 3_000, 1_000_000),
}).map(({ vus, last, iterations, ...rest }) => {
  const stage = (name: string, startTick: number, lengthTicks: number, vusStart: number, vusEnd: number) => {
    return { name, warmup: false, startTick, lengthTicks, vusStart, vusEnd };
  };
  const stages = iterations > 0
    ? [stage("hold", 0, 0, vus, vus)]
    : [stage("up", 0, 20_000, 0, vus), stage("move", 20_000, 30_000, vus, Math.min(vus, last))];
  return { model: "closed", stages, iterations, maxVus: vus, ...rest };
});
const open = fc.record({
  perSecond: fc.integer({ min: 1, max: 2_000 }),
  vus: fc.integer({ min: 1, max: 20 }),
  burst: fc.constantFrom(1, 7),
  gracefulStopTicks: fc.constantFrom(0, 3_000, 1_000_000),
}).map(({ perSecond, vus, ...rest }) => ({ ...constantLoad(perSecond, 100_000, vus), ...rest }));

const abort: Threshold = {
  ...WHOLE_LOAD,
  metric: "errors",
  statistic: { kind: "count" },
  comparison: "<",
  limit: 9,
  abortAfter: 9,
  text: "errors count < 9",
};

const abortOfMessages: Threshold = {
  ...abort,
  metric: "messages",
  limit: 4,
  abortAfter: 4,
  text: "messages count < 4",
};

export const replayedPlan: fc.Arbitrary<Plan> = fc.record({
  flows: fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  setup: once.map((steps) => steps && asSetup(steps)),
  teardown: once,
  load: fc.oneof(open, closed),
  seed: fc.maxSafeNat(),
  thresholds: fc.constantFrom([], [], [], [abort], [abortOfMessages]),
  connections: fc.tuple(connections, connections, connections),
  pick: fc.constantFrom<Table["pick"]>("sequential", "shuffle", "random", "unique"),
}).map(({ connections: [first, second, third], pick, ...changes }) => {
  const rows = pick === "unique" ? 10_000 : 7;
  const cells = Array.from({ length: rows }, (_, row) => `row ${row}\u007f`).join("");
  const plan = samplePlan({
    ...changes,
    target: { connections: first, cookies: true },
    targets: [
      { name: "second", scheme: "https", host: "other.test", connections: second, cookies: true },
      {
        name: "third",
        port: 81,
        connections: third,
        protocol: "h2",
        streams: third.kind === "shared" ? 2 : 1,
      },
    ],
    captures: ["flow-0/id", "setup/id"],
    secrets: ["KEY"],
    tables: [{ name: "t", columns: ["x"], rows, pick, salt: 3, cells }],
    requestBytes: 16_384,
  });
  return { ...plan, bounds: { ...plan.bounds, captureBytes: 1_024 } };
});

const phase = fc.constantFrom("load" as const, "load" as const, "setup" as const, "teardown" as const);

export const mood: fc.Arbitrary<Mood> = fc.record({
  seed: fc.nat(),
  interrupts: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.record({ phase, tick: fc.nat(60_000) }), { maxLength: 3 }) },
  ),
  shard: fc.constantFrom({ index: 1, count: 1 }, { index: 1, count: 1 }, { index: 2, count: 3 }),
  runsOnce: fc.constantFrom(true, true, false),
});
