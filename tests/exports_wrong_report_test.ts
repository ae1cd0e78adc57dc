/** Whoever reads a report back sees every number that it has wrong: the readers are held against wrong reports. */
import assert from "node:assert/strict";
import { reduce } from "../runtime/reduce/reduce.ts";
import type { Summary } from "../runtime/reduce/summary.ts";
import { timelineOf } from "../runtime/reduce/timeline_of.ts";
import { renderHtml } from "../runtime/report/html/document.ts";
import { renderJunit } from "../runtime/report/junit.ts";
import { renderMarkdown } from "../runtime/report/markdown.ts";
import { renderPrometheus } from "../runtime/report/prometheus.ts";
import { renderText } from "../runtime/report/text.ts";
import { REPORT_RUNS } from "./report_runs.ts";
import { assertHtml } from "./shown_html.ts";
import { assertJunit } from "./shown_junit.ts";
import { assertMarkdown } from "./shown_markdown.ts";
import { assertPrometheus } from "./shown_prometheus.ts";
import { assertText } from "./shown_text.ts";

/** As wide as it goes. */
const WIDTH = 120;

type Report = Readonly<{ render(summary: Summary): string; read(text: string, summary: Summary): void }>;

for (const name of ["failed", "messages", "sharded", "lenient"] as const) {
  Deno.test(`a number of a run that ${name} that a report had wrong would be seen`, () => {
    const ledgers = REPORT_RUNS[name]();
    const summary = reduce(ledgers);
    const timeline = timelineOf(ledgers, summary);
    const { plan } = ledgers[0].header;
    const reports: Readonly<Record<string, Report>> = {
      text: { render: (it) => renderText(it, { width: WIDTH, color: false }), read: assertText },
      markdown: { render: renderMarkdown, read: assertMarkdown },
      junit: { render: renderJunit, read: assertJunit },
      prometheus: { render: renderPrometheus, read: assertPrometheus },
      html: { render: (it) => renderHtml(it, timeline, plan), read: assertHtml },
    };
    const unseen = new Set<string>();
    for (const [format, { render, read }] of Object.entries(reports)) {
      const right = render(summary);
      read(right, summary);
      for (const path of numbersOf(summary)) {
        const wrong = render(withAnother(summary, path) as Summary);
        const place = path.map((key) => typeof key === "number" ? "*" : key).join(".");
        if (wrong !== right && !fails(() => read(wrong, summary))) unseen.add(`${place} in ${format}`);
      }
    }
    assert.deepEqual([...unseen], []);
  });
}

function fails(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}

type Path = readonly (string | number)[];

/** Where numbers stand; of what is in lists, those of the last. */
function numbersOf(tree: unknown, at: Path = []): Path[] {
  if (typeof tree === "number") return [at];
  if (Array.isArray(tree)) return tree.slice(-1).flatMap((one) => numbersOf(one, [...at, tree.length - 1]));
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree).flatMap(([key, one]) => numbersOf(one, [...at, key]));
}

/** The tree with another number at one place. */
function withAnother(tree: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return typeof tree === "number" ? 3 * tree + 7 : tree;
  if (Array.isArray(tree)) return tree.map((one, at) => at === key ? withAnother(one, rest) : one);
  const entries = Object.entries(tree as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    entries.map(([name, one]) => [name, name === key ? withAnother(one, rest) : one]),
  );
}
