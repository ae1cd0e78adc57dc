import { withLedgers } from "./opened_ledgers.ts";
import type { Summary } from "./reduce/summary.ts";
import { timelineOf } from "./reduce/timeline_of.ts";
import { renderHtml } from "./report/html/document.ts";

/** The HTML report of the ledgers of one run, of which `summary` is. Reads them again, twice or so. Throws `UserError`. */
export function htmlReport(paths: readonly string[], summary: Summary): string {
  return withLedgers(
    paths,
    (ledgers) => renderHtml(summary, timelineOf(ledgers, summary), ledgers[0].header.plan),
  );
}
