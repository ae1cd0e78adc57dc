import assert from "node:assert/strict";
import fc from "fast-check";
import { sortWholeNumbers } from "./sort_whole_numbers.ts";

Deno.test("whole numbers are sorted as any sort does it, whatever their number and their size", () => {
  const cases = fc.record({
    length: fc.constantFrom(0, 1, 2, 100, 2_047, 2_048, 5_000),
    bits: fc.constantFrom(1, 11, 12, 22, 31, 32, 33, 53),
    seed: fc.integer({ min: 1, max: 2 ** 31 }),
  });
  fc.assert(fc.property(cases, ({ length, bits, seed }) => {
    let state = seed;
    const numbers = Float64Array.from({ length }, () => {
      state = (state * 48_271) % 0x7fff_ffff;
      return Math.floor((state / 0x7fff_ffff) * 2 ** bits);
    });
    const expected = [...numbers].sort((one, other) => one - other);
    assert.deepEqual([...sortWholeNumbers(numbers)], expected);
  }));
});
