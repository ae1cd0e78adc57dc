/**
 * A Summary and its Timeline as one page of HTML that needs nothing else: style, script and data stand in it, and it may
 * not load anything (its own policy says so). The same run gives the same bytes. docs/report.md describes it.
 */
import type { Plan } from "../../plan.ts";
import type { Summary } from "../../reduce/summary.ts";
import type { Timeline } from "../../reduce/timeline.ts";
import { behindBar } from "./behind.ts";
import { chartsSection } from "./charts.ts";
import { diagnosisSection } from "./diagnosis.ts";
import { failuresSection } from "./failures.ts";
import { joined, type Markup, markup, POLICY, raw } from "./markup.ts";
import { originSection } from "./origin.ts";
import { packTimeline } from "./packed_timeline.ts";
import { LICENCE, SCRIPT, STYLE } from "./page_assets.ts";
import { pageFacts } from "./page_facts.ts";
import { countsSection, partsSection, timesSection } from "./times.ts";
import { judgement, keyFigures, verdictHeader } from "./verdict.ts";

/** The whole page. */
export function renderHtml(summary: Summary, timeline: Timeline, plan: Plan): string {
  const body = joined([
    verdictHeader(summary),
    diagnosisSection(summary),
    keyFigures(summary),
    judgement(summary),
    chartsSection(plan, timeline),
    timesSection(summary),
    partsSection(summary),
    failuresSection(summary),
    countsSection(summary),
    originSection(summary, plan),
  ]);
  const title = `${summary.run.name}: ${summary.verdict.verdict}`;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="z6c ${summary.run.z6c}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${raw(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
<header class="top"><p class="mark">z6c</p><nav aria-label="Sections">${links(summary)}</nav>
<fieldset class="themes"><legend class="unseen">Colours</legend>${
    [["auto", "System"], ["light", "Light"], ["dark", "Dark"]].map(([value, name]) =>
      markup`<label><input type="radio" name="theme" value="${value}"${
        value === "auto" ? raw(" checked") : raw("")
      }><span>${name}</span></label>`
    )
  }</fieldset></header>
<main id="main">
${body}</main>
<footer><p>Every number comes from the ledger. Made by z6c ${summary.run.z6c}; charts by uPlot.</p></footer>
${behindBar(summary)}<script type="application/json" id="facts">${
    raw(scriptJson(pageFacts(summary, plan)))
  }</script>
<script type="text/plain" id="timeline">${raw(packTimeline(timeline))}</script>
<script>/*! ${raw(LICENCE)} */
${raw(SCRIPT)}</script>
</body>
</html>
`.html;
}

function links(summary: Summary): Markup[] {
  const failed = summary.errors.length + summary.failedChecks.length > 0;
  return [
    ["thresholds", "Thresholds"],
    ["charts", "Over time"],
    ["times", "Times"],
    ["parts", "Parts"],
    ...(failed ? [["failures", "Failures"]] : []),
    ["origin", "Origin"],
  ].map(([id, name]) => markup`<a href="#${id}">${name}</a>`);
}

/** JSON that ends no script. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
