/** The verdict: one word, why, and the exit code. */
import { STOP } from "../ledger/record.ts";
import { EXIT } from "./exit_codes.ts";
import type { Integrity } from "../ledger/reader.ts";
import type { RequestTotals, ThresholdResult, ValidityResult, Verdict } from "./summary.ts";

export type VerdictFacts = Readonly<{
  thresholds: readonly ThresholdResult[];
  validity: readonly ValidityResult[];
  integrity: Integrity;
  requests: RequestTotals;
  /** A `STOP`, or 0. */
  stopReason: number;
}>;

/**
 * Invalid before interrupted before failed before passed: the first that has a reason gives the verdict, and the
 * reasons of the others follow. A run that was interrupted is judged, but what it missed does not count as failed.
 */
export function reachVerdict(facts: VerdictFacts): Verdict {
  const invalid = invalidReasons(facts);
  const interrupted = interruptedReasons(facts.stopReason);
  const failed = failedReasons(facts);
  const reasons = [...invalid, ...interrupted, ...failed];
  if (invalid.length > 0) return { verdict: "invalid", reasons, exitCode: EXIT.invalid };
  if (interrupted.length > 0) return { verdict: "interrupted", reasons, exitCode: EXIT.interrupted };
  if (failed.length > 0) return { verdict: "failed", reasons, exitCode: EXIT.failed };
  return { verdict: "passed", reasons: [passedReason(facts)], exitCode: EXIT.passed };
}

function invalidReasons({ validity, integrity, stopReason }: VerdictFacts): string[] {
  const interrupted = interruptedReasons(stopReason).length > 0;
  const reasons = stopReason === STOP.ledgerFull
    ? ["the ledger could not be written any further, and the run stopped there"]
    : [];
  for (const { name, ok } of validity) {
    if (ok) continue;
    // Who stops a run twice cuts its ledger, and who stops it early has no samples: neither says more than that.
    if (interrupted && (name === "samples" || (name === "ledger" && integrity.state !== "damaged"))) continue;
    reasons.push(brokenPromise(name, integrity));
  }
  return reasons;
}

function brokenPromise(name: ValidityResult["name"], integrity: Integrity): string {
  switch (name) {
    case "lag":
      return "z6c sent too late: its lag is above the limit";
    case "drops":
      return "too many arrivals were dropped";
    case "gaps":
      return "z6c's loop stood still for too long";
    case "samples":
      return "nothing was measured";
    case "ledger":
      return integrity.problem ?? "the ledger does not say how the run ended";
  }
}

function interruptedReasons(stopReason: number): string[] {
  switch (stopReason) {
    case STOP.interrupted:
      return ["interrupted before its end; what was under way was waited for"];
    case STOP.halted:
      return ["interrupted before its end; what was under way was given up"];
    default:
      return [];
  }
}

function failedReasons({ thresholds, requests, stopReason }: VerdictFacts): string[] {
  const reasons = stopReason === STOP.stepFailed
    ? ['a step with on_error = "stop-run" failed and stopped the run']
    : [];
  if (requests.issued > 0 && requests.responded === 0) {
    reasons.push("the target answered none of the requests");
  }
  for (const { text, passed, actual } of thresholds) {
    if (!passed) reasons.push(`${actual === null ? "nothing to judge" : "missed"}: ${text}`);
  }
  return reasons;
}

function passedReason({ thresholds }: VerdictFacts): string {
  switch (thresholds.length) {
    case 0:
      return "there was no threshold to miss";
    case 1:
      return "the threshold held";
    default:
      return `all ${thresholds.length} thresholds held`;
  }
}
