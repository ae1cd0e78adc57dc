/** Whether intervals hold what they should, with distributions of which the truth is known. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { randomNumbers } from "../../tests/random_run.ts";
import { ratios } from "./block_counts.ts";
import { BlockSamples } from "./block_samples.ts";
import { LogLinear } from "../../runtime/reduce/log_linear.ts";
import { change, type Confidence, type Estimate, percentiles, recentred } from "./interval.ts";
import { blockWeights, REPLICATES, SALT, stretches } from "./weights.ts";

/** By session: its samples. */
type Sessions = readonly (readonly number[])[];
type Measure = Readonly<
  { name: string; of: (table: BlockSamples, weights: Float64Array, exact: Sessions) => Estimate }
>;

const AVERAGE: Measure = {
  name: "avg",
  of: (table, weights, sessions) => {
    const all = sessions.flat();
    return {
      value: all.reduce((sum, one) => sum + one, 0) / all.length,
      replicates: table.averages(weights),
    };
  },
};

function quantileMeasure(ppm: number): Measure {
  return {
    name: `p${ppm / 10_000}`,
    of: (table, weights, sessions) => {
      const value = nearestRank(sessions.flat(), ppm);
      return { value, replicates: recentred(table.quantiles(weights, ppm), table.quantile(ppm), value) };
    },
  };
}

const MEASURES = [AVERAGE, quantileMeasure(500_000), quantileMeasure(950_000), quantileMeasure(990_000)];

function nearestRank(samples: readonly number[], ppm: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((sorted.length * ppm) / 1_000_000)) - 1];
}

function tableOf(sessions: Sessions, shift: number, bits = 8): BlockSamples {
  const all = sessions.flat();
  const least = Math.min(...all);
  const blocks = Math.ceil(sessions.length / 2 ** shift);
  const table = new BlockSamples(new LogLinear(bits), shift, blocks, least, Math.max(...all));
  sessions.forEach((samples, session) => {
    table.source = { session };
    for (const sample of samples) table.add(sample);
  });
  table.close();
  return table;
}

/** Times whose logarithm is normal, by the sum of twelve draws. */
function lognormal(random: (limit: number) => number, middle: number, sigma: number): number {
  let sum = -6;
  for (let n = 0; n < 12; n++) sum += random(1_000_000) / 1_000_000;
  return Math.round(middle * Math.exp(sigma * sum));
}

/** In how many of so many pairs of runs the interval holds the true change, by measure. */
function covered(
  runs: number,
  shift: number,
  confidence: Confidence,
  trueChange: number,
  paired: boolean,
  measures: readonly Measure[],
  runPair: (seed: number) => readonly [Sessions, Sessions],
): { name: string; ratio: number; width: number }[] {
  const [first] = runPair(0);
  const blocks = Math.ceil(first.length / 2 ** shift);
  const stages = new Int32Array(blocks);
  const weightsA = blockWeights(stages, paired ? SALT.shared : SALT.baseline);
  const weightsB = paired ? weightsA : blockWeights(stages, SALT.candidate);
  const tallies = measures.map(({ name }) => ({ name, held: 0, width: 0 }));
  for (let seed = 0; seed < runs; seed++) {
    const [a, b] = runPair(seed);
    const [tableA, tableB] = [tableOf(a, shift), tableOf(b, shift)];
    measures.forEach(({ of }, at) => {
      const found = change(of(tableA, weightsA, a), of(tableB, weightsB, b), confidence);
      const [low, high] = [found?.low ?? NaN, found?.high ?? NaN];
      if (low <= trueChange && high >= trueChange) tallies[at].held++;
      tallies[at].width += (high - low) / runs;
    });
  }
  return tallies.map(({ name, held, width }) => ({ name, ratio: held / runs, width }));
}

