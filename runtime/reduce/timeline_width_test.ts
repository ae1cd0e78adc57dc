import assert from "node:assert/strict";
import fc from "fast-check";
import { mostStretches, stretchWidth } from "./timeline_width.ts";

Deno.test("a run is divided into few enough stretches of a round width", () => {
  const cases: [number, number, number][] = [
    [0, 60, 1000],
    [9_999_999, 60, 200_000],
    [59_999_999, 60, 1_000_000],
    [60_000_000, 60, 2_000_000],
    [600_000_000, 1000, 1_000_000],
    [24 * 3_600_000_000, 1000, 120_000_000],
    [10_000 * 3_600_000_000, 1000, 11 * 3_600_000_000],
  ];
  for (const [last, most, width] of cases) assert.equal(stretchWidth(last, most), width, `${last} ${most}`);
});

Deno.test("there are never more stretches than asked for, and with half the width there would be", () => {
  fc.assert(fc.property(fc.nat(2 ** 40), fc.integer({ min: 60, max: 1000 }), (last, most) => {
    const width = stretchWidth(last, most);
    assert.ok(Math.floor(last / width) + 1 <= most);
    assert.ok(width === 1000 || Math.floor(last / (width / 2.5)) + 1 >= most);
  }));
});

Deno.test("few requests and many parts make few stretches", () => {
  assert.equal(mostStretches(8, 10_000_000), 1000);
  assert.equal(mostStretches(40, 10_000_000), 500);
  assert.equal(mostStretches(4000, 10_000_000), 100);
  assert.equal(mostStretches(8, 100), 100);
  assert.equal(mostStretches(8, 8000), 160);
});
