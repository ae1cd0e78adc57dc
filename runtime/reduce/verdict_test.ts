import assert from "node:assert/strict";
import { STOP } from "../ledger/record.ts";
import type { ThresholdResult } from "./summary.ts";
import { judgeValidity, type ValidityFacts } from "./validity.ts";
import { reachVerdict } from "./verdict.ts";

const LIMITS = { lagP99Ticks: 1000, dropsPpm: 1000, gapsPpm: 10_000 };
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
const GOOD: ValidityFacts = {
  lagP99Ticks: 1000,
  issued: 100,
  started: 999,
  dropped: 1,
  gapTicks: 1,
  ticks: 100,
  integrity: WHOLE,
  ended: true,
};
const MISSED: ThresholdResult = {
  text: "response_time p99 < 1ms",
  metric: "response_time",
  unit: "ticks",
  comparison: "<",
  limit: 1000,
  actual: 2000,
  passed: false,
  samples: 100,
};

type Given = { facts?: Partial<ValidityFacts>; missed?: boolean; stopReason?: number; responded?: number };
const CASES: [string, Given, verdict: string, exitCode: number][] = [
  ["all is well, at the limits", {}, "passed", 0],
  ["a threshold is missed", { missed: true }, "failed", 99],
  ["a step stopped the run", { stopReason: STOP.stepFailed }, "failed", 99],
  ["nothing was answered", { responded: 0 }, "failed", 99],
  ["lag is above its limit", { facts: { lagP99Ticks: 1001 } }, "invalid", 97],
  ["drops are above their limit", { facts: { dropped: 2 } }, "invalid", 97],
  ["gaps are above their limit", { facts: { gapTicks: 2 } }, "invalid", 97],
  ["nothing was measured", { facts: { issued: 0 }, responded: 0 }, "invalid", 97],
  ["the ledger is cut", { facts: { integrity: CUT, ended: false } }, "invalid", 97],
  ["the ledger is damaged", { facts: { integrity: DAMAGED } }, "invalid", 97],
  ["the ledger was full", { stopReason: STOP.ledgerFull }, "invalid", 97],
  ["somebody stopped it", { stopReason: STOP.interrupted }, "interrupted", 105],
  [
    "somebody stopped it twice",
    { stopReason: STOP.halted, facts: { integrity: CUT, ended: false } },
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

for (
  const [what, { facts = {}, missed = false, stopReason = 0, responded = 100 }, verdict, exitCode] of CASES
) {
  Deno.test(`${what}: ${verdict}`, () => {
    const known = { ...GOOD, ...facts };
    const { issued, integrity } = known;
    const reached = reachVerdict({
      thresholds: missed ? [MISSED] : [],
      validity: judgeValidity(LIMITS, known),
      integrity,
      requests: { ...NO_REQUESTS, issued, responded },
      stopReason,
    });
    assert.deepEqual([reached.verdict, reached.exitCode], [verdict, exitCode]);
    assert.ok(reached.reasons.length > 0);
    assert.equal(reached.reasons.includes(`missed: ${MISSED.text}`), missed);
  });
}
