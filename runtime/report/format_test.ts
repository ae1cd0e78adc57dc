import assert from "node:assert/strict";
import fc from "fast-check";
import { bytes, clock, count, counted, decimal, duration, percent, printable, span } from "./format.ts";
import { asWritten, besideLimit } from "./limits.ts";

function cases<Input>(
  name: string,
  write: (input: Input) => string,
  table: readonly [Input, string][],
): void {
  Deno.test(`${name}: ${table.length} cases`, () => {
    for (const [input, expected] of table) assert.equal(write(input), expected, `${name}(${input})`);
  });
}

cases("count", count, [[0, "0"], [999, "999"], [1000, "1,000"], [1234567, "1,234,567"]]);
cases("counted", (n: number) => counted(n, "request"), [[1, "1 request"], [0, "0 requests"], [
  1200,
  "1,200 requests",
]]);
cases("duration", (ticks: number) => duration(ticks), [
  [0, "0µs"],
  [7, "7µs"],
  [7.25, "7.25µs"],
  [0.004, "0.00400µs"],
  [999, "999µs"],
  [999.6, "1.00ms"],
  [1000, "1.00ms"],
  [12_345, "12.3ms"],
  [99_950, "100ms"],
  [999_499, "999ms"],
  [999_500, "1.00s"],
  [1_234_567, "1.23s"],
  [59_950_000, "60.0s"],
  [1_234_000_000, "1,234s"],
]);
cases("bytes", bytes, [
  [0, "0B"],
  [1023, "1,023B"],
  [1024, "1.00KiB"],
  [1_500_000, "1.43MiB"],
  [1024 ** 4 * 5000, "5,000TiB"],
]);
cases("percent", (ppm: number) => percent(ppm), [
  [0, "0%"],
  [1_000_000, "100%"],
  [1, "0.000100%"],
  [1230, "0.123%"],
  [123_456, "12.3%"],
  [999_000, "99.9%"],
  [999_999, "99.9999%"],
  [999_960, "99.996%"],
]);
cases("decimal", (value: number) => decimal(value), [[0, "0"], [0.5, "0.500"], [12.345, "12.3"], [
  12_345.6,
  "12,346",
]]);
cases("span", span, [[1500, "1.50ms"], [61_000_000, "1 min 01 s"], [3_720_000_000, "1 h 02 min"]]);
cases("clock", clock, [[0, "0:00"], [65_900_000, "1:05"], [3_723_000_000, "1:02:03"]]);
cases("printable", printable, [
  ["a\r\n\tb", "a b"],
  ["\x1b[31mred\x07", "�[31mred�"],
  ["left\u202eright", "left�right"],
  [" naïve — 語 ", "naïve — 語"],
]);
cases("asWritten", asWritten, [
  ["1.00ms", "1ms"],
  ["0.100%", "0.1%"],
  ["100ms", "100ms"],
  ["1,000", "1,000"],
  [
    "1.05s",
    "1.05s",
  ],
  ["10.0/s", "10/s"],
]);

Deno.test("a duration is within half of its last digit, and never has an exponent", () => {
  fc.assert(fc.property(fc.nat(2 ** 31), (ticks) => {
    const [, number, unit] = /^([\d,.]+)(µs|ms|s)$/.exec(duration(ticks)) ?? assert.fail(duration(ticks));
    const back = Number(number.replaceAll(",", "")) *
      { µs: 1, ms: 1000, s: 1_000_000 }[unit as "µs" | "ms" | "s"];
    assert.ok(Math.abs(back - ticks) <= Math.max(0.5, ticks * 0.005), `${ticks} as ${duration(ticks)}`);
  }));
});

Deno.test("a number that is not its limit does not look like it", () => {
  assert.deepEqual(besideLimit(300_400, 300_000, "ticks"), { actual: "300.4ms", limit: "300ms" });
  assert.deepEqual(besideLimit(300_000, 300_000, "ticks"), { actual: "300ms", limit: "300ms" });
  assert.deepEqual(besideLimit(10_004, 10_000, "ppm"), { actual: "1.0004%", limit: "1%" });
  assert.deepEqual(besideLimit(1_000_001, 1_000_000, "bytes"), { actual: "1,000,001B", limit: "1,000,000B" });
  fc.assert(fc.property(fc.nat(2 ** 31), fc.nat(1000), (limit, near) => {
    const texts = besideLimit(limit + near, limit, "ticks");
    if (near > 0 && limit < 1e8) assert.notEqual(texts.actual, texts.limit);
  }));
});
