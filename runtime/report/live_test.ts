import assert from "node:assert/strict";
import fc from "fast-check";
import { liveBlock, liveLine, type Progress } from "./live.ts";
import { textWidth } from "../text_width.ts";

const PROGRESS: Progress = {
  name: "checkout",
  stage: "hold",
  stageProgress: 0.625,
  elapsedTicks: 74_000_000,
  totalTicks: 120_000_000,
  sessions: { started: 12_345, active: 200, dropped: 0 },
  hasMessages: false,
  requests: { issued: 123_456, messages: 0, failed: 12, unexpected: 0, inFlight: 45 },
  requestsPerSecond: 1234.4,
  lagMaxTicks: 132,
  errors: [{ code: 3501, name: "wait.timeout", count: 10 }, {
    code: 3201,
    name: "connect.refused",
    count: 2,
  }],
};

const COLOURS = /\p{Cc}\[\d+m/gu;

Deno.test("a block for a terminal", () => {
  assert.deepEqual(liveBlock(PROGRESS, { width: 80, color: false }), [
    "checkout · hold ━━━━━━━━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  62% 1:14 of 2:00",
    "  requests  1,234/s · 123,456 issued · 45 in flight · 12 failed",
    "  sessions  200 active · 12,345 started · 0 dropped · lag up to 132µs",
    "  errors    10 × Z3501 wait.timeout · 2 × Z3201 connect.refused",
  ]);
});

Deno.test("a block where little is known: no errors, no lag, no end", () => {
  const early = { ...PROGRESS, stageProgress: 0, totalTicks: 0, lagMaxTicks: null, errors: [] };
  assert.deepEqual(liveBlock(early, { width: 40, color: false }), [
    "checkout · hold ╌╌╌╌╌╌╌╌╌╌╌╌╌╌   0% 1:14",
    "  requests  1,234/s · 123,456 issued",
    "            45 in flight · 12 failed",
    "  sessions  200 active · 12,345 started",
    "            0 dropped",
  ]);
});

Deno.test("a block of a run with WebSockets counts steps, and says how many were messages", () => {
  const requests = { ...PROGRESS.requests, messages: 100_000, unexpected: 7 };
  const [, steps] = liveBlock({ ...PROGRESS, hasMessages: true, requests }, { width: 120, color: false });
  assert.equal(
    steps,
    "  steps     1,234/s · 123,456 issued · 100,000 messages sent · 45 in flight · 12 failed · 7 unexpected",
  );
  assert.match(
    liveLine({ ...PROGRESS, hasMessages: true, requests }),
    / 1,234 steps\/s · 123,456 issued · 100,000 messages sent · 45 in flight · 12 failed · 7 unexpected · /,
  );
});

Deno.test("a line where there is no terminal", () => {
  assert.equal(
    liveLine(PROGRESS),
    "1:14 of 2:00 hold 62% · 1,234 requests/s · 123,456 issued · 45 in flight · 12 failed · 200 sessions active · " +
      "0 dropped · lag up to 132µs · 10 × Z3501 wait.timeout · 2 × Z3201 connect.refused",
  );
});

Deno.test("a block is never wider than its terminal, and colour changes no letter", () => {
  fc.assert(fc.property(
    fc.integer({ min: 24, max: 200 }),
    fc.double({ min: -1, max: 2, noNaN: true }),
    fc.array(fc.constantFrom("a", "ü", "混", "雑", "🏠", " "), { maxLength: 60 }).map((all) => all.join("")),
    (width, stageProgress, stage) => {
      const progress = { ...PROGRESS, stageProgress, stage };
      const plain = liveBlock(progress, { width, color: false });
      assert.ok(plain.every((line) => textWidth(line) <= width), plain.join("\n"));
      const stripped = liveBlock(progress, { width, color: true }).map((line) => line.replace(COLOURS, ""));
      assert.deepEqual(stripped, plain);
    },
  ));
});
