import assert from "node:assert/strict";
import fc from "fast-check";
import { quantileRow, rowLow, rowMiddle, ROWS, timeRow } from "./rows.ts";

const TICKS = fc.oneof(fc.nat(100), fc.nat(1_000_000), fc.maxSafeNat().map((it) => it % 2 ** 32));

Deno.test("a time lies in its row, and the row's middle is at most 3.2 % from it", () => {
  fc.assert(fc.property(TICKS, (ticks) => {
    const row = timeRow(ticks);
    assert.ok(row < ROWS && rowLow(row) <= ticks && ticks < rowLow(row + 1));
    assert.ok(Math.abs(rowMiddle(row) - ticks) <= 0.032 * ticks);
  }));
  assert.equal(timeRow(2 ** 40), ROWS - 1);
});

Deno.test("the quantile's row is that of the nearest rank", () => {
  const share = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(fc.property(fc.array(fc.nat(20), { minLength: 1 }), share, (samples, ppm) => {
    const rows = new Array<number>(21).fill(0);
    for (const sample of samples) rows[sample]++;
    const rank = Math.ceil((ppm * samples.length) / 1_000_000);
    assert.equal(quantileRow(rows, ppm), samples.toSorted((a, b) => a - b)[rank - 1]);
  }));
  assert.equal(quantileRow([0, 0], 500_000), -1);
});
