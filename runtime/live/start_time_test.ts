import assert from "node:assert/strict";
import { countdownText, monotonicMs, readStartTime, untilMoment, waitFor } from "./start_time.ts";
import { UserError } from "../user_error.ts";

const NOW = Date.parse("2026-11-21T20:00:00Z");

Deno.test("--start-at takes a time with its offset, or one from now on", () => {
  const cases: [string, string][] = [
    ["2026-11-21T20:00:00Z", "2026-11-21T20:00:00.000Z"],
    ["2026-11-21T20:15:00z", "2026-11-21T20:15:00.000Z"],
    ["2026-11-21t21:15:00.25+01:00", "2026-11-21T20:15:00.250Z"],
    ["2026-11-21 15:15:00.123456-05:00", "2026-11-21T20:15:00.123Z"],
    ["+0s", "2026-11-21T20:00:00.000Z"],
    ["+30s", "2026-11-21T20:00:30.000Z"],
    ["+1.5m", "2026-11-21T20:01:30.000Z"],
    ["+2h", "2026-11-21T22:00:00.000Z"],
    ["+250ms", "2026-11-21T20:00:00.250Z"],
  ];
  for (const [text, expected] of cases) {
    assert.equal(new Date(readStartTime(text, NOW)).toISOString(), expected, text);
  }
});

Deno.test("a time that is over, too far ahead, or none is refused", () => {
  const cases: [string, RegExp][] = [
    ["2026-11-21T19:59:48Z", /^--start-at 2026-11-21T19:59:48Z was 12\.0s ago; name a time to come$/],
    ["2026-11-21T18:00:00Z", /was 2 h 00 min ago/],
    ["2026-12-21T20:00:00Z", /is 720 h 00 min ahead, and 7 days are the most$/],
    ...[
      "",
      "now",
      "30s",
      "+30",
      "+30d",
      "-30s",
      "20:15",
      "2026-11-21",
      "2026-11-21T20:15:00",
      "2026-11-21T20:15Z",
    ]
      .concat(
        "2026-02-31T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-21T25:00:00Z",
        "2026-11-21T20:15:00+99:99",
      )
      .map((text): [string, RegExp] => [text, /^--start-at wants a time with its offset.*found "/]),
  ];
  for (const [text, message] of cases) {
    assert.throws(() => readStartTime(text, NOW), (error: unknown) => {
      assert(error instanceof UserError, text);
      assert.equal(error.exitCode, 104);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("waiting tells what is left at every second, and ends just before its time", async () => {
  const told: number[] = [];
  const startMs = Date.now() + 1200;
  await waitFor(startMs, 15, new AbortController().signal, (leftMs) => told.push(Math.ceil(leftMs / 1000)));
  assert.deepEqual([...new Set(told)], [2, 1]);
  assert(startMs - Date.now() <= 15);
});

Deno.test("waiting ends as soon as it is called off", async () => {
  const calledOff = new AbortController();
  await waitFor(Date.now() + 3_600_000, 15, calledOff.signal, () => queueMicrotask(() => calledOff.abort()));
  await waitFor(Date.now() + 3_600_000, 15, calledOff.signal, () => assert.fail("it was called off before"));
});

Deno.test("a moment of the wall clock has its place on this thread's own clock", () => {
  const startMs = Date.now() + 8;
  const moment = monotonicMs(startMs);
  assert(Math.abs(monotonicMs(startMs) - moment) < 1);
  untilMoment(moment + 1);
  assert(Date.now() >= startMs);
});

Deno.test("a countdown shows 0:00 only when nothing is left", () => {
  const cases: [number, string][] = [[0, "0:00"], [1, "0:01"], [26_999, "0:27"], [3_723_000, "1:02:03"]];
  for (const [leftMs, text] of cases) assert.equal(countdownText(leftMs), text);
});