/** Independent sessions of three samples each; the candidate's are a tenth longer. */
function independentPair(seed: number): [Sessions, Sessions] {
  const random = randomNumbers(seed);
  const run = (middle: number): Sessions =>
    Array.from({ length: 512 }, () => {
      const own = lognormal(random, middle, 0.3);
      return [0, 1, 2].map(() => lognormal(random, own, 0.3));
    });
  return [run(20_000), run(22_000)];
}

Deno.test("95 of 100 intervals hold the true difference of independent sessions", () => {
  for (const { name, ratio } of covered(80, 3, 95, 100_000, false, MEASURES, independentPair)) {
    assert.ok(ratio >= 0.9 && ratio <= 0.995, `${name}: ${ratio}`);
  }
});

Deno.test("99 of 100 intervals hold the true difference with the fewest blocks that are judged", () => {
  const few = (seed: number): [Sessions, Sessions] => {
    const [a, b] = independentPair(seed);
    return [a.slice(0, 480), b.slice(0, 480)];
  };
  for (const { name, ratio } of covered(120, 4, 99, 100_000, false, MEASURES, few)) {
    assert.ok(ratio >= 0.955, `${name}: ${ratio}`);
  }
});

/** Slow for a while, fast for a while: neighbours in time are alike. */
function wavyRun(seed: number): Sessions {
  const random = randomNumbers(seed);
  let mood = 20_000;
  return Array.from({ length: 768 }, (_, session) => {
    if (session % 12 === 0) mood = lognormal(random, 20_000, 0.5);
    return [lognormal(random, mood, 0.1)];
  });
}

Deno.test("blocks see that neighbours are alike, and single sessions would not", () => {
  const pair = (seed: number): [Sessions, Sessions] => [wavyRun(2 * seed + 1), wavyRun(2 * seed + 2)];
  const [average] = covered(60, 4, 95, 0, false, [AVERAGE], pair);
  assert.ok(average.ratio >= 0.86, `blocks: ${average.ratio}`);
  const [alone] = covered(40, 0, 95, 0, false, [AVERAGE], pair);
  assert.ok(alone.ratio <= 0.75, `sessions: ${alone.ratio}`);
});

Deno.test("pairing narrows intervals, and they still hold the truth", () => {
  const pair = (seed: number): [Sessions, Sessions] => {
    const random = randomNumbers(seed);
    const a = Array.from({ length: 512 }, () => [lognormal(random, 20_000, 0.8)]);
    return [a, a.map(([one]) => [Math.round(one * (random(2) === 0 ? 1.05 : 1.15))])];
  };
  const apart = covered(10, 3, 95, 100_000, false, MEASURES, pair);
  covered(60, 3, 95, 100_000, true, MEASURES, pair).forEach(({ name, ratio, width }, at) => {
    assert.ok(ratio >= 0.88, `${name}: ${ratio}`);
    assert.ok(width * 2 < apart[at].width, `${name}: ${width} paired, ${apart[at].width} apart`);
  });
});

