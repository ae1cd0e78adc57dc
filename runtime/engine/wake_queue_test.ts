import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { WakeQueue } from "./wake_queue.ts";

/** What is done, and how the earliest wake is asked for behind it. */
type Command =
  & ({ do: "set"; vu: number; tick: number } | { do: "clear"; vu: number } | { do: "pop"; now: number })
  & { before: number; looksFar: boolean };

const asking = { before: fc.nat(50), looksFar: fc.boolean() };
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant("set" as const), vu: fc.nat(15), tick: fc.nat(50), ...asking }),
  fc.record({ do: fc.constant("clear" as const), vu: fc.nat(15), ...asking }),
  fc.record({ do: fc.constant("pop" as const), now: fc.nat(50), ...asking }),
);

Deno.test("the wake queue behaves as a sorted list does", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
      const queue = new WakeQueue(16);
      const model = new Map<number, { tick: number; session: number }>();
      let session = 0;
      for (const it of commands) {
        if (it.do === "set") {
          // Sessions are not in the order of VUs, as in a run: VUs are reused.
          session = (session * 7 + it.vu + 1) % 101;
          queue.set(it.vu, it.tick, session);
          model.set(it.vu, { tick: it.tick, session });
        } else if (it.do === "clear") {
          queue.clear(it.vu);
          model.delete(it.vu);
        } else {
          const due = [...model].filter(([, wake]) => wake.tick <= it.now)
            .sort(([, a], [, b]) => a.tick - b.tick || a.session - b.session);
          const popped = queue.pop(it.now);
          if (due.length === 0) equal(popped, -1);
          else {
            const [, first] = due[0];
            const taken = model.get(popped);
            equal(taken?.tick, first.tick);
            equal(taken?.session, first.session);
            model.delete(popped);
          }
        }
        const next = Math.min(Infinity, ...[...model.values()].map((wake) => wake.tick));
        const soon = queue.nextTick(it.before);
        ok(next < it.before ? soon === next : soon >= it.before);
        if (it.looksFar) equal(queue.nextTick(), next);
      }
    }),
    { numRuns: 500 },
  );
});
