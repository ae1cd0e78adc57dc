import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { asSetup, connections, repeat, withGroups } from "../../tests/random_plan_parts.ts";
import { ANY_SUCCESS, constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { checkGroups, checkSessions, checkSlots, checkStory } from "../../tests/run_invariants.ts";
import { simulatedRun, type Whole } from "../../tests/simulated_run.ts";
import type { TargetModel } from "../host/simulated.ts";
import { ERROR } from "../ledger/errors.ts";
import { CLOSED, END, SESSION, STOP } from "../ledger/record.ts";
import type { Capture, ClosedLoad, Condition, Plan, Table } from "../plan.ts";
import type { Template } from "../plan_templates.ts";

const CONNECT_TICKS = 100;
const answerAfter = (afterTicks: number, status = 200): TargetModel => () => ({
  kind: "response",
  afterTicks,
  status,
  bytes: 100,
});

const named = (records: Whole[], name: string) => records.filter((record) => record.name === name);
const closed = (vus: number, lengthTicks: number, iterations = 0): ClosedLoad => ({
  model: "closed",
  iterations,
  maxVus: vus,
  paceTicks: 0,
  gracefulStopTicks: 1_000_000,
  stages: [{ name: "hold", warmup: false, startTick: 0, lengthTicks, vusStart: vus, vusEnd: vus }],
});

Deno.test("open load: every session starts when it should, and its records tell its whole story", async () => {
  const { records } = await simulatedRun(samplePlan({ load: constantLoad(10, 300_000) }), answerAfter(500));
  const story = records.filter((record) => record.session === 1).map((it) => [it.name, it.tick]);
  deepEqual(
    story,
    [
      ["sessionStarted", 100_000],
      ["requestPlanned", 100_000],
      ["requestIssued", 100_000],
      ["responseEnded", 100_500],
      ["sessionEnded", 100_500],
      ["connectionClosed", 201_000],
    ].slice(0, 5),
  );
  deepEqual(named(records, "sessionStarted").map((it) => it.tick), [0, 100_000, 200_000]);
  deepEqual(named(records, "runEnded").map((it) => [it.a, it.b, it.c]), [[3, 0, 3]]);
  // One VU suffices, so one connection did.
  equal(named(records, "connectionOpened").length, 1);
  deepEqual(named(records, "connectionClosed").map((it) => [it.a, it.b]), [[CLOSED.asPlanned, 3]]);
});

Deno.test("an arrival that finds no free VU is dropped, and says so", async () => {
  const plan = samplePlan({ load: constantLoad(10, 1_000_000, 2) });
  const { records, counters } = await simulatedRun(plan, answerAfter(450_000));
  const dropped = named(records, "arrivalDropped").map((it) => [it.session, it.tick]);
  deepEqual(dropped, [[2, 200_000], [3, 300_000], [4, 400_000], [7, 700_000], [8, 800_000], [9, 900_000]]);
  equal(counters.sessionsDropped, 6);
});

Deno.test("shared connections: a request that waits for one is blocked, not late", async () => {
  const plan = samplePlan({
    load: constantLoad(100, 100_000),
    target: { connections: { kind: "shared", size: 1 } },
  });
  const { records } = await simulatedRun(plan, answerAfter(25_000));
  const issued = named(records, "requestIssued");
  // Served one after the other, 25 ms each, the first after its connection is made; asked for every 10 ms.
  deepEqual(issued.map((it) => it.tick), issued.map((_, n) => n === 0 ? 0 : CONNECT_TICKS + n * 25_000));
  deepEqual(issued.map((it) => it.a), issued.map(() => 0));
  deepEqual(issued.map((it) => it.tick - it.a - it.b), issued.map((_, n) => n * 10_000));
  equal(named(records, "connectionOpened").length, 1);
});

Deno.test("connections per session and per request are closed as planned", async () => {
  const flow: SampleStep[] = [{ get: "/a", repeat: [3, 3] }];
  for (const [kind, opened] of [["per-vu", 1], ["per-session", 2], ["per-request", 6]] as const) {
    const plan = samplePlan({
      flows: [flow],
      load: constantLoad(10, 200_000),
      target: { connections: { kind } },
    });
    const { records } = await simulatedRun(plan, answerAfter(1_000));
    equal(named(records, "connectionOpened").length, opened, kind);
    const closes = named(records, "connectionClosed");
    deepEqual(closes.map((it) => it.a), closes.map(() => CLOSED.asPlanned), kind);
    equal(closes.reduce((sum, it) => sum + it.b, 0), 6, kind);
  }
});

Deno.test("think times and repeats are drawn, recorded and kept to", async () => {
  const flow: SampleStep[] = [{ get: "/a", repeat: [1, 3] }, { think: [1_000, 9_000] }, { get: "/b" }];
  const { records } = await simulatedRun(
    samplePlan({ flows: [flow], load: constantLoad(100, 500_000) }),
    answerAfter(0),
  );
  for (let session = 0; session < 50; session++) {
    const own = records.filter((it) => it.session === session);
    const passes = named(own, "repeatChosen")[0].a;
    ok(passes >= 1 && passes <= 3);
    deepEqual(
      named(own, "requestPlanned").filter((it) => it.step === 0).map((it) => it.a),
      [1, 2, 3].slice(0, passes),
    );
    const [think] = named(own, "thinkChosen");
    ok(think.a >= 1_000 && think.a <= 9_000);
    equal(named(own, "requestPlanned").at(-1)?.tick, think.tick + think.a);
    equal(named(own, "requestIssued").at(-1)?.tick, think.tick + think.a);
  }
  equal(new Set(named(records, "repeatChosen").map((it) => it.a)).size, 3);
  ok(new Set(named(records, "thinkChosen").map((it) => it.a)).size > 40);
});

Deno.test("a timeout ends the request, its connection and, where the plan says so, its session", async () => {
  const flow: SampleStep[] = [
    { get: "/a", request: { timeoutTicks: 50_000, onError: "end-session" } },
    { get: "/never" },
  ];
  const plan = samplePlan({ flows: [flow], load: constantLoad(10, 100_000) });
  const { records } = await simulatedRun(plan, () => ({ kind: "silence" }));
  deepEqual(named(records, "requestFailed").map((it) => [it.tick, it.a]), [[50_000, ERROR["wait.timeout"]]]);
  deepEqual(named(records, "connectionClosed").map((it) => it.a), [CLOSED.afterError]);
  deepEqual(named(records, "sessionEnded").map((it) => it.a), [END.stepFailed]);
  equal(named(records, "requestPlanned").length, 1);
});

Deno.test("an unexpected status fails check 0, a wrong body the check behind it; continue goes on", async () => {
  const body200 = [{ kind: "contains", text: "yes" }] as const;
  const expect = { ...ANY_SUCCESS, status: [[200, 299]] as const, body: body200 };
  const flow: SampleStep[] = [{ get: "/a", request: { expect } }, { get: "/b" }];
  const body = new TextEncoder().encode("no such luck");
  const { records } = await simulatedRun(
    samplePlan({ flows: [flow], load: constantLoad(10, 100_000) }),
    () => ({ kind: "response", afterTicks: 10, status: 503, bytes: 50, body }),
  );
  deepEqual(named(records, "checkFailed").map((it) => [it.step, it.a, it.b]), [[0, 0, 503], [0, 1, 503], [
    1,
    0,
    503,
  ]]);
  deepEqual(named(records, "responseEnded").map((it) => it.c), [503 | (2 << 24), 503 | (1 << 24)]);
});

Deno.test("stop-run stops arrivals and lets the others finish", async () => {
  const flow: SampleStep[] = [{ get: "/a", request: { onError: "stop-run" } }];
  const plan = samplePlan({ flows: [flow], load: constantLoad(10, 1_000_000) });
  const { records } = await simulatedRun(plan, ({ tick }) => ({
    kind: "response",
    afterTicks: 150_000,
    status: tick >= 300_000 && tick < 350_000 ? 500 : 200,
    bytes: 1,
  }));
  const stopped = named(records, "runStopped");
  deepEqual(stopped.map((it) => it.a), [STOP.stepFailed]);
  ok(named(records, "sessionStarted").every((it) => it.tick <= stopped[0].tick));
  equal(named(records, "responseEnded").length, named(records, "sessionStarted").length);
});

Deno.test("interrupted: no more arrivals, a graceful end; halted: an end at once; whole records each time", async () => {
  for (const [reason, cancelled] of [[STOP.interrupted, 0], [STOP.halted, 3]] as const) {
    const plan = samplePlan({ load: constantLoad(10, 1_000_000) });
    const { records } = await simulatedRun(plan, answerAfter(250_000), {
      during: (engine) => {
        const turn = engine.turn.bind(engine);
        engine.turn = (now) => {
          turn(now);
          if (now >= 450_000 && reason === STOP.interrupted) engine.stop(reason);
          if (now >= 450_000 && reason === STOP.halted) engine.halt(reason);
        };
      },
    });
    deepEqual(named(records, "runStopped").map((it) => it.a), [reason]);
    equal(named(records, "requestFailed").filter((it) => it.a === ERROR["stop.cancelled"]).length, cancelled);
    equal(named(records, "sessionStarted").length, named(records, "sessionEnded").length);
    equal(named(records, "runEnded").length, 1);
  }
});

Deno.test("closed load: users loop without a pause, as many as the stage says, as often as iterations allow", async () => {
  const timed = await simulatedRun(samplePlan({ load: closed(3, 100_000) }), answerAfter(1_000));
  // Each user: 100 ticks to connect, then one request a millisecond until the stage ends.
  equal(named(timed.records, "sessionStarted").length, 3 * 100);
  const counted = await simulatedRun(samplePlan({ load: closed(3, 0, 50) }), answerAfter(1_000));
  equal(named(counted.records, "sessionStarted").length, 50);
  deepEqual(
    named(counted.records, "sessionStarted").map((it) => it.session).sort((a, b) => Number(a) - Number(b)),
    Array.from({ length: 50 }, (_, n) => n),
  );
});

Deno.test("closed load: a session that draws no request does not stop the clock", async () => {
  const plan = samplePlan({ flows: [[{ get: "/a", repeat: [0, 1] }]], load: closed(1, 10_000) });
  const { records } = await simulatedRun(plan, answerAfter(100));
  ok(named(records, "sessionStarted").length > 50);
  equal(named(records, "sessionStarted").length, named(records, "sessionEnded").length);
});

Deno.test("closed load: users come and go with the stages", async () => {
  const load: ClosedLoad = {
    ...closed(4, 0),
    stages: [
      { name: "up", warmup: false, startTick: 0, lengthTicks: 40_000, vusStart: 0, vusEnd: 4 },
      { name: "down", warmup: false, startTick: 40_000, lengthTicks: 40_000, vusStart: 4, vusEnd: 0 },
    ],
  };
  const { records } = await simulatedRun(samplePlan({ load }), answerAfter(900));
  const usersAt = (tick: number) =>
    new Set(
      named(records, "sessionStarted").filter((it) => Math.abs(it.tick - tick) < 1_100).map((it) => it.vu),
    ).size;
  deepEqual([12_000, 22_000, 32_000, 42_000, 52_000, 62_000, 72_000].map(usersAt), [1, 2, 3, 4, 3, 2, 1]);
});

// Properties over random plans and targets.

/** What a session sends tells who it is, and what it was told: the target sees when anything leaks. */
const HEAD: Template = [
  "GET /",
  { slot: "session" },
  "/",
  { slot: "capture", capture: 0, encoding: "path" },
  "/",
  { slot: "capture", capture: 1, encoding: "path" },
  "/",
  { slot: "data", table: 0, column: 0, encoding: "path" },
  " HTTP/1.1\r\n",
];

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant("captured" as const), capture: fc.constant(0), exists: fc.boolean() }),
  fc.record({
    kind: fc.constant("matches" as const),
    capture: fc.constant(0),
    pattern: fc.constant("[0-4]$"),
  }),
  fc.constant({ kind: "status", ranges: [[200, 299]] } as const),
);
const retry = fc.record({
  times: fc.integer({ min: 1, max: 3 }),
  errors: fc.constant([ERROR["wait.reset"], ERROR["wait.timeout"]]),
  statuses: fc.constant([[500, 599]] as const),
  minTicks: fc.constantFrom(0, 500),
  maxTicks: fc.constant(900),
});
const capture: Capture = { capture: 0, optional: false, from: { kind: "regex", pattern: "session (\\d+)" } };

