import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { thinkTicks } from "./think_time.ts";

const think = (minTicks: number, maxTicks: number, quantiles: number[] = []) =>
  ({ kind: "think", step: 0, minTicks, maxTicks, quantiles }) as const;
const at = (draw: number) => Uint32Array.of(draw, 0);

Deno.test("a range is drawn from evenly, both ends included", () => {
  deepEqual([0, 2 ** 31, 2 ** 32 - 1].map((draw) => thinkTicks(think(10, 12), at(draw))), [10, 11, 12]);
});

Deno.test("points are joined by straight lines", () => {
  const points = think(0, 1_000, [0, 100, 200, 600, 1_000]);
  const cases = [[0, 0], [0.125, 50], [0.25, 100], [0.5, 200], [0.625, 400], [0.75, 600], [0.875, 800]];
  for (const [part, ticks] of cases) equal(thinkTicks(points, at(part * 2 ** 32)), ticks, `${part}`);
  equal(thinkTicks(points, at(2 ** 32 - 1)), 999);
});

Deno.test("the chosen time rises with the draw, stays within its points, and is exact for any width", () => {
  const ascending = fc.integer({ min: 0, max: 6 }).chain((bits) =>
    fc.array(fc.nat(2 ** 45), { minLength: 2 ** bits + 1, maxLength: 2 ** bits + 1 })
  ).map((points) => points.sort((a, b) => a - b));
  const draw = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(fc.property(ascending, draw, draw, (points, a, b) => {
    const instruction = think(points[0], points[points.length - 1], points);
    const [low, high] = [Math.min(a, b), Math.max(a, b)].map((it) => thinkTicks(instruction, at(it)));
    ok(points[0] <= low && low <= high && high <= points[points.length - 1]);
    const n = BigInt(points.length - 1);
    const place = BigInt(a) * n;
    const from = Number(place >> 32n);
    const width = BigInt(points[from + 1] - points[from]);
    equal(thinkTicks(instruction, at(a)), points[from] + Number(((place & 0xffff_ffffn) * width) >> 32n));
  }));
});
