import assert from "node:assert/strict";
import fc from "fast-check";
import { layOut, type Ramp, type Timeline, type UniformStage } from "./rates.ts";

const rate = (sessions: number, perTicks: number) => ({ sessions, perTicks });

function laidOut(ramps: readonly Ramp[]): Timeline {
  const timeline = layOut(ramps);
  assert(!("problem" in timeline));
  return timeline;
}

Deno.test("fractions of a session carry over between stages", () => {
  // 2.5 sessions, then 2.5 more: sessions 0, 1, 2 and then 3, 4.
  const half = { lengthTicks: 250, rateStart: rate(1, 100), rateEnd: rate(1, 100) };
  const { stages, sessions } = laidOut([half, half]);
  assert.deepEqual(
    stages.map(({ firstSession, sessions, lacking }) => ({ firstSession, sessions, lacking })),
    [
      { firstSession: 0, sessions: 3, lacking: 0 },
      { firstSession: 3, sessions: 2, lacking: 100 },
    ],
  );
  assert.equal(sessions, 5n);
});

Deno.test("rates of different units come to one perTicks", () => {
  const { stages } = laidOut([
    { lengthTicks: 10_000_000, rateStart: rate(1, 20_000), rateEnd: rate(1, 5_000) },
    { lengthTicks: 60_000_000, rateStart: rate(1, 30_000), rateEnd: rate(0, 1) },
  ]);
  assert.deepEqual(stages.map(({ rateStart, rateEnd, perTicks }) => [rateStart, rateEnd, perTicks]), [
    [3, 12, 60_000],
    [2, 0, 60_000],
  ]);
  assert.equal(stages[1].startTick, 10_000_000);
});

Deno.test("what the runtime could not count exactly is refused", () => {
  const hour = 3_600_000_000;
  const slow = { lengthTicks: hour, rateStart: rate(1, hour), rateEnd: rate(1, hour) };
  const fast = { lengthTicks: 1_000_000, rateStart: rate(1, 1_000), rateEnd: rate(1, 1_000) };
  assert.deepEqual(layOut([fast, slow]), { problem: "too-fine", ramp: 1 });
  // 2 · 3.6e9 · (1,251,000 − 1 + 1) lies just below 2^53 = 9.007…e15, one more step just above.
  const at = (sessions: number) =>
    layOut([{ ...slow, rateStart: rate(sessions, hour), lengthTicks: 1 }, slow]);
  const most = Math.floor((2 ** 53 - 1) / (2 * hour)) - 1;
  assert(!("problem" in at(most)));
  assert.deepEqual(at(most + 1), { problem: "too-fine", ramp: 0 });
  assert.deepEqual(
    layOut([{ lengthTicks: 2 ** 32 - 2, rateStart: rate(1, 1), rateEnd: rate(1, 1) }]),
    { problem: "too-many", ramp: 0 },
  );
  assert(!("problem" in layOut([{ lengthTicks: 2 ** 32 - 3, rateStart: rate(1, 1), rateEnd: rate(1, 1) }])));
});

const someRate = fc.oneof(
  fc.constant(rate(0, 1)),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom(1, 2, 3, 5, 7, 10, 12)).map(([n, per]) =>
    rate(n, per)
  ),
);
const someRamps = fc.array(
  fc.record({ lengthTicks: fc.integer({ min: 1, max: 40 }), rateStart: someRate, rateEnd: someRate }),
  { minLength: 1, maxLength: 5 },
);

Deno.test("the closed form agrees with a walk over all ticks", () => {
  fc.assert(
    fc.property(someRamps, (ramps) => {
      const { stages, sessions, endTick } = laidOut(ramps);
      const walked = walk(ramps);
      assert.equal(endTick, ramps.reduce((sum, { lengthTicks }) => sum + lengthTicks, 0));
      assert.equal(sessions, BigInt(walked.flat().length));
      assert.deepEqual(stages.map((stage) => arrivalTicks(stage)), walked);
      let first = 0;
      for (const [index, stage] of stages.entries()) {
        assert.equal(stage.firstSession, first);
        first += walked[index].length;
        assert(stage.lacking >= 0 && stage.lacking < 2 * stage.perTicks);
      }
    }),
    { numRuns: 400 },
  );
});

/** What the plan promises: the k-th arrival of a stage is the smallest t with 2L·a·t + (b − a)·t² ≥ L·(lacking + 2·p·k). */
function arrivalTicks(stage: UniformStage): number[] {
  const { startTick, lengthTicks: length, rateStart: a, rateEnd: b, perTicks, lacking } = stage;
  return Array.from({ length: stage.sessions }, (_, k) => {
    let t = 0;
    while (2 * length * a * t + (b - a) * t * t < length * (lacking + 2 * perTicks * k)) t++;
    assert(t <= length);
    return startTick + t;
  });
}

/** Naive model in fractions of its own: walks the ticks and lets session n in when N has reached n. */
function walk(ramps: readonly Ramp[]): number[][] {
  // Every N is a whole number of 1 / unit: lengths and perTicks are all factors of it.
  const unit = ramps.reduce(
    (product, { lengthTicks, rateStart, rateEnd }) =>
      product * 2n * BigInt(lengthTicks) * BigInt(rateStart.perTicks) * BigInt(rateEnd.perTicks),
    1n,
  );
  let [base, startTick, next] = [0n, 0, 0n];
  return ramps.map(({ lengthTicks, rateStart, rateEnd }) => {
    const length = BigInt(lengthTicks);
    const from = (unit * BigInt(rateStart.sessions)) / BigInt(rateStart.perTicks);
    const to = (unit * BigInt(rateEnd.sessions)) / BigInt(rateEnd.perTicks);
    const at = (t: bigint) => base + from * t + ((to - from) * t * t) / (2n * length);
    const end = at(length);
    const arrivals: number[] = [];
    for (let t = 0n; t <= length; t++) {
      for (; at(t) >= next * unit && next * unit < end; next++) arrivals.push(startTick + Number(t));
    }
    [base, startTick] = [end, startTick + lengthTicks];
    return arrivals;
  });
}