Deno.test("quantiles of draws are those of a list in which each sample stands as often as its block counts", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 2 ** 14 }), { maxLength: 6 }), {
        minLength: 4,
        maxLength: 40,
      })
        .filter((sessions) => sessions.flat().length > 0),
      fc.constantFrom(500_000, 900_000, 990_000, 123_456),
      fc.constantFrom(0, 2),
      (sessions, ppm, shift) => {
        const table = tableOf(sessions, shift, 20);
        const blocks = Math.ceil(sessions.length / 2 ** shift);
        const weights = new Float64Array(REPLICATES * blocks).fill(1);
        const counts = Array.from({ length: blocks }, (_, block) => (block * 7 + ppm) % 4);
        weights.set(counts);
        const drawn = sessions.flatMap((samples, session) =>
          Array.from({ length: counts[session >>> shift] }, () => samples).flat()
        );
        const quantiles = table.quantiles(weights, ppm);
        if (drawn.length > 0) assert.equal(quantiles[0], nearestRank(drawn, ppm));
        assert.equal(quantiles[1], nearestRank(sessions.flat(), ppm));
        assert.equal(table.quantile(ppm), nearestRank(sessions.flat(), ppm));
        const sum = drawn.reduce((all, one) => all + one, 0);
        if (drawn.length > 0) assert.ok(Math.abs(table.averages(weights)[0] - sum / drawn.length) < 1e-6);
        assert.equal(table.count, sessions.flat().length);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("coarse cells are less than half a percent off", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 9,
      }),
      fc.constantFrom(500_000, 990_000),
      (sessions, ppm) => {
        const exact = nearestRank(sessions.flat(), ppm);
        assert.ok(Math.abs(tableOf(sessions, 0).quantile(ppm) - exact) <= exact / 200);
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("within a cell, samples are taken to lie evenly", () => {
  const sessions = Array.from({ length: 5_000 }, (_, session) => [40_000 + 3 * session]);
  for (const ppm of [100_000, 500_000, 777_000, 990_000]) {
    const exact = nearestRank(sessions.flat(), ppm);
    assert.ok(Math.abs(tableOf(sessions, 4).quantile(ppm) - exact) <= 6, String(exact));
  }
});

Deno.test("cells hold each number once, in order", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 53 - 1 }), fc.integer({ min: 4, max: 11 }), (value, bits) => {
      const cells = new LogLinear(bits);
      const cell = cells.of(value);
      assert.ok(cells.low(cell) <= value && value < cells.low(cell) + cells.width(cell));
      assert.equal(cells.low(cell) + cells.width(cell), cells.low(cell + 1));
    }),
  );
});

Deno.test("a load that rises by plan makes no rate uncertain", () => {
  const blocks = 128;
  const stages = new Int32Array(blocks);
  const part = new Float64Array(blocks).fill(64);
  const whole = Float64Array.from(part, (_, block) => 1_000_000 / (1 + block));
  const widthWith = (strata: Int32Array) => {
    const [low, high] = percentiles(ratios({ part, whole }, 1, blockWeights(strata, SALT.shared)), 99);
    return (high ?? NaN) - (low ?? NaN);
  };
  assert.ok(widthWith(stretches(stages)) * 1.5 < widthWith(stages));
  assert.deepEqual([
    ...stretches(Int32Array.from({ length: 34 }, (_, at) => at === 20 ? -1 : at < 17 ? 0 : 1)),
  ], [
    ...Array.from({ length: 16 }, () => 0),
    2,
    ...Array.from({ length: 3 }, () => 3),
    -1,
    ...Array.from({ length: 11 }, () => 3),
    5,
    5,
  ]);
});

Deno.test("weights count blocks once on average, and each stage as often as it is there", () => {
  const stages = Int32Array.from({ length: 60 }, (_, block) => block === 7 ? -1 : block < 20 ? 0 : 2);
  const weights = blockWeights(stages, SALT.shared);
  assert.deepEqual(weights, blockWeights(stages, SALT.shared));
  assert.notDeepEqual(weights, blockWeights(stages, SALT.baseline));
  const means = stages.map(() => 0);
  const raw = { zero: 0, all: 0 };
  const mean = Float64Array.from(means);
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    const own = weights.subarray(replicate * 60, (replicate + 1) * 60);
    const sum = (stage: number) =>
      own.reduce((all, weight, block) => all + (stages[block] === stage ? weight : 0), 0);
    assert.ok(Math.abs(sum(0) - 19) < 1e-9 && Math.abs(sum(2) - 40) < 1e-9);
    own.forEach((weight, block) => {
      mean[block] += weight / REPLICATES;
      if (stages[block] < 0) return;
      raw.all++;
      if (weight === 0) raw.zero++;
    });
  }
  assert.equal(mean[7], 0);
  assert.ok(mean.every((one, block) => block === 7 || Math.abs(one - 1) < 0.15), mean.join());
  // Poisson(1) is 0 in 1/e of all draws.
  assert.ok(Math.abs(raw.zero / raw.all - 1 / Math.E) < 0.01, String(raw.zero / raw.all));
});
