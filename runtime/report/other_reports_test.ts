/** JUnit, Markdown and Prometheus text of the checked-in runs; `UPDATE_GOLDEN=1` writes them anew. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { REPORT_RUNS } from "../../tests/report_runs.ts";
import { reduce } from "../reduce/reduce.ts";
import type { Summary } from "../reduce/summary.ts";
import { duration } from "./format.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderPrometheus } from "./prometheus.ts";

const GOLDEN = new URL("../../tests/golden/reports/", import.meta.url);
const FORMS = {
  "expected.junit.xml": renderJunit,
  "expected.md": renderMarkdown,
  "expected.prom": renderPrometheus,
} as const;
/** Names and texts with all that means something in XML, Markdown or Prometheus' text. */
const AWKWARD = 'a<b> & "c" | `d` \\ *e*\nf\u0000 {g="h"} @i #j 💥';

for (const [name, run] of Object.entries(REPORT_RUNS)) {
  const summary = reduce(run());

  for (const [file, render] of Object.entries(FORMS)) {
    Deno.test(`${file} of a run that ${name}`, () => {
      const path = new URL(`${name}/${file}`, GOLDEN);
      const text = render(summary);
      if (Deno.env.get("UPDATE_GOLDEN") === "1") writeFileSync(path, text);
      assert.equal(text, readFileSync(path, "utf8"));
    });
  }

  Deno.test(`JUnit shows red where a run that ${name} has not passed, and only there`, () => {
    const { cases, red } = junitCases(renderJunit(summary));
    assert.equal(red > 0, summary.verdict.verdict !== "passed");
    assert.equal(cases.has("verdict"), true);
    for (const { text, passed } of summary.thresholds) assert.equal(cases.get(text), passed, text);
  });

  Deno.test(`Prometheus text of a run that ${name} has every figure once`, () => {
    const samples = prometheusSamples(renderPrometheus(summary));
    const figure = (key: string, labels: Record<string, string> = {}) =>
      samples.get(key + JSON.stringify(Object.entries({ scenario: summary.run.name, ...labels }).sort()));
    for (const [key, value] of Object.entries(summary.requests)) {
      if (key !== "perSecond") assert.equal(figure(`z6c_requests_${key}_total`), value, key);
    }
    for (const { flow, step, requests } of summary.steps) {
      assert.equal(figure("z6c_step_requests_issued_total", { flow, step }), requests.issued);
    }
    const { responseTime } = summary;
    assert.equal(figure("z6c_response_time_seconds_count"), responseTime?.count);
    const p99 = figure("z6c_response_time_seconds", { quantile: "0.99" });
    assert.equal(p99, responseTime === null ? undefined : responseTime.p99 / 1_000_000);
    assert.equal(figure("z6c_verdict", { verdict: summary.verdict.verdict }), 1);
  });

  Deno.test(`Markdown of a run that ${name} has its times and thresholds`, () => {
    const text = renderMarkdown(summary);
    const { responseTime } = summary;
    if (responseTime !== null) assert.ok(text.includes(`| ${duration(responseTime.p99)} |`));
    for (const line of text.split("\n").filter((line) => line.startsWith("|"))) {
      assert.ok(/^(?:\| (?:[^|\\]|\\.)*)+\|$/.test(line), line);
    }
    assert.equal(
      text.split("\n").filter((line) => /^\| [✅❌] /u.test(line)).length,
      summary.thresholds.length,
    );
  });
}

Deno.test("awkward names and texts come through", () => {
  const summary = awkward(reduce(REPORT_RUNS.failed()));
  const { cases } = junitCases(renderJunit(summary));
  assert.equal(cases.has(AWKWARD.replace("\u0000", "\uFFFD")), true);
  const samples = prometheusSamples(renderPrometheus(summary));
  const key = JSON.stringify([["flow", AWKWARD], ["scenario", AWKWARD], ["step", AWKWARD]]);
  assert.equal(samples.has(`z6c_step_requests_issued_total${key}`), true);
  const text = renderMarkdown(summary);
  assert.equal(/<b>|(?<!\\)[|] `d`|[^\\]@i/.test(text), false);
  for (const line of text.split("\n")) assert.ok(!line.includes("\u0000"), line);
});

