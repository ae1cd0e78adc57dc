/** Every number of one ledger is the same in every report: all of them are read back and held against the JSON report. */
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import type { Summary } from "../runtime/reduce/summary.ts";
import { timelineOf } from "../runtime/reduce/timeline_of.ts";
import { renderHtml } from "../runtime/report/html/document.ts";
import { renderJson } from "../runtime/report/json.ts";
import { renderJunit } from "../runtime/report/junit.ts";
import { renderMarkdown } from "../runtime/report/markdown.ts";
import { renderPrometheus } from "../runtime/report/prometheus.ts";
import { renderText } from "../runtime/report/text.ts";
import { REPORTED_RUNS } from "./exported_runs.ts";
import { assertHtml } from "./shown_html.ts";
import { assertJunit } from "./shown_junit.ts";
import { assertMarkdown } from "./shown_markdown.ts";
import { assertPrometheus } from "./shown_prometheus.ts";
import { assertText } from "./shown_text.ts";

/** As wide as it goes. */
const WIDTH = 120;

for (const [name, make] of Object.entries(REPORTED_RUNS)) {
  const made = (async (): Promise<{ ledgers: ReducibleLedger[]; own: Summary; summary: Summary }> => {
    const ledgers = await make();
    const own = reduce(ledgers);
    // What a program reads that has only the JSON report.
    return { ledgers, own, summary: JSON.parse(renderJson(own)) };
  })();

  Deno.test(`the text report of a run that ${name} says what the JSON report says`, async () => {
    const { own, summary } = await made;
    assertText(renderText(own, { width: WIDTH, color: false }), summary);
  });

  Deno.test(`the page of a run that ${name} says what the JSON report says, its charts' data too`, async () => {
    const { ledgers, own, summary } = await made;
    const { plan } = ledgers[0].header;
    assertHtml(renderHtml(own, timelineOf(ledgers, own), plan), summary);
  });

  Deno.test(`Markdown, JUnit and Prometheus' text of a run that ${name} say what the JSON report says`, async () => {
    const { own, summary } = await made;
    assertMarkdown(renderMarkdown(own), summary);
    assertJunit(renderJunit(own), summary);
    assertPrometheus(renderPrometheus(own), summary);
  });
}
