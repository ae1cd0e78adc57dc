import assert from "node:assert/strict";
import { STOP } from "../ledger/record.ts";
import type { OnceSummary, ThresholdResult } from "./summary.ts";
import { judgeValidity, type ValidityFacts } from "./validity.ts";
import { reachVerdict } from "./verdict.ts";

const LIMITS = { lagP99Ticks: 1000, dropsPpm: 1000, gapsPpm: 10_000, cpuPpm: 950_000 };
const WHOLE: ValidityFacts["integrity"] = {
  state: "whole",
  records: 10,
  blocks: 1,
  bytesRead: 320,
  bytesLost: 0,
  recordsLost: 0,
  digest: "d1",
  problem: null,
};
const CUT = { ...WHOLE, state: "partial", problem: "the end is missing" } as const;
const DAMAGED = { ...WHOLE, state: "damaged", problem: "block 3 was changed" } as const;
const NO_REQUESTS = {
  issued: 0,
  responded: 0,
  failed: 0,
  unexpected: 0,
  cancelled: 0,
  errors: 0,
  redirected: 0,
  retried: 0,
  perSecond: null,
};
/** A run that stood still for so many of its 100 ticks. */
function course(gapTicks: number, ended = true): ValidityFacts["courses"][number] {
  return { gaps: { count: 1, longestTicks: gapTicks, totalTicks: gapTicks }, measuredTicks: 100, ended };
}
const GOOD: ValidityFacts = {
  transport: "socket",
  lagP99Ticks: 1000,
  issued: 100,
  started: 999,
  dropped: 1,
  courses: [course(1)],
  cpuPpm: 950_000,
  integrity: WHOLE,
};
const MISSED: ThresholdResult = {
  text: "response_time p99 < 1ms",
  metric: "response_time",
  unit: "ticks",
  comparison: "<",
  limit: 1000,
  actual: 2000,
  passed: false,
  invalidates: false,
  samples: 100,
};

type Given = {
  facts?: Partial<ValidityFacts>;
  missed?: boolean | Partial<ThresholdResult>;
  stopReason?: number;
  responded?: number;
  once?: OnceSummary[];
};
const NOTHING = { facts: { issued: 0 }, responded: 0 };
const NOT_SET_UP: Given = { ...NOTHING, stopReason: STOP.setupFailed };
const CASES: [string, Given, verdict: string, exitCode: number][] = [
  ["all is well, at the limits", {}, "passed", 0],
  ["a threshold is missed", { missed: true }, "failed", 99],
  ["a step stopped the run", { stopReason: STOP.stepFailed }, "failed", 99],
  ["it was too busy", { facts: { cpuPpm: 950_001 } }, "invalid", 97],
  ["nobody could tell how busy it was", { facts: { cpuPpm: null } }, "passed", 0],
  ["one of two shards stood still", { facts: { courses: [course(0), course(2)] } }, "invalid", 97],
  ["one of two shards has no end", { facts: { courses: [course(0), course(0, false)] } }, "invalid", 97],
  ["a threshold that invalidates is missed", { missed: { invalidates: true } }, "invalid", 97],
  [
    "stopped, and a threshold that invalidates has nothing",
    { ...NOTHING, stopReason: STOP.interrupted, missed: { invalidates: true, actual: null } },
    "interrupted",
    105,
  ],
  ["a threshold can no longer be met", { missed: true, stopReason: STOP.thresholdMissed }, "failed", 99],
  ["the setup failed", NOT_SET_UP, "failed", 99],
  [
    "the setup failed, and nothing could be judged",
    { ...NOT_SET_UP, missed: { actual: null } },
    "failed",
    99,
  ],
  ["nothing was answered", { responded: 0 }, "failed", 99],
  ["lag is above its limit", { facts: { lagP99Ticks: 1001 } }, "invalid", 97],
  ["drops are above their limit", { facts: { dropped: 2 } }, "invalid", 97],
  ["gaps are above their limit", { facts: { courses: [course(2)] } }, "invalid", 97],
  ["nothing was measured", NOTHING, "invalid", 97],
  ["the ledger is cut", { facts: { integrity: CUT, courses: [course(0, false)] } }, "invalid", 97],
  ["the ledger is damaged", { facts: { integrity: DAMAGED } }, "invalid", 97],
  ["the ledger was full", { stopReason: STOP.ledgerFull }, "invalid", 97],
  ["somebody stopped it", { stopReason: STOP.interrupted }, "interrupted", 105],
  [
    "somebody stopped it twice",
    { stopReason: STOP.halted, facts: { integrity: CUT, courses: [course(0, false)] } },
    "interrupted",
    105,
  ],
  [
    "somebody stopped it at once",
    { stopReason: STOP.interrupted, facts: { issued: 0 }, responded: 0 },
    "interrupted",
    105,
  ],
  ["stopped and missed", { stopReason: STOP.interrupted, missed: true }, "interrupted", 105],
  ["stopped and late", { stopReason: STOP.interrupted, facts: { lagP99Ticks: 1001 } }, "invalid", 97],
  ["stopped and damaged", { stopReason: STOP.interrupted, facts: { integrity: DAMAGED } }, "invalid", 97],
  ["late and missed", { missed: true, facts: { lagP99Ticks: 1001 } }, "invalid", 97],
];

