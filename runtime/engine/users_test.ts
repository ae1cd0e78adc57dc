import { equal } from "node:assert/strict";
import fc from "fast-check";
import type { ClosedLoad } from "../plan.ts";
import { moreUsersThan, usersAt } from "./users.ts";

function loadOf(shapes: { lengthTicks: number; vusStart: number; vusEnd: number }[]): ClosedLoad {
  let startTick = 0;
  const stages = shapes.map((shape, index) => {
    const stage = { name: `stage ${index}`, warmup: false, startTick, ...shape };
    startTick += shape.lengthTicks;
    return stage;
  });
  return { model: "closed", stages, iterations: 0, maxVus: 10, paceTicks: 0, gracefulStopTicks: 0 };
}

Deno.test("a ramp 1..3 over 200 ticks wants its second user in the middle", () => {
  const load = loadOf([{ lengthTicks: 200, vusStart: 1, vusEnd: 3 }, {
    lengthTicks: 100,
    vusStart: 3,
    vusEnd: 3,
  }]);
  const cases: [number, number][] = [[0, 1], [99, 1], [100, 2], [199, 2], [200, 3], [299, 3], [300, 0]];
  for (const [tick, users] of cases) equal(usersAt(load, tick), users, `at ${tick}`);
});

Deno.test("moreUsersThan finds the first tick that a walk finds", () => {
  const shape = fc.record({
    lengthTicks: fc.integer({ min: 1, max: 60 }),
    vusStart: fc.nat(10),
    vusEnd: fc.nat(10),
  });
  fc.assert(
    fc.property(
      fc.array(shape, { minLength: 1, maxLength: 4 }),
      fc.nat(10),
      fc.nat(100),
      (shapes, users, from) => {
        const load = loadOf(shapes);
        let walked = Infinity;
        for (let tick = 240; tick >= from; tick--) if (usersAt(load, tick) > users) walked = tick;
        equal(moreUsersThan(load, users, from), walked);
      },
    ),
    { numRuns: 2000 },
  );
});
