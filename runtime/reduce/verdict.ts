/** The verdict: one word, why, and the exit code. */
import { STOP } from "../ledger/record.ts";
import type { Stop } from "./course.ts";
import { EXIT } from "./exit_codes.ts";
import type { Integrity } from "../ledger/reader.ts";
import type { OnceSummary, RequestTotals, ThresholdResult, ValidityResult, Verdict } from "./summary.ts";

export type VerdictFacts = Readonly<{
  /** In the order of the plan's. */
  thresholds: readonly ThresholdResult[];
  validity: readonly ValidityResult[];
  integrity: Integrity;
  requests: RequestTotals;
  /** Of all shards. */
  stops: readonly Pick<Stop, "reason" | "threshold">[];
  once: readonly OnceSummary[];
}>;

/**
 * Invalid before interrupted before failed before passed: the first that has a reason gives the verdict, and the
 * reasons of the others follow. A run that was interrupted is judged, but what it missed does not count as failed.
 */
export function reachVerdict(facts: VerdictFacts): Verdict {
  const invalid = invalidReasons(facts);
  const interrupted = interruptedReasons(facts);
  const failed = failedReasons(facts);
  const reasons = [...invalid, ...interrupted, ...failed];
  if (invalid.length > 0) return { verdict: "invalid", reasons, exitCode: EXIT.invalid };
  if (interrupted.length > 0) return { verdict: "interrupted", reasons, exitCode: EXIT.interrupted };
  if (failed.length > 0) return { verdict: "failed", reasons, exitCode: EXIT.failed };
  return { verdict: "passed", reasons: [passedReason(facts)], exitCode: EXIT.passed };
}

function invalidReasons(facts: VerdictFacts): string[] {
  const { validity, integrity, thresholds } = facts;
  const interrupted = interruptedReasons(facts).length > 0;
  const reasons = stoppedFor(facts, STOP.ledgerFull)
    ? ["the ledger could not be written any further, and the run stopped there"]
    : [];
  for (const { name, ok } of validity) {
    if (ok) continue;
    // Who stops a run twice cuts its ledger, and who stops it early has no samples: neither says more than that.
    if (interrupted && (name === "samples" || (name === "ledger" && integrity.state !== "damaged"))) continue;
    if (name === "samples" && hasNoLoad(facts)) continue;
    reasons.push(brokenPromise(name, integrity));
  }
  thresholds.forEach((threshold, position) => {
    const idle = threshold.actual === null && (interrupted || hasNoLoad(facts));
    if (threshold.invalidates && !threshold.passed && !idle) reasons.push(missed(threshold, position, facts));
  });
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
    case "cpu":
      return "z6c was too busy: what it used of the processor is above the limit";
    case "samples":
      return "nothing was measured";
    case "ledger":
      return integrity.problem ?? "the ledger does not say how the run ended";
  }
}

function interruptedReasons(facts: VerdictFacts): string[] {
  if (stoppedFor(facts, STOP.halted)) {
    return ["interrupted before its end; what was under way was given up"];
  }
  return stoppedFor(facts, STOP.interrupted)
    ? ["interrupted before its end; what was under way was waited for"]
    : [];
}

function failedReasons(facts: VerdictFacts): string[] {
  const reasons = stoppedFor(facts, STOP.setupFailed) ? setupReasons(facts) : [];
  if (hasNoLoad(facts)) return reasons;
  if (stoppedFor(facts, STOP.stepFailed) && reasons.length === 0) {
    reasons.push('a step with on_error = "stop-run" failed and stopped the run');
  }
  if (facts.requests.issued > 0 && facts.requests.responded === 0) {
    reasons.push("the target answered none of the requests");
  }
  facts.thresholds.forEach((threshold, position) => {
    if (!threshold.passed && !threshold.invalidates) reasons.push(missed(threshold, position, facts));
  });
  return reasons;
}

/** The setup failed, so that there is no load to judge. */
function hasNoLoad(facts: VerdictFacts): boolean {
  return facts.requests.issued === 0 && stoppedFor(facts, STOP.setupFailed);
}

function setupReasons({ once }: VerdictFacts): string[] {
  const shards = new Set(once.map(({ shard }) => shard)).size;
  const reasons = once.flatMap(({ phase, outcome, trouble, shard }) => {
    if (phase !== "setup" || outcome === "completed") return [];
    const where = shards > 1 ? ` of shard ${shard}` : "";
    return [
      trouble === null
        ? `setup${where} did not come to its end`
        : `setup${where} failed at step ${trouble.step}: ${trouble.what}`,
    ];
  });
  return reasons.length === 0 ? ["setup did not go through"] : reasons;
}

function missed(
  { text, actual, invalidates }: ThresholdResult,
  position: number,
  { stops }: VerdictFacts,
): string {
  const aborted = stops.some(({ reason, threshold }) =>
    reason === STOP.thresholdMissed && threshold === position
  );
  if (aborted) return `stopped early: ${text} can no longer be met`;
  const outcome = `${actual === null ? "nothing to judge" : "missed"}: ${text}`;
  return invalidates ? `${outcome}, which makes the run invalid` : outcome;
}

function stoppedFor({ stops }: VerdictFacts, wanted: number): boolean {
  return stops.some(({ reason }) => reason === wanted);
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
