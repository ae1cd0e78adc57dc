/** A comparison as one file for a browser: no script, nothing from elsewhere, light and dark. */
import { printable } from "../../runtime/report/format.ts";
import type { ComparedRun, Comparison, Finding } from "./comparison.ts";
import { PAIRED_COLUMNS, PAIRED_TITLE, pairedRows, pairedText } from "./paired_rows.ts";
import {
  countText,
  LEGEND,
  mark,
  methodText,
  pairingText,
  type Row,
  runFacts,
  type Section,
  sectionsOf,
  sentencesOf,
} from "./rows.ts";

/** Ends with a newline. */
export function comparisonHtml(comparison: Comparison): string {
  const { warnings, baseline, candidate, onlyIn } = comparison;
  const heading = `${baseline.name}: A against B`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(heading)}</title>
<style>
${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(heading)}</h1>
${
    warnings.map((warning) => `<p class="warning" role="alert">${escaped(warning)}</p>\n`).join("")
  }<div class="runs">
${runCard("A", "baseline", baseline)}${runCard("B", "candidate", candidate)}</div>
<p>${escaped(pairingText(comparison))}</p>
${gates(comparison)}${real(comparison)}${
    sectionsOf(comparison, false).map((section) => figures(section, comparison)).join("")
  }${paired(comparison)}${only("A", onlyIn.baseline)}${only("B", onlyIn.candidate)}<footer>
<p>${LEGEND} ${escaped(methodText(comparison))}</p>
</footer>
</main>
</body>
</html>
`;
}

function runCard(letter: string, role: string, run: ComparedRun): string {
  const { verdict, reasons } = run.verdict;
  const why = verdict === "passed"
    ? ""
    : `<ul>${reasons.map((reason) => `<li>${escaped(reason)}</li>`).join("")}</ul>`;
  return `<section aria-label="${role}">
<h2>${letter} <small>${role}</small> <span class="verdict ${verdict}">${verdict}</span></h2>
${why}<p>${run.ledgers.map((path) => `<code>${escaped(path)}</code>`).join("<br>")}</p>
<p class="facts">${escaped(runFacts(run).join(" · "))}</p>
</section>
`;
}

function gates({ gates }: Comparison): string {
  if (gates.length === 0) return "";
  const items = gates.map(({ text, outcome, found, fails }) => {
    const [style, sign] = fails
      ? ["worse", "✗"]
      : outcome === "does not hold"
      ? ["better", "✓"]
      : ["unknown", "?"];
    const words = outcome === "nothing" ? found : `${outcome}: ${found}`;
    return `<li><b class="${style}">${sign} ${escaped(text)}</b> ${escaped(words)}</li>\n`;
  });
  return `<h2>Fail on</h2>\n<ul class="plain">\n${items.join("")}</ul>\n`;
}

function real(comparison: Comparison): string {
  const items = sentencesOf(comparison).map(({ isWorse, part, words }) =>
    `<li><b class="${isWorse ? "worse" : "better"}">${isWorse ? "✗" : "✓"} ${escaped(part)}</b> ${
      escaped(words)
    }</li>\n`
  );
  const list = items.length === 0 ? "<p>None.</p>\n" : `<ul class="plain">\n${items.join("")}</ul>\n`;
  return `<h2>Real differences</h2>\n${list}<p>${escaped(countText(comparison))}</p>\n`;
}

function figures({ title, kind, rows }: Section, { confidence }: Comparison): string {
  const named = kind !== "all";
  const titles = [
    ...(named ? [TEXT(kind)] : []),
    TEXT("figure"),
    ...["A", "B", "change"].map(NUMBER),
    TEXT("finding"),
    TEXT(`${confidence}% interval`),
  ];
  return table(title, titles, rows.map((row) => figureRow(row, named)));
}

const TEXT = (title: string) => `<th scope="col">${title}</th>`;
const NUMBER = (title: string) => `<th scope="col" class="number">${title}</th>`;

function table(title: string, titles: readonly string[], rows: readonly string[]): string {
  return `<h2>${title}</h2>
<div class="wide" tabindex="0" role="region" aria-label="${title}">
<table>
<thead><tr>${titles.join("")}</tr></thead>
<tbody>
${rows.join("")}</tbody>
</table>
</div>
`;
}

const FINDINGS: Readonly<Record<Finding, string>> = {
  worse: "worse",
  better: "better",
  noise: "within noise",
  same: "the same",
  unknown: "too few samples",
};

function figureRow({ part, figure, a, b, change, finding, interval }: Row, named: boolean): string {
  const begins = part === "" ? "" : ` class="begins"`;
  const head = part === "" ? "<td></td>" : `<th scope="row">${escaped(part)}</th>`;
  return `<tr${begins}>${named ? head : ""}<th scope="row">${figure}</th>` +
    `<td>${a}</td><td>${b}</td>${findingCells(finding, change, interval)}</tr>\n`;
}

function findingCells(finding: Finding, change: string, interval: string): string {
  const words = `${mark(finding)} ${FINDINGS[finding]}`.trim();
  return `<td class="${finding}">${change}</td><td class="${finding} words">${words}</td>` +
    `<td class="words">${interval}</td>`;
}

function paired(comparison: Comparison): string {
  const rows = pairedRows(comparison);
  if (rows.length === 0) return "";
  const { pairs, difference, longer } = PAIRED_COLUMNS;
  const titles = [
    TEXT("step"),
    NUMBER(pairs),
    NUMBER(difference),
    TEXT("finding"),
    TEXT(`${comparison.confidence}% interval`),
    NUMBER(longer),
  ];
  const lines = rows.map((row) =>
    `<tr><th scope="row">${escaped(row.step)}</th><td>${row.pairs}</td>` +
    `${findingCells(row.finding, row.difference, row.interval)}<td>${row.longer}</td></tr>\n`
  );
  return `${table(PAIRED_TITLE, titles, lines)}<p>${escaped(pairedText(comparison))}</p>\n`;
}

function only(letter: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `<p>Only in ${letter}: ${names.map(escaped).join(", ")}.</p>\n`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return printable(text).replace(/[&<>"']/g, (character) => entities[character]);
}

const STYLE =
  `:root { color-scheme: light dark; --text: #1c2024; --faint: #5b6470; --page: #ffffff; --line: #d8dde3;
  --card: #f5f7f9; --bad: #b3261e; --good: #146c43; --warn: #8a5300; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ed; --faint: #a3adb8; --page: #14171a; --line: #343a41; --card: #1d2126; --bad: #ff8a80;
    --good: #7ddba3; --warn: #ffc46b; }
}
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
small, .facts, footer { color: var(--faint); font-weight: normal; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
.runs section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0 1rem; }
.runs h2 { margin-top: 1rem; } code { overflow-wrap: anywhere; }
.warning { border-left: 4px solid var(--warn); padding-left: .75rem; color: var(--warn); font-weight: 600; }
.plain { list-style: none; padding: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .75rem; white-space: nowrap; }
th { text-align: left; font-weight: 500; } thead th { color: var(--faint); border-bottom: 1px solid var(--line); }
td.words { text-align: left; } th.number { text-align: right; } tr.begins > * { border-top: 1px solid var(--line); }
.worse, .failed, .invalid { color: var(--bad); } .better, .passed { color: var(--good); }
.interrupted, b.unknown { color: var(--warn); } td.noise, td.same, td.unknown { color: var(--faint); }
@media print { main { max-width: none; padding: 0; } .wide { overflow: visible; } }
`;
