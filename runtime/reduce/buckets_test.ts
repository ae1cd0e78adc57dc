import assert from "node:assert/strict";
import fc from "fast-check";
import { bucketLow, bucketOf, bucketWidth } from "./buckets.ts";

const MAX = Number.MAX_SAFE_INTEGER;
/** All magnitudes alike, and their edges. */
const values = fc.oneof(
  fc.tuple(fc.nat(53), fc.double({ min: 0, max: 1, noNaN: true })).map(([log2, share]) =>
    Math.min(MAX, Math.floor(2 ** log2 * (1 + share)))
  ),
  fc.tuple(fc.nat(52), fc.integer({ min: -2, max: 2 })).map(([log2, near]) => Math.max(0, 2 ** log2 + near)),
);

Deno.test("a value lies in its bucket, which is at most 1/2048 of it wide", () => {
  fc.assert(fc.property(values, (value) => {
    const bucket = bucketOf(value);
    const [low, width] = [bucketLow(bucket), bucketWidth(bucket)];
    assert.ok(low <= value && value < low + width, `${value} in ${low} + ${width}`);
    assert.ok(width === 1 || width * 2048 <= value);
    assert.equal(bucketOf(low), bucket);
  }));
});

Deno.test("buckets follow each other without gap or overlap", () => {
  for (let bucket = 0; bucket < bucketOf(MAX); bucket++) {
    assert.equal(bucketLow(bucket) + bucketWidth(bucket), bucketLow(bucket + 1));
  }
  assert.equal(bucketWidth(bucketOf(4095)), 1);
  assert.equal(bucketWidth(bucketOf(4096)), 2);
});
