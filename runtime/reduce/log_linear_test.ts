import assert from "node:assert/strict";
import fc from "fast-check";
import { LogLinear } from "./log_linear.ts";

const BITS = [3, 4, 11];
const MAX = Number.MAX_SAFE_INTEGER;
/** All magnitudes alike, and their edges. */
const values = fc.oneof(
  fc.tuple(fc.nat(53), fc.double({ min: 0, max: 1, noNaN: true })).map(([log2, share]) =>
    Math.min(MAX, Math.floor(2 ** log2 * (1 + share)))
  ),
  fc.tuple(fc.nat(52), fc.integer({ min: -2, max: 2 })).map(([log2, near]) => Math.max(0, 2 ** log2 + near)),
);

for (const bits of BITS) {
  const buckets = new LogLinear(bits);
  const steps = 2 ** bits;

  Deno.test(`a value lies in its bucket, which is at most 1/${steps} of it wide`, () => {
    fc.assert(fc.property(values, (value) => {
      const bucket = buckets.of(value);
      const [low, width] = [buckets.low(bucket), buckets.width(bucket)];
      assert.ok(low <= value && value < low + width, `${value} in ${low} + ${width}`);
      assert.ok(width === 1 || width * steps <= value);
      assert.equal(buckets.of(low), bucket);
    }));
  });

  Deno.test(`buckets follow each other without gap or overlap, ${steps} to a doubling`, () => {
    for (let bucket = 0; bucket < buckets.of(MAX); bucket++) {
      assert.equal(buckets.low(bucket) + buckets.width(bucket), buckets.low(bucket + 1));
    }
    assert.equal(buckets.width(buckets.of(2 * steps - 1)), 1);
    assert.equal(buckets.width(buckets.of(2 * steps)), 2);
  });
}
