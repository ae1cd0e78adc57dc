import assert from "node:assert/strict";
import fc from "fast-check";
import { singlesFor } from "./histogram.ts";
import { ALL } from "./scope.ts";
import { Series } from "./series.ts";

const PPMS = [0, 1, 500_000, 900_000, 990_000, 999_999, 1_000_000];

/** Feeds all samples as often as the series asks; returns how many passes it took. */
function feed(series: Series, samples: readonly number[]): number {
  for (const sample of samples) series.histogram.add(sample);
  let passes = 1;
  for (let next = series.closePass(); next !== null; next = series.closePass()) {
    for (const sample of samples) next.add(sample);
    passes++;
  }
  return passes;
}

function nearestRank(sorted: readonly number[], ppm: number): number {
  return sorted[Math.max(1, Math.ceil((ppm * sorted.length) / 1_000_000)) - 1];
}

const sample = fc.oneof(
  fc.nat(5_000),
  fc.nat(200_000),
  fc.nat(3_000_000),
  fc.constantFrom(4095, 4096, 65_535, 65_536, 2 ** 20 - 1, 2 ** 20),
  fc.integer({ min: 0, max: 2 ** 45 }),
);

Deno.test("all figures of a series are those of its sorted samples, whatever it counts one by one", () => {
  fc.assert(fc.property(
    fc.array(sample, { minLength: 1, maxLength: 1_500 }),
    fc.constantFrom(2 ** 12, 2 ** 16, 2 ** 20),
    (samples, singlesMost) => {
      const series = new Series("response_time", ALL, new Set(PPMS), singlesMost);
      feed(series, samples);
      const sorted = samples.toSorted((one, other) => one - other);
      const { count, sum, min, max } = series.histogram;
      assert.deepEqual([count, min, max], [samples.length, sorted[0], sorted[sorted.length - 1]]);
      assert.equal(sum, samples.reduce((one, other) => one + other, 0));
      for (const ppm of PPMS) assert.equal(series.quantile(ppm), nearestRank(sorted, ppm), `${ppm} ppm`);
      assert.equal(series.closePass(), null);
    },
  ));
});

Deno.test("one pass is enough where the wanted ranks are counted one by one", () => {
  const samples = Array.from({ length: 3_000 }, (_, n) => n * 300);
  const passes = [2 ** 20, 2 ** 16].map((singlesMost) =>
    feed(new Series("lag", ALL, new Set([500_000, 990_000]), singlesMost), samples)
  );
  assert.deepEqual(passes, [1, 2]);
});

Deno.test("a series without samples has no quantiles", () => {
  const series = new Series("lag", ALL, new Set([990_000]), singlesFor(1));
  assert.equal(series.closePass(), null);
  assert.equal(series.quantile(990_000), null);
});

Deno.test("the more histograms there are, the less each counts one by one, and all of them together a bounded number", () => {
  assert.deepEqual([0, 1, 16, 17, 123, 4_000, 1e6].map(singlesFor), [
    2 ** 20,
    2 ** 20,
    2 ** 20,
    2 ** 19,
    2 ** 17,
    2 ** 12,
    2 ** 12,
  ]);
});
