import assert from "node:assert/strict";
import fc from "fast-check";
import { COLUMN_NAMES, type Timeline } from "../../reduce/timeline.ts";
import { Packer, Unpacker } from "./packed.ts";
import { packTimeline, unpackTimeline } from "./packed_timeline.ts";

const PLAIN = { noNullPrototype: true } as const;
const whole = fc.oneof(fc.nat(300), fc.nat(2 ** 40), fc.constant(Number.MAX_SAFE_INTEGER));

Deno.test("numbers come out as they went in", () => {
  const value = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 48), max: 2 ** 48 }), fc.constant(0));
  fc.assert(fc.property(fc.array(whole), fc.array(value, { size: "large" }), (numbers, values) => {
    const packer = new Packer();
    for (const number of numbers) packer.number(number);
    packer.series(values);
    const unpacker = new Unpacker(packer.text());
    assert.deepEqual(numbers.map(() => unpacker.number()), numbers);
    assert.deepEqual(unpacker.series(), values);
    assert.ok(unpacker.isAtEnd);
  }));
});

Deno.test("many numbers are text without a seam", () => {
  const packer = new Packer();
  const values = Array.from({ length: 200_000 }, (_, n) => n * 37 % 1000);
  packer.series(values);
  assert.deepEqual(new Unpacker(packer.text()).series(), values);
});

Deno.test("a timeline comes out as it went in", () => {
  const position = fc.integer({ min: -1, max: 20 });
  const timelines: fc.Arbitrary<Timeline> = fc.record({
    widthTicks: whole,
    length: whole,
    heatStretches: whole,
    columns: fc.array(fc.record({
      name: fc.constantFrom(...COLUMN_NAMES),
      flow: position,
      step: position,
      stage: position,
      outcome: position,
      code: fc.nat(5000),
      from: fc.nat(1000),
      values: fc.array(fc.integer()),
    }, PLAIN)),
    spectra: fc.array(fc.record({
      flow: position,
      step: position,
      stage: position,
      count: whole,
      ticks: fc.array(fc.nat()),
    }, PLAIN)),
  }, PLAIN);
  fc.assert(fc.property(timelines, (timeline) => {
    assert.deepEqual(unpackTimeline(packTimeline(timeline)), timeline);
  }));
});
