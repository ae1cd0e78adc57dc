/** `["timeout", "reset", 503, "5xx"]` → which errors and statuses lead to another try. */
import { quote } from "../diagnostic.ts";
import { didYouMean } from "./nearest_name.ts";
import { isTrouble, read, type Reading, trouble } from "./reading.ts";
import type { Retry, RetryCause } from "./scenario.ts";
import { readStatuses } from "./statuses.ts";

const CAUSES: readonly RetryCause[] = ["timeout", "reset", "closed", "refused", "connect", "wait"];

export function readRetryReasons(
  reasons: readonly (string | number)[],
): Reading<Pick<Retry, "causes" | "statuses">> {
  if (reasons.length === 0) {
    return trouble(
      "Z1215",
      "lists nothing, so nothing is ever tried again; leave the key out, or remove retry",
    );
  }
  const causes = new Set<RetryCause>();
  const statuses: (string | number)[] = [];
  for (const reason of reasons) {
    const cause = CAUSES.find((one) => one === reason);
    if (cause !== undefined) causes.add(cause);
    else if (/^[1-5](\d\d|xx)$/.test(String(reason))) statuses.push(reason);
    else {
      const shown = typeof reason === "string" ? quote(reason) : String(reason);
      const hint = didYouMean(String(reason), CAUSES) ||
        '; write "timeout", "reset", "closed", "refused", "connect", "wait", a status such as 503 or a class such as "5xx"';
      return trouble("Z1215", `${shown} is no reason to try again${hint}`);
    }
  }
  if (statuses.length === 0) return read({ causes: [...causes], statuses: [] });
  const ranges = readStatuses(statuses);
  return isTrouble(ranges) ? ranges : read({ causes: [...causes], statuses: ranges.value });
}
