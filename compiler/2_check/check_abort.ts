/** `abort` of a threshold: whether a run can know, before its end, that the threshold will be missed. */
import type { Path } from "../1_parse/document.ts";
import type { Metric, Statistic } from "../../runtime/plan.ts";
import { type Checking, report } from "./checking.ts";
import type { Threshold } from "./scenario.ts";

type Asked = Readonly<Pick<Threshold, "metric" | "statistic" | "comparison"> & { key: string }>;

/** What the load allows, `3_lower` says. `path` is that of the key `abort`. */
export function checkAbort(
  checking: Checking,
  path: Path,
  { key, metric, statistic, comparison }: Asked,
): void {
  const why = whyNot(key, metric, statistic, comparison);
  if (why !== null) report(checking, "Z1708", path, why);
}

function whyNot(
  key: string,
  metric: Metric,
  statistic: Statistic,
  comparison: Threshold["comparison"],
): string | null {
  const isUpper = comparison === "<" || comparison === "<=";
  const turned =
    `${key} ${comparison} can be met again as long as the run goes on; remove abort, or turn the comparison round`;
  switch (statistic.kind) {
    case "avg":
    case "rate":
    case "total":
      return `whether ${key} of ${metric} will be met is known only at the end; remove abort, or ask for a quantile, max or ratio`;
    case "min":
      return isUpper ? turned : null;
    case "quantile":
    case "max":
      return isUpper ? null : turned;
    case "ratio":
    case "count": {
      // Of checks, the share or number of those that passed is asked for, and failures count against it.
      const isAgainst = metric === "checks" && statistic.kind === "ratio" ? !isUpper : isUpper;
      return isAgainst ? null : turned;
    }
  }
}
