import { equal, ok, throws } from "node:assert/strict";
import { lateness, latenessAtFirst } from "./lateness.ts";
import { Stamps } from "./stamps.ts";

/** A second's warm-up and a second that counts, 1,000 requests each, the n-th late by lateMs(n). */
function arriving(lateMs: (n: number) => number, count = 2_000): Stamps {
  const times = Array.from({ length: count }, (_, n) => 5_000 + n + lateMs(n)).sort((a, b) => a - b);
  return new Stamps(Float64Array.from(times.flatMap((ms) => [ms, ms, -1])), []);
}

function near(actual: number, expected: number): void {
  ok(Math.abs(actual - expected) < 1e-6, `${actual} in place of ${expected}`);
}

Deno.test("what comes evenly is not late, wherever its schedule begins", () => {
  const { achieved, p50, p99, max } = lateness(arriving(() => 0), 1_000, 1, 1);
  equal(achieved, 1);
  for (const value of [p50, p99, max]) near(value, 0);
});

Deno.test("a late first request makes no other early", () => {
  const { p50, max } = lateness(arriving((n) => n === 0 ? 0.9 : 0), 1_000, 1, 1);
  near(p50, 0);
  near(max, 0);
});

Deno.test("what is late is late by as much", () => {
  // Thirty of the thousand wait for one that comes 30 ms late, and all come at once.
  const stand = (n: number) => n >= 1_900 && n < 1_930 ? 1_930 - n : 0;
  const { achieved, p50, p99, max } = lateness(arriving(stand), 1_000, 1, 1);
  near(p50, 0);
  near(p99, 20);
  near(max, 30);
  equal(achieved, 1);
});

Deno.test("the first second is measured without a warm-up before it", () => {
  const { achieved, p99, max } = latenessAtFirst(
    arriving((n) => n < 20 ? 20 - n : 7 * +(n >= 1_000)),
    1_000,
    1,
  );
  near(p99, 10);
  near(max, 20);
  equal(achieved, 1);
});

Deno.test("what comes after the end is missing", () => {
  equal(lateness(arriving((n) => n >= 1_970 ? 2_000 - n : 0), 1_000, 1, 1).achieved, 0.97);
});

Deno.test("requests that are left out make all behind them late", () => {
  // At four fifths of the rate, the n-th is late by a quarter of n milliseconds: from the 800th on it counts.
  const { achieved, p50, max } = lateness(arriving((n) => n * 0.25), 1_000, 1, 1);
  equal(achieved, 0.8);
  ok(Math.abs(p50 - 300) < 1 && Math.abs(max - 400) < 1, `${p50}, ${max}`);
  throws(() => lateness(arriving(() => 0, 10), 1_000, 1, 1), /sent nothing/);
});
