import assert from "node:assert/strict";
import fc from "fast-check";
import { GrowingBytes } from "./growing_bytes.ts";

Deno.test("growing bytes: hold what an array would", () => {
  const step = fc.oneof(
    fc.record({ append: fc.uint8Array({ maxLength: 700 }), from: fc.nat(60) }),
    fc.record({ drop: fc.nat(300) }),
    fc.constant("clear" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const growing = new GrowingBytes();
      let model: number[] = [];
      for (const step of steps) {
        if (step === "clear") {
          growing.clear();
          model = [];
        } else if ("append" in step) {
          const from = Math.min(step.from, step.append.length);
          growing.append(step.append, from, step.append.length);
          model.push(...step.append.subarray(from));
        } else {
          const count = Math.min(step.drop, model.length);
          growing.drop(count);
          model = model.slice(count);
        }
        assert.deepEqual([...growing.bytes.subarray(0, growing.length)], model);
      }
    }),
    { seed: 3 },
  );
});

Deno.test("growing bytes: much room is given back, little is kept", () => {
  const growing = new GrowingBytes();
  assert.equal(growing.bytes.length, 0);
  growing.append(new Uint8Array(1000), 0, 1000);
  const room = growing.bytes;
  growing.clear();
  assert.equal(growing.bytes, room);
  growing.append(new Uint8Array(1 << 20), 0, 1 << 20);
  growing.clear();
  assert.equal(growing.bytes.length, 0);
});
