/** Which errors of a request lead to another try. */
import type { Retry } from "../../runtime/plan.ts";
import type { Retry as SourceRetry, RetryCause } from "../2_check/scenario.ts";

/** Codes of errors, as the ledger numbers them. */
export const RETRY_ERRORS: Readonly<Record<RetryCause, readonly number[]>> = {
  timeout: [3102, 3203, 3303, 3402, 3501, 3601],
  reset: [3204, 3401, 3502, 3602, 3741],
  closed: [3503, 3603, 3724],
  refused: [3201, 3721, 3742],
  connect: [3201, 3202, 3203, 3204, 3205],
  wait: [3501, 3502, 3503, 3724, 3742, 3743],
};

/** Errors by their codes, ascending, each once. */
export function lowerRetry({ times, causes, statuses, minTicks, maxTicks }: SourceRetry): Retry {
  const errors = new Set(causes.flatMap((cause) => RETRY_ERRORS[cause]));
  return { times, errors: [...errors].sort((a, b) => a - b), statuses, minTicks, maxTicks };
}
