import { deepEqual, ok, throws } from "node:assert/strict";
import { waitsOfSchedule, waitsOfSessions } from "./real_waits.ts";
import { Stamps } from "./stamps.ts";

/** A hundred arrivals a second at a server that takes 1 ms and stands still in the second half of the second. */
const STALL = { beginMs: 1_500, endMs: 2_000 };
const DUE_MS = Array.from({ length: 100 }, (_, n) => n * 10);

function served(): Stamps {
  let freeMs = 1_000;
  const numbers = DUE_MS.flatMap((dueMs, session) => {
    const wanted = Math.max(1_000 + dueMs, freeMs);
    const arrivedMs = wanted >= STALL.beginMs ? Math.max(wanted, STALL.endMs) : wanted;
    freeMs = arrivedMs + 1;
    return [arrivedMs, freeMs, session];
  });
  return new Stamps(Float64Array.from(numbers), [STALL]);
}

/** By hand: 50 wait 1 ms; then the k-th of 50 waits 500 − 10·k ms, and 1 ms for each up to its own. */
const WAITS = [...Array.from({ length: 50 }, () => 1), ...Array.from({ length: 50 }, (_, k) => 501 - 9 * k)]
  .sort((a, b) => a - b);

Deno.test("arrivals waited from when they were due until they were answered", () => {
  deepEqual(waitsOfSessions(served(), DUE_MS), { p50: WAITS[49], p99: WAITS[98], p999: WAITS[99] });
});

Deno.test("arrivals of a warm-up are left out", () => {
  const counted = WAITS.slice(50);
  deepEqual(waitsOfSessions(served(), DUE_MS, 500), {
    p50: counted[24],
    p99: counted[49],
    p999: counted[49],
  });
});

Deno.test("the order of answers does not matter, but all must be there", () => {
  const stamps = served();
  const turned = Array.from({ length: stamps.count }, (_, n) => stamps.count - 1 - n)
    .flatMap((n) => [stamps.arrivedMs(n), stamps.answeredMs(n), stamps.session(n)]);
  deepEqual(
    waitsOfSessions(new Stamps(Float64Array.from(turned), []), DUE_MS),
    waitsOfSessions(stamps, DUE_MS),
  );
  throws(() => waitsOfSessions(stamps, [...DUE_MS, 1_000]), /100 of 101 arrivals came/);
});

Deno.test("even arrivals at the same server would have waited as long", () => {
  const { p50, p99, p999 } = waitsOfSchedule(served(), 100, 1);
  for (const [actual, at] of [[p50, 49], [p99, 98], [p999, 99]]) {
    ok(Math.abs(actual - WAITS[at]) < 1e-6, `${actual} in place of ${WAITS[at]}`);
  }
});
