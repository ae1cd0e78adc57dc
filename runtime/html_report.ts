import type { ReducibleLedger } from "./reduce/first_pass.ts";
import type { Summary } from "./reduce/summary.ts";
import { timelineOf } from "./reduce/timeline_of.ts";
import { renderHtml } from "./report/html/document.ts";

/** The HTML report of the ledgers of one run, of which `summary` is. Reads them again, once or twice. */
export function htmlReport(ledgers: readonly ReducibleLedger[], summary: Summary): string {
  return renderHtml(summary, timelineOf(ledgers, summary), ledgers[0].header.plan);
}
