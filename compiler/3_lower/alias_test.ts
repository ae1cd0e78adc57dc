import assert from "node:assert/strict";
import fc from "fast-check";
import { aliasTable } from "./alias.ts";

Deno.test("equal weights keep every column", () => {
  for (const weights of [[1], [5, 5], [2, 2, 2]]) {
    for (const [index, { keep, other }] of aliasTable(weights).entries()) {
      assert.deepEqual({ keep, other }, { keep: 2 ** 32, other: index });
    }
  }
});

Deno.test("a weight of three to seven", () => {
  // Column 0 holds 0.6 of its own; the rest of it, and all of column 1, is flow 1.
  assert.deepEqual(aliasTable([3, 7]), [
    { keep: Math.round(0.6 * 2 ** 32), other: 1 },
    { keep: 2 ** 32, other: 1 },
  ]);
});

Deno.test("the table's probabilities are the weights', within 2^-31", () => {
  const weights = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2 ** 31 })), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(fc.property(weights, (weights) => {
    const table = aliasTable(weights);
    assert.equal(table.length, weights.length);
    const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
    // In units of 1 / (columns · 2^32), exactly.
    const implied = weights.map(() => 0n);
    for (const [index, { keep, other }] of table.entries()) {
      assert(Number.isInteger(keep) && keep >= 0 && keep <= 2 ** 32);
      assert(Number.isInteger(other) && other >= 0 && other < table.length);
      implied[index] += BigInt(keep);
      implied[other] += (1n << 32n) - BigInt(keep);
    }
    const columns = BigInt(weights.length);
    for (const [index, weight] of weights.entries()) {
      const error = implied[index] * total - BigInt(weight) * columns * (1n << 32n);
      // |error| / (columns · 2^32 · total) ≤ 2^-31
      assert((error < 0n ? -error : error) <= columns * total * 2n, `weight ${index} of ${weights}`);
    }
  }));
});
