/** Tallies by step to what a report lists: errors by code, failed checks by step, the most frequent first. */
import { requestError } from "../ledger/errors.ts";
import type { Plan } from "../plan.ts";
import { checkText } from "./check_text.ts";
import type { Tally } from "./tally.ts";
import type { ErrorSummary, FailedCheckSummary } from "./summary.ts";

export function errorSummaries(plan: Plan, tallies: ReadonlyMap<number, Tally>): ErrorSummary[] {
  const byCode = Map.groupBy(tallies.values(), (tally) => tally.which);
  const errors = [...byCode].map(([code, ofCode]) => {
    const { name, cause, action } = requestError(code);
    return {
      code,
      name,
      cause,
      action,
      count: ofCode.reduce((sum, tally) => sum + tally.count, 0),
      firstTick: Math.min(...ofCode.map((tally) => tally.firstTick)),
      steps: ofCode.sort(frequentFirst).map(({ step, count, excerpt }) => ({
        ...names(plan, step),
        count,
        excerpt,
      })),
    };
  });
  return errors.sort((one, other) => other.count - one.count || one.code - other.code);
}

/** Checks that failed, by step and check; the most frequent first. */
export function failedCheckSummaries(plan: Plan, tallies: ReadonlyMap<number, Tally>): FailedCheckSummary[] {
  return [...tallies.values()].sort(frequentFirst).map(({ step, which, count, firstTick, excerpt }) => ({
    ...names(plan, step),
    check: which,
    expected: checkText(plan, step, which),
    count,
    firstTick,
    excerpt,
  }));
}

function frequentFirst(one: Tally, other: Tally): number {
  return other.count - one.count || one.step - other.step || one.which - other.which;
}

function names(plan: Plan, step: number): { flow: string; step: string } {
  return { flow: plan.flows[plan.steps[step].flow].name, step: plan.steps[step].name };
}