const simpleStep: fc.Arbitrary<SampleStep> = fc.oneof(
  fc.record({
    get: fc.constantFrom("/a", "/b"),
    repeat,
    when: fc.option(condition, { nil: undefined, freq: 2 }),
    request: fc.record({
      target: fc.nat(2),
      timeoutTicks: fc.constantFrom(2_000, 100_000),
      onError: fc.constantFrom("continue" as const, "end-session" as const, "stop-run" as const),
      retry: fc.option(retry),
      redirects: fc.nat(2),
      captures: fc.constantFrom([], [capture]),
      expect: fc.constantFrom(ANY_SUCCESS, { ...ANY_SUCCESS, withinTicks: 1_500 }),
      head: fc.constantFrom(HEAD, [...HEAD, { slot: "cookies" } as const]),
    }).map((it) => ({ ...it, head: [...it.head, "\r\n"] })),
  }),
  fc.record({
    get: fc.constant("/plain"),
    request: fc.record({ target: fc.nat(2), timeoutTicks: fc.constantFrom(2_000, 100_000) }),
  }),
  fc.record({
    think: fc.constantFrom([0, 0] as const, [10, 5_000] as const),
    when: fc.option(condition, { nil: undefined, freq: 2 }),
  }),
  fc.constant({ think: [0, 400], quantiles: [0, 10, 400] } as const),
);
const step = withGroups(simpleStep, fc.option(condition, { nil: undefined, freq: 2 }));
const once = fc.option(fc.array(step, { minLength: 1, maxLength: 3 }), { nil: undefined });

