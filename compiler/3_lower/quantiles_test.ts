import assert from "node:assert/strict";
import fc from "fast-check";
import { exponentialQuantiles, lognormalQuantiles, normalQuantiles } from "./quantiles.ts";

/** The mean of what is drawn in straight lines between the points. */
function meanOf(quantiles: readonly number[]): number {
  return quantiles.slice(1).reduce((sum, point, at) => sum + (point + quantiles[at]) / 2, 0) /
    (quantiles.length - 1);
}

function assertTable(quantiles: readonly number[]): void {
  assert.equal(quantiles.length, 257);
  for (const [at, point] of quantiles.entries()) {
    assert(Number.isSafeInteger(point) && point >= (quantiles[at - 1] ?? 0), `point ${at} is ${point}`);
  }
}

Deno.test("known quantiles, to the tick", () => {
  // z of 1/4, 15/16 and 1 − 2^−16, e, and logarithms, from printed tables.
  const normal = normalQuantiles(10 ** 12, 10 ** 11);
  assert.deepEqual([normal[128], normal[64], normal[240]], [10 ** 12, 932_551_024_980, 1_153_412_054_435]);
  assert.deepEqual([normal[0], normal[256]], [583_043_067_665, 1_416_956_932_335]);
  const exponential = exponentialQuantiles(10 ** 10);
  assert.deepEqual([exponential[0], exponential[64], exponential[128], exponential[192], exponential[255]], [
    0,
    2_876_820_725,
    6_931_471_806,
    13_862_943_611,
    55_451_774_445,
  ]);
  const lognormal = lognormalQuantiles(10 ** 9, 500_000);
  // e^(±0.674489750196/2)
  assert.deepEqual([lognormal[128], lognormal[64], lognormal[192]], [10 ** 9, 713_734_043, 1_401_082_112]);
});

Deno.test("normal waits are cut at 0", () => {
  const quantiles = normalQuantiles(1_000, 1_000);
  assertTable(quantiles);
  assert.deepEqual([quantiles[0], quantiles[40], quantiles[41]], [0, 0, 6]);
});

Deno.test("tables ascend and have the mean of their distribution", () => {
  const ticks = fc.integer({ min: 1_000_000, max: 10 ** 8 });
  const sigmas = fc.integer({ min: 1, max: 3_000_000 });
  const close = (found: number, wanted: number) =>
    assert(Math.abs(found - wanted) <= 1 + wanted * 1e-9, `${found}, not ${wanted}`);
  fc.assert(
    fc.property(ticks, sigmas, (middle, sigma) => {
      const exponential = exponentialQuantiles(middle);
      assertTable(exponential);
      close(meanOf(exponential), middle);
      const lognormal = lognormalQuantiles(middle, sigma);
      assertTable(lognormal);
      close(meanOf(lognormal), middle * Math.exp((sigma / 1e6) ** 2 / 2));
      const normal = normalQuantiles(middle, Math.floor(middle / 5));
      assertTable(normal);
      close(meanOf(normal), middle);
    }),
    { numRuns: 40 },
  );
});

Deno.test("no wait is longer than 365 days", () => {
  const quantiles = exponentialQuantiles(300 * 86_400_000_000);
  assertTable(quantiles);
  assert.equal(quantiles[256], 365 * 86_400_000_000);
});
