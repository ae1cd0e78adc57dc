/** What runs once before and after the load: what it hands on, and what becomes of it when it is interrupted. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun, type Whole } from "../../tests/simulated_run.ts";
import type { TargetModel } from "../host/simulated.ts";
import { END, NONE, SESSION, STOP } from "../ledger/record.ts";
import type { Plan, Request } from "../plan.ts";
import type { PlanRun } from "../run.ts";
import type { Phase } from "./engine.ts";

const named = (records: Whole[], name: string) => records.filter((record) => record.name === name);

/** A request for `/path|value`, with what setup captured. */
function asking(path: string, changes: Partial<Request> = {}): SampleStep {
  const head = [
    `GET /${path}|`,
    { slot: "capture", capture: 0, encoding: "none" },
    " HTTP/1.1\r\n\r\n",
  ] as const;
  return { get: `/${path}`, request: { head, ...changes } };
}

const token: Partial<Request> = {
  captures: [{ capture: 0, optional: false, from: { kind: "regex", pattern: ".+" } }],
};

function planOf(setup: Partial<Request> = {}): Plan {
  return samplePlan({
    setup: [{ get: "/login", request: { ...token, ...setup } }, asking("in-setup")],
    flows: [[asking("load")]],
    teardown: [asking("logout"), { think: [7, 7] }],
    captures: ["setup/token"],
    load: constantLoad(100, 50_000),
  });
}

function target(status = 200): { model: TargetModel; asked: string[] } {
  const asked: string[] = [];
  const model: TargetModel = ({ bytes }) => {
    asked.push(new TextDecoder().decode(bytes).split(" ")[1]);
    const isLogin = asked.at(-1) === "/login";
    const body = new TextEncoder().encode("t-1");
    return { kind: "response", afterTicks: 20_000, status: isLogin ? status : 200, bytes: 10, body };
  };
  return { model, asked };
}

/** What an interrupt finds, and what it leaves behind. */
async function interrupted(at: Phase, times: number) {
  const { model, asked } = target();
  let answer: boolean[] = [];
  const run = await simulatedRun(planOf(), model, {
    during(engine, phase, planRun: PlanRun) {
      if (phase !== at) return;
      const turn = engine.turn.bind(engine);
      engine.turn = (now) => {
        turn(now);
        if (now < 15_000 || answer.length > 0) return;
        answer = Array.from({ length: times }, () => planRun.interrupt());
      };
    },
  });
  const stopped = named(run.records, "runStopped").map((it) => [it.session, it.tick, it.a]);
  return { asked, answer, stopped, records: run.records };
}

Deno.test("what setup captured is handed to every session, and to teardown", async () => {
  const { model, asked } = target();
  const { records, planRun } = await simulatedRun(planOf(), model);
  const loads = Array.from({ length: 5 }, () => "/load|t-1");
  deepEqual(asked, ["/login", "/in-setup|t-1", ...loads, "/logout|t-1"]);
  deepEqual(planRun.handed, ["t-1"]);
  const started = named(records, "sessionStarted");
  deepEqual(started.map((it) => [it.session, it.tick, it.step, it.a === NONE]), [
    [SESSION.setup, 0, 1, true],
    [0, 0, 0, false],
    [1, 10_000, 0, false],
    [2, 20_000, 0, false],
    [3, 30_000, 0, false],
    [4, 40_000, 0, false],
    [SESSION.teardown, 0, 2, true],
  ]);
  const [ended] = named(records, "runEnded");
  deepEqual([ended.a, ended.b, ended.c], [5, 0, 5], "the load's figures, without what ran once");
  const last = named(records, "sessionEnded").filter(({ session }) => session === 4)[0];
  equal(ended.tick, last.tick, "in the load's time");
});

Deno.test("a load without its setup is run with what is handed to it", async () => {
  const { model, asked } = target();
  await simulatedRun(planOf(), model, { phases: ["load"], handed: ["other"] });
  deepEqual(asked, Array.from({ length: 5 }, () => "/load|other"));
});

Deno.test("where setup does not go through there is no load, and teardown runs even so", async () => {
  for (const onError of ["stop-run", "end-session"] as const) {
    const { model, asked } = target(500);
    const { records, planRun } = await simulatedRun(planOf({ onError }), model);
    deepEqual(asked, ["/login", "/logout|t-1"]);
    ok(planRun.setupFailed);
    deepEqual(named(records, "runStopped").map((it) => [it.session, it.tick, it.a]), [[
      null,
      0,
      STOP.setupFailed,
    ]]);
    deepEqual(named(records, "sessionEnded").map((it) => it.a), [END.stepFailed, END.completed]);
    deepEqual(named(records, "runEnded").map((it) => [it.tick, it.a]), [[0, 0]]);
    equal(named(records, "stageEntered").length, 0);
  }
  const { model, asked } = target(500);
  await simulatedRun(planOf({ onError: "continue" }), model);
  equal(asked.length, 8);
});

Deno.test("an interrupt of setup lets it finish, leaves the load out, and tears down", async () => {
  const once = await interrupted("setup", 1);
  deepEqual(once.asked, ["/login", "/in-setup|t-1", "/logout|t-1"]);
  deepEqual([once.answer, once.stopped], [[true], [[null, 0, STOP.interrupted]]]);
  const twice = await interrupted("setup", 2);
  deepEqual(twice.asked, ["/login", "/in-setup|t-1"]);
  deepEqual([twice.answer, twice.stopped], [[true, false], [[null, 0, STOP.halted]]]);
  deepEqual(named(twice.records, "runEnded").length, 1);
});

Deno.test("an interrupt of the load stops it; teardown runs after one, and not after two", async () => {
  const once = await interrupted("load", 1);
  deepEqual(once.asked.slice(2), ["/load|t-1", "/load|t-1", "/load|t-1", "/logout|t-1"]);
  deepEqual([once.answer, once.stopped], [[true], [[null, 20_000, STOP.interrupted]]]);
  const twice = await interrupted("load", 2);
  // The third was still connecting.
  deepEqual(twice.asked.slice(2), ["/load|t-1", "/load|t-1"]);
  deepEqual(twice.stopped.map((it) => it[2]), [STOP.interrupted, STOP.halted]);
});

Deno.test("an interrupt of teardown changes nothing, a second one ends it", async () => {
  const once = await interrupted("teardown", 1);
  deepEqual([once.asked.length, once.stopped], [8, []]);
  const twice = await interrupted("teardown", 2);
  const [{ tick }] = named(twice.records, "runEnded");
  deepEqual([twice.asked.length, twice.stopped], [8, [[null, tick, STOP.halted]]]);
});