Deno.test("a threshold that is written twice stands once among Prometheus' samples", () => {
  const summary = reduce(REPORT_RUNS.failed());
  const [first] = summary.thresholds;
  prometheusSamples(renderPrometheus({ ...summary, thresholds: [first, first] }));
});

function awkward(summary: Summary): Summary {
  return {
    ...summary,
    run: { ...summary.run, name: AWKWARD },
    steps: summary.steps.slice(0, 1).map((step) => ({ ...step, flow: AWKWARD, step: AWKWARD })),
    thresholds: summary.thresholds.slice(0, 1).map((one) => ({ ...one, text: AWKWARD })),
    failedChecks: summary.failedChecks.map((check) => ({ ...check, excerpt: AWKWARD, expected: AWKWARD })),
  };
}

/** Reads our own JUnit as a stranger: every tag is closed, and counts are what is there. True: it is green. */
function junitCases(xml: string): { cases: Map<string, boolean>; red: number } {
  const open: string[] = [];
  const cases = new Map<string, boolean>();
  const counted = { failure: 0, error: 0 };
  let last = "";
  let end = 0;
  const plain = xml.replace(/^<\?xml[^>]*\?>/, "");
  for (const match of plain.matchAll(/<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>/g)) {
    const between = plain.slice(end, match.index);
    assert.equal(/[<]|&(?!amp;|lt;|gt;|quot;)/.test(between), false, between);
    end = match.index + match[0].length;
    const [, closes, tag, attributes, empty] = match;
    if (closes === "/") assert.equal(open.pop(), tag);
    else if (empty === "") open.push(tag);
    if (tag === "testcase" && closes === "") {
      last = unescaped(/ name="([^"]*)"/.exec(attributes)?.[1] ?? "");
      cases.set(last, true);
    }
    if (closes === "" && (tag === "failure" || tag === "error")) {
      counted[tag]++;
      cases.set(last, false);
    }
  }
  assert.deepEqual(open, []);
  const [, tests, failures, errors] =
    /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)"/.exec(xml) ?? [];
  assert.deepEqual([Number(failures), Number(errors)], [counted.failure, counted.error]);
  assert.ok(Number(tests) >= cases.size);
  return { cases, red: counted.failure + counted.error };
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll(
    "&amp;",
    "&",
  );
}

/** By the grammar of the exposition format: each family together, help and type in front, each sample once. */
function prometheusSamples(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const families = new Set<string>();
  let family = "";
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const [, help] = /^# HELP ([a-z_0-9]+) \S/.exec(line) ?? [];
    if (help !== undefined) {
      assert.equal(families.has(help), false, help);
      families.add(family = help);
    } else if (line.startsWith("#")) {
      assert.match(line, new RegExp(`^# TYPE ${family} (?:counter|gauge|summary)$`));
    } else {
      const [, name, labels, value] =
        /^([a-z_0-9]+)\{((?:[a-z_0-9]+="(?:[^"\\]|\\.)*",?)*)\} (\S+)$/.exec(line) ?? [];
      assert.ok(name !== undefined && [family, `${family}_sum`, `${family}_count`].includes(name), line);
      const pairs = [...labels.matchAll(/([a-z_0-9]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [
        key,
        value.replace(/\\(.)/g, (_, letter: string) => letter === "n" ? "\n" : letter),
      ]);
      const key = name + JSON.stringify(pairs.sort());
      assert.equal(samples.has(key), false, key);
      assert.ok(Number.isFinite(Number(value)), line);
      samples.set(key, Number(value));
    }
  }
  return samples;
}
