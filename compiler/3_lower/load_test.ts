import assert from "node:assert/strict";
import type { ClosedLoad, OpenLoad, OpenStage } from "../2_check/scenario_load.ts";
import { type LoweredLoad, lowerLoad } from "./load.ts";
import { poissonQuantiles } from "./poisson.ts";

const placeAt = (line: number) => ({ line, column: 1, endLine: line, endColumn: 2 });
const SECOND = 1_000_000;

const stage: OpenStage = {
  name: "hold",
  place: placeAt(5),
  warmup: false,
  lengthTicks: 10 * SECOND,
  rateStart: { sessions: 1, perTicks: 5_000 },
  rateEnd: { sessions: 1, perTicks: 5_000 },
  ratePlace: placeAt(6),
};

const open: OpenLoad = {
  model: "open",
  place: placeAt(4),
  arrivals: "uniform",
  burst: 4,
  maxVus: 50,
  gracefulStopTicks: 3,
  stages: [stage],
};

const closed: ClosedLoad = {
  model: "closed",
  place: placeAt(4),
  iterations: 0,
  paceTicks: 7,
  gracefulStopTicks: 3,
  stages: [
    { name: "up", place: placeAt(5), warmup: true, lengthTicks: 60, vusStart: 1, vusEnd: 100 },
    { name: "hold", place: placeAt(6), warmup: false, lengthTicks: 40, vusStart: 100, vusEnd: 100 },
  ],
};

function lowered(load: OpenLoad | ClosedLoad): LoweredLoad {
  const result = lowerLoad(load, "a.toml");
  assert(!("code" in result));
  return result;
}

Deno.test("uniform arrivals are laid out; no tables are needed", () => {
  const { load, sessions } = lowered(open);
  assert.equal(sessions, 2_000);
  assert.deepEqual(load, {
    model: "open",
    arrivals: "uniform",
    burst: 4,
    maxVus: 50,
    gracefulStopTicks: 3,
    stages: [{
      name: "hold",
      warmup: false,
      startTick: 0,
      lengthTicks: 10 * SECOND,
      rateStart: 1,
      rateEnd: 1,
      perTicks: 5_000,
      firstSession: 0,
      sessions: 2_000,
      lacking: 0,
      slotQuantiles: [],
    }],
  });
});

Deno.test("poisson arrivals have a table of the highest rate, and the mean number of sessions", () => {
  const ramp = { ...stage, rateStart: { sessions: 0, perTicks: 1 } };
  const { load, sessions } = lowered({ ...open, arrivals: "poisson", stages: [stage, ramp] });
  assert.equal(sessions, 3_000);
  assert(load.model === "open");
  for (const lowered of load.stages) {
    assert.deepEqual([lowered.firstSession, lowered.sessions, lowered.lacking], [0, 0, 0]);
    assert.deepEqual(lowered.slotQuantiles, poissonQuantiles(1n, 5n));
  }
});

Deno.test("closed stages follow each other; iterations alone have no end", () => {
  const { load, sessions } = lowered(closed);
  assert.equal(sessions, 0);
  assert.equal(load.maxVus, 100);
  assert.deepEqual(load.stages.map(({ startTick }) => startTick), [0, 60]);
  const counted = lowered({ ...closed, iterations: 7, stages: [{ ...closed.stages[1], lengthTicks: 0 }] });
  assert.equal(counted.sessions, 7);
});

Deno.test("what cannot be counted is refused where it stands", () => {
  const hour = 3_600 * SECOND;
  const slow = {
    ...stage,
    rateStart: { sessions: 1, perTicks: hour },
    rateEnd: { sessions: 1, perTicks: hour },
  };
  const fast = { ...stage, rateEnd: { sessions: 10, perTicks: 1 } };
  const cases: [OpenLoad | ClosedLoad, code: string, line: number][] = [
    [{ ...open, stages: [fast, { ...slow, ratePlace: placeAt(9) }] }, "Z1551", 9],
    [{ ...open, stages: [stage, { ...stage, lengthTicks: 2 ** 45, place: placeAt(8) }] }, "Z1552", 8],
    [{ ...closed, iterations: 2 ** 32 }, "Z1552", 4],
  ];
  for (const [load, code, line] of cases) {
    const refused = lowerLoad(load, "a.toml");
    assert("code" in refused, code);
    assert.deepEqual([refused.code, refused.place.line, refused.file], [code, line, "a.toml"]);
  }
  lowered({ ...open, stages: [fast] });
  lowered({ ...open, arrivals: "poisson", stages: [fast] });
});
