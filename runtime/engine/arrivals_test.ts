import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import type { OpenLoad, OpenStage } from "../plan.ts";
import { arrivals, uniformArrival } from "./arrivals.ts";

type Shape = { lengthTicks: number; rateStart: number; rateEnd: number };

/** Stages as the compiler lowers them, by rational arithmetic: all counts in units of 1 / (2 · perTicks). */
function stagesOf(
  shapes: readonly Shape[],
  perTicks: number,
  slotQuantiles: readonly number[] = [],
): OpenStage[] {
  const unit = 2n * BigInt(perTicks);
  let startTick = 0;
  let brought = 0n;
  return shapes.map((shape, index) => {
    const firstSession = (brought + unit - 1n) / unit;
    const lacking = Number(firstSession * unit - brought);
    brought += BigInt(shape.rateStart + shape.rateEnd) * BigInt(shape.lengthTicks);
    const behind = (brought + unit - 1n) / unit;
    const stage = {
      name: `stage ${index}`,
      warmup: false,
      startTick,
      ...shape,
      perTicks,
      firstSession: Number(firstSession),
      sessions: Number(behind - firstSession),
      lacking,
      slotQuantiles,
    };
    startTick += shape.lengthTicks;
    return stage;
  });
}

const load = (stages: OpenStage[], kind: "uniform" | "poisson", burst = 1): OpenLoad => ({
  model: "open",
  arrivals: kind,
  burst,
  stages,
  maxVus: 1,
  gracefulStopTicks: 0,
});

function all(of: OpenLoad, seed = 1): { tick: number; stage: number }[] {
  const found: { tick: number; stage: number }[] = [];
  for (const it = arrivals(of, seed); it.nextTick !== Infinity; it.advance()) {
    found.push({ tick: it.nextTick, stage: it.nextStage });
  }
  return found;
}

/** Walks every tick and counts whole sessions: session n starts at the first tick T with N(T) ≥ n. */
function walk(shapes: readonly Shape[], perTicks: number): number[] {
  const found: number[] = [];
  let base = 0n, startTick = 0;
  for (const { lengthTicks, rateStart, rateEnd } of shapes) {
    // N(t) · 2 · perTicks · length, so that everything is whole.
    const length = BigInt(lengthTicks), unit = 2n * BigInt(perTicks) * length;
    const at = (t: bigint) =>
      base * length + 2n * length * BigInt(rateStart) * t + BigInt(rateEnd - rateStart) * t * t;
    const end = base + BigInt(rateStart + rateEnd) * length;
    for (let t = 0n; t <= length; t++) {
      while (at(t) >= BigInt(found.length) * unit && BigInt(found.length) * 2n * BigInt(perTicks) < end) {
        found.push(startTick + Number(t));
      }
    }
    base = end;
    startTick += lengthTicks;
  }
  return found;
}

Deno.test("uniform arrivals: 50/s for a second are 20 ms apart, beginning at once", () => {
  const found = all(
    load(stagesOf([{ lengthTicks: 1_000_000, rateStart: 1, rateEnd: 1 }], 20_000), "uniform"),
  );
  deepEqual(found.map((it) => it.tick), Array.from({ length: 50 }, (_, n) => n * 20_000));
});

Deno.test("uniform arrivals in ramps and steps are where a walk over every tick finds them", () => {
  const shape = fc.record({
    lengthTicks: fc.integer({ min: 1, max: 400 }),
    rateStart: fc.nat(60),
    rateEnd: fc.nat(60),
  });
  fc.assert(
    fc.property(
      fc.array(shape, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 300 }),
      (shapes, per) => {
        deepEqual(all(load(stagesOf(shapes, per), "uniform")).map((it) => it.tick), walk(shapes, per));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("uniform arrivals stay exact at the far end of a day at 100,000/s", () => {
  const day = 86_400_000_000;
  const [stage] = stagesOf([{ lengthTicks: day, rateStart: 1, rateEnd: 1 }], 10);
  equal(stage.sessions, 8_640_000_000);
  const [ramp] = stagesOf([{ lengthTicks: day, rateStart: 0, rateEnd: 2 }], 10);
  equal(ramp.sessions, 8_640_000_000);
  equal(uniformArrival(stage, 8_639_999_999), 86_399_999_990);
  // The ramp has brought t² / (10 · day) sessions after t ticks.
  const last = uniformArrival(ramp, 8_639_999_999);
  const brought = (t: number) => BigInt(t) * BigInt(t);
  ok(
    brought(last) >= 8_639_999_999n * 10n * BigInt(day) &&
      brought(last - 1) < 8_639_999_999n * 10n * BigInt(day),
  );
});

/** Cumulative Poisson distribution scaled to u32. */
function quantiles(mean: number): number[] {
  const table: number[] = [];
  let term = Math.exp(-mean), sum = 0;
  for (let k = 0; sum < 1 - 1e-10; k++, term *= mean / k) {
    table.push(Math.min(2 ** 32 - 1, Math.floor((sum += term) * 2 ** 32)));
  }
  return table;
}

Deno.test("poisson arrivals have the rate's mean and variance, in order, inside their stage, and again", () => {
  // 2 a millisecond, falling to 0 over ten seconds: 10,000 expected.
  const stages = stagesOf([{ lengthTicks: 10_000_000, rateStart: 2, rateEnd: 0 }], 1000, quantiles(2));
  const found = all(load(stages, "poisson"), 7);
  deepEqual(found, all(load(stages, "poisson"), 7));
  ok(Math.abs(found.length - 10_000) < 400, `four standard deviations: ${found.length}`);
  const early = found.filter((it) => it.tick < 5_000_000).length;
  ok(Math.abs(early - 7_500) < 350, `three quarters in the first half: ${early}`);
  for (let n = 1; n < found.length; n++) ok(found[n].tick >= found[n - 1].tick);
  ok(found[found.length - 1].tick < 10_000_000);

  const flat = stagesOf([{ lengthTicks: 20_000_000, rateStart: 1, rateEnd: 1 }], 1000, quantiles(1));
  const counts = new Array(200).fill(0);
  for (const it of all(load(flat, "poisson"), 3)) counts[Math.floor(it.tick / 100_000)]++;
  const mean = counts.reduce((a, b) => a + b) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  ok(Math.abs(variance / mean - 1) < 0.4, `index of dispersion ${variance / mean}`);
});

Deno.test("the sessions of a burst arrive with its first, and every stage begins a new burst", () => {
  const stages = stagesOf([
    { lengthTicks: 250_000, rateStart: 20, rateEnd: 20 },
    { lengthTicks: 250_000, rateStart: 20, rateEnd: 20 },
  ], 1_000_000);
  const single = all(load(stages, "uniform"));
  const bursts = all(load(stages, "uniform", 3));
  deepEqual(
    single.map((it) => it.tick),
    [0, 50, 100, 150, 200, 250, 300, 350, 400, 450].map((ms) => ms * 1000),
  );
  deepEqual(bursts.map((it) => it.tick), [0, 0, 0, 150, 150, 250, 250, 250, 400, 400].map((ms) => ms * 1000));
  deepEqual(bursts.map((it) => it.stage), single.map((it) => it.stage));
});
