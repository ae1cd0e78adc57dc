/** A run that is divided decides what the whole run decides. */
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { checkStory } from "../../tests/run_invariants.ts";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun, type Whole } from "../../tests/simulated_run.ts";
import type { TargetModel } from "../host/simulated.ts";
import type { ClosedLoad, OpenLoad, Plan } from "../plan.ts";
import { leastShareOf, type Shard, shareOf } from "./shares.ts";
import { moreUsersOfShard, usersOfShard } from "./users.ts";

const answer: TargetModel = () => ({ kind: "response", afterTicks: 700, status: 200, bytes: 100 });
const shardsOf = (count: number): Shard[] =>
  Array.from({ length: count }, (_, n) => ({ index: n + 1, count }));

/** Each session's decisions, without what is observed of them: the VU, the ticks, and for closed loads when it began. */
function decisions(records: Whole[], { load }: Plan): Map<number, unknown[]> {
  const decided = records.filter((it) => it.lane === "decision" && it.session !== null);
  const bySession = Map.groupBy(decided, ({ session }) => session ?? -1);
  return new Map(
    [...bySession].map(([session, own]) => [
      session,
      own.map(({ name, step, tick, a, b, c }) => [
        name,
        step,
        name === "sessionStarted" && load.model === "open" ? tick : 0,
        a,
        b,
        c,
      ]),
    ]),
  );
}

const poisson = (perSecond: number, lengthTicks: number): OpenLoad => {
  const load = constantLoad(perSecond, lengthTicks, 1_000);
  // As many arrivals in a slot as the upper bits of a draw say, from 0 to 3.
  const slotQuantiles = [2 ** 30, 2 ** 31, 3 * 2 ** 30];
  return { ...load, arrivals: "poisson", stages: load.stages.map((stage) => ({ ...stage, slotQuantiles })) };
};
const counted = (vus: number, iterations: number): ClosedLoad => ({
  model: "closed",
  iterations,
  maxVus: vus,
  paceTicks: 0,
  gracefulStopTicks: 1_000_000,
  stages: [{ name: "hold", warmup: false, startTick: 0, lengthTicks: 0, vusStart: vus, vusEnd: vus }],
});

const FLOWS: SampleStep[][] = [
  [{ get: "/a", repeat: [0, 3], request: { head: ["GET /", { slot: "uuid", use: 0 }, "\r\n\r\n"] } }, {
    think: [0, 3_000],
  }],
  [{ group: "pay", steps: [{ think: [1, 900] }, { get: "/b" }] }],
];

const load = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom(1, 3)).map(([perSecond, burst]) => ({
    ...constantLoad(perSecond, 50_000, 1_000),
    burst,
  })),
  fc.integer({ min: 1, max: 2_000 }).map((perSecond) => poisson(perSecond, 50_000)),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 60 })).map(([vus, n]) =>
    counted(vus, n)
  ),
);

Deno.test("shards together decide what one run decides, and no session twice", async () => {
  await fc.assert(
    fc.asyncProperty(load, fc.nat(), fc.constantFrom(2, 3, 7), async (load, seed, count) => {
      const plan = samplePlan({ flows: FLOWS, load, seed });
      const whole = decisions((await simulatedRun(plan, answer)).records, plan);
      let sessions = 0;
      for (const shard of shardsOf(count)) {
        const { records } = await simulatedRun(plan, answer, { shard });
        checkStory(records, plan, shard);
        for (const [session, own] of decisions(records, plan)) {
          deepEqual(own, whole.get(session));
          sessions++;
        }
      }
      equal(sessions, whole.size);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a limit leaves out the sessions from that number on, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(load, fc.nat(40), fc.constantFrom(1, 3), async (load, sessionLimit, count) => {
      const plan = samplePlan({ flows: FLOWS, load });
      const whole = decisions((await simulatedRun(plan, answer)).records, plan);
      const limited = new Map<number, unknown[]>();
      for (const shard of shardsOf(count)) {
        const { records } = await simulatedRun(plan, answer, { shard, sessionLimit });
        for (const [session, own] of decisions(records, plan)) limited.set(session, own);
      }
      deepEqual(
        [...limited].sort(([a], [b]) => a - b),
        [...whole].filter(([session]) => session < sessionLimit).sort(([a], [b]) => a - b),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("the users of a closed load are dealt out, and come in each shard when the whole would have them come", () => {
  const ramp: ClosedLoad = {
    ...counted(20, 0),
    stages: [
      { name: "up", warmup: false, startTick: 0, lengthTicks: 97, vusStart: 1, vusEnd: 20 },
      { name: "down", warmup: false, startTick: 97, lengthTicks: 50, vusStart: 20, vusEnd: 3 },
    ],
  };
  for (const count of [1, 2, 3, 7, 23]) {
    for (let things = 0; things < 30; things++) {
      const shares = shardsOf(count).map((shard) => shareOf(things, shard));
      equal(shares.reduce((sum, share) => sum + share, 0), things);
      ok(Math.max(...shares) - Math.min(...shares) <= 1);
      ok(shardsOf(count).every((shard) => leastShareOf(things, shard) >= 1));
    }
    for (const shard of shardsOf(count)) {
      for (let users = 0; users < 20; users++) {
        let walked = Infinity;
        for (let tick = 150; tick >= 0; tick--) {
          if (usersOfShard(ramp, tick, shard) > users) walked = tick;
        }
        equal(moreUsersOfShard(ramp, users, 0, shard), walked);
      }
    }
  }
});

Deno.test("shared connections are split, and a VU's number is one of the whole run's", async () => {
  const asked = new Set<string>();
  const model: TargetModel = ({ bytes }) => {
    asked.add(new TextDecoder().decode(bytes).split(" ")[1]);
    return { kind: "response", afterTicks: 9_000, status: 200, bytes: 1 };
  };
  const flow: SampleStep[] = [{
    get: "/",
    request: { head: ["GET /", { slot: "vu" }, " HTTP/1.1\r\n\r\n"] },
  }];
  const plan = samplePlan({
    flows: [flow],
    load: counted(5, 20),
    target: { connections: { kind: "shared", size: 4 } },
  });
  const opened = [];
  for (const shard of shardsOf(3)) {
    const { records } = await simulatedRun(plan, model, { shard });
    opened.push(records.filter(({ name }) => name === "connectionOpened").length);
  }
  deepEqual(opened, [2, 1, 1]);
  deepEqual([...asked].sort(), ["/0", "/1", "/2", "/3", "/4"]);
});
