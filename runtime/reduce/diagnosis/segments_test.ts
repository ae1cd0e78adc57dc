import assert from "node:assert/strict";
import fc from "fast-check";
import { median, segments } from "./segments.ts";

const flat = (level: number, times: number) => new Array<number>(times).fill(level);

const CASES: [string, number[], [number, number][]][] = [
  ["nothing is no segment", [], []],
  ["few levels are one", [1, 9, 1, 9], [[0, 4]]],
  ["a steady series is one", flat(5, 40), [[0, 40]]],
  ["one outlier changes nothing", [...flat(5, 20), 12, ...flat(5, 20)], [[0, 41]]],
  ["a step is one change", [...flat(5, 20), ...flat(7, 20)], [[0, 20], [20, 40]]],
  ["a step with outliers is one change", [...flat(5, 9), 9, ...flat(5, 10), ...flat(7, 20)], [[0, 20], [
    20,
    40,
  ]]],
  ["three high levels are two changes", [...flat(5, 20), ...flat(9, 3), ...flat(5, 20)], [[0, 20], [20, 23], [
    23,
    43,
  ]]],
];
for (const [what, levels, wanted] of CASES) {
  Deno.test(`change points: ${what}`, () => {
    assert.deepEqual(segments(levels).map(({ from, to }) => [from, to]), wanted);
  });
}

/** What a partition costs, with the price of a change as segments() has it: told from the distance of neighbours. */
function cost(levels: readonly number[], ends: readonly number[]): number {
  const steps = levels.slice(1).map((level, at) => Math.abs(level - levels[at]));
  const price = 3 * Math.max(1 / 32, median(steps) / 0.9539) * Math.log(levels.length);
  let sum = price * (ends.length - 1);
  ends.forEach((to, at) => {
    const piece = levels.slice(at === 0 ? 0 : ends[at - 1], to);
    const level = median(piece);
    for (const one of piece) sum += Math.abs(one - level);
  });
  return sum;
}

function partitions(from: number, count: number): number[][] {
  const found: number[][] = count - from >= 3 ? [[count]] : [];
  for (let to = from + 3; to <= count - 3; to++) {
    for (const rest of partitions(to, count)) found.push([to, ...rest]);
  }
  return found;
}

Deno.test("no partition into pieces of three or more costs less", () => {
  const levels = fc.array(fc.integer({ min: 0, max: 12 }).map((it) => it / 4), {
    minLength: 6,
    maxLength: 14,
  });
  fc.assert(fc.property(levels, (levels) => {
    const ends = segments(levels).map(({ to }) => to);
    const least = Math.min(...partitions(0, levels.length).map((all) => cost(levels, all)));
    assert.ok(Math.abs(cost(levels, ends) - least) < 1e-9);
  }));
});
