/** The Summary as JSON: the same fields in the same order for the same run. docs/metrics.md describes them. */
import type { Summary } from "../reduce/summary.ts";

/** Ends with a newline. */
export function renderJson(summary: Summary): string {
  return JSON.stringify(summary, null, 2) + "\n";
}