for (const [what, given, verdict, exitCode] of CASES) {
  Deno.test(`${what}: ${verdict}`, () => {
    const reached = verdictOf(given);
    assert.deepEqual([reached.verdict, reached.exitCode], [verdict, exitCode]);
    assert.ok(reached.reasons.length > 0);
    const { missed = false, stopReason } = given;
    const isTold = reached.reasons.some((reason) => reason.includes(MISSED.text));
    assert.equal(isTold, missed !== false && !(typeof missed === "object" && missed.actual === null));
    assert.equal(
      reached.reasons.includes(`stopped early: ${MISSED.text} can no longer be met`),
      stopReason === STOP.thresholdMissed,
    );
  });
}

const FAILED_SETUP: OnceSummary = {
  phase: "setup",
  shard: 2,
  outcome: "failed",
  lengthTicks: 5,
  requests: 1,
  steps: ["login"],
  trouble: { step: "login", code: 3201, what: "connect.refused", excerpt: "" },
};

Deno.test("a setup that failed is told with its step, and with its shard where there are several", () => {
  const reasons = (once: OnceSummary[]) => verdictOf({ ...NOT_SET_UP, once }).reasons;
  assert.deepEqual(reasons([FAILED_SETUP]), ["setup failed at step login: connect.refused"]);
  const good: OnceSummary = { ...FAILED_SETUP, shard: 1, outcome: "completed", trouble: null };
  assert.deepEqual(reasons([good, FAILED_SETUP]), ["setup of shard 2 failed at step login: connect.refused"]);
  assert.deepEqual(reasons([]), ["setup did not go through"]);
});

function verdictOf({ facts = {}, missed = false, stopReason = 0, responded = 100, once = [] }: Given) {
  const known = { ...GOOD, ...facts };
  const { issued, integrity } = known;
  return reachVerdict({
    thresholds: missed === false ? [] : [{ ...MISSED, ...(missed === true ? {} : missed) }],
    validity: judgeValidity(LIMITS, known),
    integrity,
    requests: { ...NO_REQUESTS, issued, responded },
    stops: stopReason === 0 ? [] : [{ reason: stopReason, threshold: 0 }],
    once,
  });
}

Deno.test("who is late is told of a faster transport where there is one", () => {
  const advice = (transport: ValidityFacts["transport"]) =>
    judgeValidity(LIMITS, { ...GOOD, transport }).find(({ name }) => name === "lag")?.advice ?? "";
  assert.match(advice("fetch"), /^use transport = "socket", .*--workers.*--shard/);
  assert.match(advice("socket"), /^use transport = "epoll" \(Linux, http\), .*--workers.*--shard/);
  assert.match(advice("epoll"), /^divide the load among --workers/);
});
