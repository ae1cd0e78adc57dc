import assert from "node:assert/strict";
import fc from "fast-check";
import { poissonQuantiles } from "./poisson.ts";

Deno.test("a mean of zero has no entries", () => {
  assert.deepEqual(poissonQuantiles(0n, 1n), []);
});

Deno.test("cumulative distributions agree with values calculated elsewhere", () => {
  // The sum of λ^k / k! times e^−λ, in decimal arithmetic of 500 digits.
  const cases: [numerator: number, denominator: number, count: number, cdf: number][] = [
    [1, 2, 0, 0.6065306597],
    [1, 1, 0, 0.3678794412],
    [1, 1, 1, 0.7357588823],
    [1, 1, 3, 0.9810118431],
    [5, 1, 5, 0.6159606548],
    [10, 1, 10, 0.5830397502],
    [20, 1, 25, 0.8878150272],
    [100, 1, 100, 0.5265621985],
    [1000, 1, 1000, 0.5084093672],
  ];
  for (const [numerator, denominator, count, cdf] of cases) {
    const entry = poissonQuantiles(BigInt(numerator), BigInt(denominator))[count];
    assert(
      Math.abs(entry / 2 ** 32 - cdf) < 4e-10,
      `${numerator}/${denominator} at ${count}: ${entry / 2 ** 32}`,
    );
  }
});

Deno.test("mean and variance are λ, entries rise and fit u32", () => {
  const lambda = fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1_000, max: 1_000_000 }));
  fc.assert(
    fc.property(lambda, ([numerator, denominator]) => {
      const quantiles = poissonQuantiles(BigInt(numerator), BigInt(denominator));
      const expected = numerator / denominator;
      let [mean, square] = [0, 0];
      for (const [count, quantile] of quantiles.entries()) {
        assert(Number.isInteger(quantile) && quantile >= (quantiles[count - 1] ?? 0) && quantile < 2 ** 32);
        // P(count > k) summed over k is the mean; (2k + 1)·P(count > k) the mean square.
        const above = 1 - quantile / 2 ** 32;
        mean += above;
        square += (2 * count + 1) * above;
      }
      const tolerance = (quantiles.length + 2) * 2 ** -32;
      assert(Math.abs(mean - expected) <= tolerance, `mean ${mean} of ${expected}`);
      assert(
        Math.abs(square - mean * mean - expected) <= 1e-6 * (1 + expected) + tolerance * 2 * quantiles.length,
        `variance of ${expected}: ${square - mean * mean}`,
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("the terms agree with a model in exact fractions", () => {
  // λ = 3/2: the CDF's numerators over a common denominator, against e^1.5 to 30 digits.
  const e15 = 4_481689070338064822602055460119n; // · 10^30
  const scale = 10n ** 30n;
  let [below, power, factorial] = [0n, scale, 1n];
  const model: number[] = [];
  for (let count = 1n; count <= 12n; count++) {
    below += power / factorial;
    model.push(Number((below * (1n << 33n) / e15 + 1n) >> 1n));
    power = power * 3n / 2n;
    factorial *= count;
  }
  assert.deepEqual(poissonQuantiles(3n, 2n).slice(0, 12), model);
});
