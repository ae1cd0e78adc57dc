/** Groups of steps: how long each took, how much of it was thought, and whether it went through. */
import { deepEqual } from "node:assert/strict";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun } from "../../tests/simulated_run.ts";
import type { TargetModel } from "../host/simulated.ts";
import { ERROR } from "../ledger/errors.ts";
import type { Request } from "../plan.ts";

/** Answers after a millisecond; `/bad` with an error status, `/lost` never. */
const model: TargetModel = ({ bytes }) => {
  const request = new TextDecoder().decode(bytes);
  if (request.startsWith("GET /lost")) return { kind: "silence" };
  return {
    kind: "response",
    afterTicks: 1_000,
    status: request.startsWith("GET /bad") ? 500 : 200,
    bytes: 10,
  };
};

const get = (path: string, request: Partial<Request> = {}): SampleStep => ({ get: path, request });
const think = (ticks: number): SampleStep => ({ think: [ticks, ticks] });

/** What the groups of one session say: [step, tick, elapsed, thought, failed]. The first connection takes 100 ticks. */
async function groupsOf(flow: readonly SampleStep[], stopTick = Infinity) {
  const plan = samplePlan({ flows: [flow], load: constantLoad(10, 100_000) });
  const { records } = await simulatedRun(plan, model, {
    during(engine) {
      const turn = engine.turn.bind(engine);
      engine.turn = (now) => {
        turn(now);
        if (now >= stopTick) engine.halt(2);
      };
    },
  });
  return records.filter(({ name }) => name === "groupEnded").map((
    it,
  ) => [it.step, it.tick, it.a, it.b, it.c]);
}

Deno.test("a group lasts from when it is due to when what follows is, and knows what was thought in it", async () => {
  deepEqual(
    await groupsOf([get("/"), { group: "pay", steps: [get("/a"), think(300), get("/b")] }, think(70)]),
    [
      [1, 3_400, 2_300, 300, 0],
    ],
  );
  deepEqual(await groupsOf([{ group: "empty", steps: [] }]), [[0, 0, 0, 0, 0]]);
});

Deno.test("groups in groups end inside out, and an outer one thought what an inner one did", async () => {
  const inner: SampleStep = { group: "inner", repeat: [2, 2], steps: [get("/a"), think(20)] };
  deepEqual(await groupsOf([{ group: "outer", steps: [think(5), inner, think(600), get("/b")] }]), [
    [2, 1_125, 1_120, 20, 0],
    [2, 2_145, 1_020, 20, 0],
    [0, 3_745, 3_745, 645, 0],
  ]);
});

Deno.test("a request that fails fails its groups, and no others", async () => {
  const bad: SampleStep = { group: "bad", steps: [get("/bad")] };
  const flow: SampleStep[] = [{ group: "outer", steps: [{ group: "good", steps: [get("/a")] }, bad] }, {
    group: "next",
    steps: [get("/a")],
  }];
  deepEqual((await groupsOf(flow)).map((it) => [it[0], it[4]]), [[1, 0], [3, 1], [0, 1], [5, 0]]);
});

Deno.test("another try that goes well is well", async () => {
  const retry = {
    times: 1,
    errors: [ERROR["wait.timeout"]],
    statuses: [[500, 500]],
    minTicks: 10,
    maxTicks: 10,
  } as const;
  let asked = 0;
  const plan = samplePlan({
    flows: [[{ group: "pay", steps: [get("/a", { retry })] }]],
    load: constantLoad(10, 100_000),
  });
  const { records } = await simulatedRun(plan, () => ({
    kind: "response",
    afterTicks: 1_000,
    status: asked++ === 0 ? 500 : 200,
    bytes: 1,
  }));
  // The wait before another try is no thinking.
  deepEqual(records.filter(({ name }) => name === "groupEnded").map((it) => [it.a, it.b, it.c]), [[
    2_110,
    0,
    0,
  ]]);
});

Deno.test("a session that ends before its time ends the groups it stands in", async () => {
  const lost = get("/lost", { timeoutTicks: 5_000, onError: "end-session" });
  const flow: SampleStep[] = [{
    group: "outer",
    steps: [{ group: "inner", steps: [think(10), lost] }, get("/")],
  }];
  deepEqual(await groupsOf(flow), [[1, 5_010, 5_000 + 10, 10, 1], [0, 5_010, 5_010, 10, 1]]);
  const thinking: SampleStep[] = [{ group: "outer", steps: [get("/"), think(900_000)] }];
  const [[step, , elapsed, thought, failed]] = await groupsOf(thinking, 40_000);
  deepEqual([step, Number(thought) <= Number(elapsed), failed], [0, true, 1]);
});
