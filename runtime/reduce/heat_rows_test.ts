import assert from "node:assert/strict";
import fc from "fast-check";
import { heatLow, heatRow } from "./heat_rows.ts";

Deno.test("a time lies in the row between that row's least time and the next one's", () => {
  fc.assert(fc.property(fc.nat(2 ** 32 - 1), fc.nat(32), (value, shift) => {
    const ticks = Math.floor(value / 2 ** shift);
    const row = heatRow(ticks);
    assert.ok(heatLow(row) <= ticks && ticks < heatLow(row + 1), `${ticks} in ${row}`);
  }));
  assert.equal(heatRow(2 ** 45), heatRow(2 ** 32 - 1));
});
