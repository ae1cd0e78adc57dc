import type { Threshold } from "./plan.ts";

/** Whether `left` is as wanted beside `right`, of thresholds and expectations alike. Nothing holds of NaN. */
export function holds<Value extends number | bigint>(
  left: Value,
  comparison: Threshold["comparison"],
  right: Value,
): boolean {
  switch (comparison) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}