const plan: fc.Arbitrary<Plan> = fc.record({
  flows: fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  setup: once.map((steps) => steps && asSetup(steps)),
  teardown: once,
  load: fc.oneof(
    fc.record({
      perSecond: fc.integer({ min: 1, max: 2_000 }),
      vus: fc.integer({ min: 1, max: 20 }),
      burst: fc.constantFrom(1, 7),
    })
      .map(({ perSecond, vus, burst }) => ({ ...constantLoad(perSecond, 100_000, vus), burst })),
    fc.record({ vus: fc.integer({ min: 1, max: 20 }), paceTicks: fc.constantFrom(0, 3_000) })
      .map(({ vus, paceTicks }) => ({ ...closed(vus, 50_000), paceTicks })),
    fc.integer({ min: 1, max: 20 }).map((vus) => closed(vus, 0, 37)),
  ),
  seed: fc.maxSafeNat(),
  connections: fc.tuple(connections, connections, connections),
  pick: fc.constantFrom<Table["pick"]>("sequential", "shuffle", "random", "unique"),
}).map(({ connections: [first, second, third], pick, ...changes }) => {
  const rows = pick === "unique" ? 10_000 : 7;
  const cells = Array.from({ length: rows }, (_, row) => `row ${row}\u007f`).join("");
  return samplePlan({
    ...changes,
    target: { connections: first, cookies: true },
    targets: [{ name: "second", host: "other.test", connections: second, cookies: true }, {
      name: "third",
      port: 81,
      connections: third,
      cookies: true,
    }],
    captures: ["flow-0/id", "setup/id"],
    tables: [{ name: "t", columns: ["x"], rows, pick, salt: 3, cells }],
  });
});

