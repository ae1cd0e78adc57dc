import assert from "node:assert/strict";
import fc from "fast-check";
import { readDuration, readDurationRange } from "./durations.ts";
import { readCount, readRatio, readSize } from "./quantities.ts";
import { readRate, readRateRange } from "./rates.ts";
import { isTrouble, type Reading } from "./reading.ts";
import { readStatuses } from "./statuses.ts";

/** The value, or the code of what is wrong. */
function outcome<T>(reading: Reading<T>): T | string {
  return isTrouble(reading) ? reading.code : reading.value;
}

Deno.test("durations", () => {
  const cases: [string, number | string][] = [
    ["250ms", 250_000],
    ["1h30m", 5_400_000_000],
    ["2us", 2],
    ["0.5s", 500_000],
    ["1_000ms", 1_000_000],
    ["1d", 86_400_000_000],
    ["0s", 0],
    ["0.000001s", 1],
    ["365d", 31_536_000_000_000],
    ["0.3us", "Z1202"],
    ["0.0000001s", "Z1202"],
    ["365d1us", "Z1203"],
    ["10", "Z1201"],
    ["10 s", "Z1201"],
    ["10sec", "Z1201"],
    ["30m1h", "Z1201"],
    ["1s1s", "Z1201"],
    ["-1s", "Z1201"],
    ["1.s", "Z1201"],
    ["", "Z1201"],
  ];
  for (const [text, wanted] of cases) assert.equal(outcome(readDuration(text)), wanted, text);
  assert.deepEqual(outcome(readDurationRange("1s .. 3s")), [1_000_000, 3_000_000]);
  assert.deepEqual(outcome(readDurationRange("2s")), [2_000_000, 2_000_000]);
  assert.equal(outcome(readDurationRange("3s..1s")), "Z1209");
  assert.equal(outcome(readDurationRange("1s..")), "Z1201");
});

Deno.test("rates", () => {
  const rate = (sessions: number, perTicks: number) => ({ sessions, perTicks });
  const cases: [string, ReturnType<typeof rate> | string][] = [
    ["50/s", rate(1, 20_000)],
    ["3000/min", rate(1, 20_000)],
    ["10/h", rate(1, 360_000_000)],
    ["0.5/s", rate(1, 2_000_000)],
    ["10k/s", rate(1, 100)],
    ["10M/s", rate(10, 1)],
    ["0/s", rate(0, 1)],
    ["7 / s", rate(7, 1_000_000)],
    ["10000001/s", "Z1205"],
    ["0.0000001/s", "Z1205"],
    ["-1/s", "Z1205"],
    ["fast", "Z1205"],
    ["10", "Z1204"],
    ["10/sec", "Z1204"],
    ["10/", "Z1204"],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(outcome(readRate(text)), wanted, text);
  assert.deepEqual(outcome(readRateRange("50/s..0/s")), [rate(1, 20_000), rate(0, 1)]);
});

Deno.test("counts, sizes, ratios, statuses", () => {
  const counts: [string, number | string][] = [
    ["10k", 10_000],
    ["1.5k", 1500],
    ["10_000", 10_000],
    ["1.5", "Z1206"],
    ["x", "Z1206"],
    [
      "9007199254740992",
      "Z1105",
    ],
  ];
  for (const [text, wanted] of counts) assert.equal(outcome(readCount(text)), wanted, text);
  const sizes: [string, number | string][] = [
    ["64KiB", 65_536],
    ["10MB", 10_000_000],
    ["512", 512],
    ["1.5kB", 1500],
    ["1.5B", "Z1206"],
    [
      "5KB",
      "Z1207",
    ],
  ];
  for (const [text, wanted] of sizes) assert.equal(outcome(readSize(text)), wanted, text);
  const ratios: [string, number | string][] = [
    ["1%", 10_000],
    ["0.5%", 5_000],
    ["100%", 1_000_000],
    ["0.0001%", 1],
    ["0.00001%", "Z1208"],
    [
      "101%",
      "Z1208",
    ],
    ["0.01", "Z1208"],
  ];
  for (const [text, wanted] of ratios) assert.equal(outcome(readRatio(text)), wanted, text);
  assert.deepEqual(outcome(readStatuses(["2xx", 404, 301, 300, 404])), [[200, 301], [404, 404]]);
  assert.equal(outcome(readStatuses([99])), "Z1211");
  assert.equal(outcome(readStatuses([])), "Z1211");
});

Deno.test("a duration formatted in any units reads as itself", () => {
  const units: [string, number][] = [["d", 86_400e6], ["h", 3_600e6], ["m", 60e6], ["s", 1e6], ["ms", 1e3], [
    "us",
    1,
  ]];
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 31_536_000_000_000 }),
      fc.subarray(units.slice(0, 5)),
      (ticks, chosen) => {
        let rest = ticks;
        let text = "";
        for (const [unit, unitTicks] of [...chosen, ["us", 1] as const]) {
          const amount = Math.floor(rest / unitTicks);
          rest -= amount * unitTicks;
          text += `${amount}${unit}`;
        }
        assert.equal(outcome(readDuration(text)), ticks, text);
      },
    ),
  );
});

Deno.test("a rate is exactly what was written, in lowest terms", () => {
  const unit = fc.constantFrom(["s", 1e6] as const, ["min", 60e6] as const, ["h", 3600e6] as const);
  fc.assert(fc.property(fc.nat(9_999_999), fc.nat(6), unit, (digits, decimals, [name, unitTicks]) => {
    const padded = String(digits).padStart(decimals + 1, "0");
    const text = decimals === 0 ? padded : `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
    const rate = outcome(readRate(`${text}/${name}`));
    assert.ok(typeof rate === "object", text);
    const [left, right] = [
      BigInt(rate.sessions) * BigInt(unitTicks) * 10n ** BigInt(decimals),
      BigInt(digits) * BigInt(rate.perTicks),
    ];
    assert.equal(left, right);
    let [a, b] = [rate.sessions, rate.perTicks];
    while (b > 0) [a, b] = [b, a % b];
    assert.equal(a, 1);
  }));
});

Deno.test("a size in KiB reads as 1,024 times its number", () => {
  fc.assert(fc.property(fc.nat(1e9), (number) => {
    assert.equal(outcome(readSize(`${number}KiB`)), number * 1024);
    assert.equal(outcome(readSize(`${number} B`)), number);
  }));
});
