/**
 * The Summary as JUnit XML, for the test views of CI: a test case for each threshold, each promise of the generator, and
 * the run itself. Missed is a failure; a broken promise, and a run that was invalid or interrupted, is an error. So some
 * case is red where the verdict is not `passed`, and none where it is. docs/exports.md describes it.
 */
import type { Summary, ThresholdResult, ValidityResult } from "../reduce/summary.ts";
import { isWorthARow } from "./busy.ts";
import { count, printable } from "./format.ts";
import { asWritten, besideLimit, inUnit, isAny } from "./limits.ts";

type Outcome = Readonly<{ kind: "failure" | "error"; type: string; message: string; text: string }>;
type Case = Readonly<{ name: string; outcome: Outcome | null; out: string }>;
type Suite = Readonly<{ name: string; cases: readonly Case[] }>;

/** Ends with a newline. Times are those of the whole run, in seconds. */
export function renderJunit(summary: Summary): string {
  const { run, time } = summary;
  const suites: Suite[] = [
    { name: "thresholds", cases: summary.thresholds.map(thresholdCase) },
    { name: "validity", cases: summary.validity.filter(isWorthARow).map(validityCase) },
    { name: "run", cases: [runCase(summary)] },
  ].filter(({ cases }) => cases.length > 0);
  const seconds = (time.elapsedTicks / 1_000_000).toFixed(6);
  const totals = { ...countsOf(suites.flatMap(({ cases }) => cases)), time: seconds };
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites${attributes({ name: `z6c ${run.name}`, ...totals })}>`,
    ...suites.flatMap((suite) => suiteLines(suite, summary, seconds)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteLines({ name, cases }: Suite, { run }: Summary, seconds: string): string[] {
  const about = {
    name,
    ...countsOf(cases),
    skipped: 0,
    time: seconds,
    timestamp: run.started.replace(/(?:\.\d+)?Z$/, ""),
    hostname: run.host.kernel === "" ? run.host.os : `${run.host.os} ${run.host.kernel}`,
  };
  const properties = {
    plan_sha256: run.planSha256,
    seed: run.seed,
    target: run.target,
    simulated: run.simulated,
    z6c: run.z6c,
  };
  return [
    `  <testsuite${attributes(about)}>`,
    "    <properties>",
    ...Object.entries(properties).map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    "    </properties>",
    ...cases.flatMap((one) => caseLines(one, `${run.name}.${name}`, seconds)),
    "  </testsuite>",
  ];
}

function caseLines({ name, outcome, out }: Case, classname: string, seconds: string): string[] {
  const about = attributes({ name, classname, time: seconds });
  const inner: string[] = [];
  if (outcome !== null) {
    const { kind, type, message, text } = outcome;
    inner.push(`      <${kind}${attributes({ message, type })}>${escaped(text)}</${kind}>`);
  }
  if (out !== "") inner.push(`      <system-out>${escaped(out)}</system-out>`);
  return inner.length === 0
    ? [`    <testcase${about}/>`]
    : [`    <testcase${about}>`, ...inner, "    </testcase>"];
}

function thresholdCase({ text, actual, limit, unit, passed, samples }: ThresholdResult): Case {
  const found = actual === null ? "nothing was measured" : besideLimit(actual, limit, unit).actual;
  const out = `actual ${found}, of ${count(samples)} samples`;
  if (passed) return { name: text, outcome: null, out };
  const message = `wanted ${text}, found ${found}`;
  return { name: text, outcome: { kind: "failure", type: "threshold", message, text: out }, out: "" };
}

function validityCase({ name, unit, actual, limit, ok, advice }: ValidityResult): Case {
  const found = actual === null ? "nothing to tell" : inUnit(actual, unit);
  const most = limit === null || isAny(limit, unit) ? "" : `, at most ${asWritten(inUnit(limit, unit))}`;
  const out = `${found}${most}`;
  if (ok) return { name, outcome: null, out };
  return {
    name,
    outcome: { kind: "error", type: "validity", message: `${name}: ${out}`, text: advice },
    out: "",
  };
}

/** The verdict, and below it what went wrong, as a person reads it in the log. */
function runCase(summary: Summary): Case {
  const { verdict, requests, steps, errors, failedChecks } = summary;
  const out = [
    `${verdict.verdict}: ${verdict.reasons.join("; ")}`,
    `requests: ${count(requests.issued)} issued, ${count(requests.responded)} answered, ${
      count(requests.errors)
    } errors`,
    ...steps.map(({ flow, step, requests, responseTime }) =>
      `${flow}/${step}: ${count(requests.issued)} issued, ${count(requests.errors)} errors${
        responseTime === null ? "" : `, p99 ${inUnit(responseTime.p99, "ticks")}`
      }`
    ),
    ...errors.map(({ code, name, cause, count: times }) => `Z${code} ${name}: ${count(times)} × ${cause}`),
    ...failedChecks.map(({ flow, step, expected, count: times, excerpt }) =>
      `${flow}/${step}: ${count(times)} × not ${expected}${
        excerpt === "" ? "" : `; found ${printable(excerpt)}`
      }`
    ),
  ].join("\n");
  const name = "verdict";
  const [message] = verdict.reasons;
  switch (verdict.verdict) {
    case "passed":
      return { name, outcome: null, out };
    case "failed":
      return { name, outcome: { kind: "failure", type: "failed", message, text: out }, out: "" };
    case "invalid":
    case "interrupted":
      return { name, outcome: { kind: "error", type: verdict.verdict, message, text: out }, out: "" };
  }
}

function countsOf(cases: readonly Case[]): { tests: number; failures: number; errors: number } {
  const of = (kind: Outcome["kind"]) => cases.filter(({ outcome }) => outcome?.kind === kind).length;
  return { tests: cases.length, failures: of("failure"), errors: of("error") };
}

function attributes(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** What XML 1.0 has no character for (section 2.2) becomes U+FFFD. */
function escaped(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
}