/** Some answers are slow, wrong, missing, sent on or close the connection; which, is a function of when they are asked for. */
function moody(mood: number): TargetModel {
  return ({ slot, tick, bytes }) => {
    const request = new TextDecoder().decode(bytes);
    const session = sessionOf(request);
    const chance = (Math.imul(tick + 31 * slot + mood, 0x9e3779b1) >>> 0) % 100;
    if (chance < 3) return { kind: "silence" };
    if (chance < 8) return { kind: "error", afterTicks: chance * 10, error: ERROR["wait.reset"] };
    const status = chance < 12 ? 500 : chance < 25 ? 302 : 200;
    return {
      kind: "response",
      afterTicks: (chance * chance) / 4 | 0,
      status,
      bytes: 100,
      headers: [["set-cookie", `session=${session}; Path=/`], ["location", `/${session}///row%20`]],
      body: new TextEncoder().encode(chance < 80 ? `you are session ${session}` : "who are you?"),
      close: chance > 90,
    };
  };
}

/** The session that a request is from; what it was told must have been told to it. */
function sessionOf(request: string): string {
  const asked = /^GET \/(\d+)\/(\d*)\/(\d*)\/row%20\d* HTTP\/1\.1\r\n(?:cookie: session=(\d*)\r\n)?\r\n$/
    .exec(
      request,
    );
  if (asked === null) {
    ok(request.startsWith("GET /plain "), request);
    return "";
  }
  const [session, captured, handed, cookie] = asked.slice(1);
  ok(captured === "" || captured === session, "a value of another session was sent");
  ok(handed === "" || handed === String(SESSION.setup), "what setup captured is what is handed");
  ok(cookie === undefined || cookie === "" || cookie === session, "a cookie of another session was sent");
  return session;
}

Deno.test("whatever the plan and the target: no session and no request is lost, doubled or shared", async () => {
  await fc.assert(
    fc.asyncProperty(plan, fc.nat(), async (it, mood) => {
      const { records, counters, bytes } = await simulatedRun(it, moody(mood));
      checkStory(records, it);
      checkSessions(records, it);
      checkSlots(records, it);
      checkGroups(records, it);
      equal(counters.inFlight, 0);
      equal(counters.sessionsActive, 0);
      const again = await simulatedRun(it, moody(mood));
      ok(
        bytes.length === again.bytes.length && bytes.every((byte, at) => byte === again.bytes[at]),
        "not the same again",
      );
    }),
    { numRuns: 150 },
  );
});
