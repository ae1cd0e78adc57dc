import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { KeptMessages } from "./kept_messages.ts";

const MIB = 1024 * 1024;

Deno.test("messages are kept in their order, as a list that forgets the oldest would keep them", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: fc.constantFrom(0, 1, 7, 1000, MIB / 2, MIB, MIB + 1) }) },
    { weight: 2, arbitrary: fc.constant(null) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const kept = new KeptMessages();
      let model: Uint8Array[] = [];
      steps.forEach((it, n) => {
        if (it === null) deepEqual(kept.take(), model.shift() ?? null);
        else {
          const message = new Uint8Array(it.add).fill(n);
          kept.add(message);
          message.fill(255);
          model.push(new Uint8Array(it.add).fill(n));
          const bytes = () => model.reduce((sum, { length }) => sum + length, 0);
          while (model.length > 1 && bytes() > MIB) model = model.slice(1);
        }
        equal(kept.isEmpty, model.length === 0);
      });
    }),
    { numRuns: 50 },
  );
});

Deno.test("no more than 4096 messages are kept", () => {
  const kept = new KeptMessages();
  for (let n = 0; n < 10_000; n++) kept.add(Uint8Array.of(n & 255, n >> 8));
  for (let n = 10_000 - 4096; n < 10_000; n++) deepEqual(kept.take(), Uint8Array.of(n & 255, n >> 8));
  equal(kept.take(), null);
});
