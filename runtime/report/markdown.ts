/** The Summary as GitHub's Markdown, for a pull request or a job's summary. The figures are those of the text report. */
import type { PartDistribution, RequestTotals, Summary } from "../reduce/summary.ts";
import { diagnosisSentences } from "./diagnosis_words.ts";
import { bytes, count, counted, decimal, duration, errorCode, percent, printable, span } from "./format.ts";
import { asWritten, besideLimit, inUnit, isAny } from "./limits.ts";

const MARKS = { passed: "✅", failed: "❌", invalid: "⚠️", interrupted: "⏹️" } as const;

/** Ends with a newline. */
export function renderMarkdown(summary: Summary): string {
  const blocks = [
    headLines(summary),
    diagnosisLines(summary),
    thresholdLines(summary),
    brokenLines(summary),
    figureLines(summary),
    timeLines(summary),
    folded("By step", stepLines(summary)),
    statusLines(summary),
    errorLines(summary),
    [originText(summary)],
  ];
  return blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

function headLines({ verdict, run }: Summary): string[] {
  const simulated = run.simulated ? " (simulated)" : "";
  return [
    `### ${MARKS[verdict.verdict]} ${escaped(run.name)}: ${verdict.verdict}${simulated}`,
    "",
    ...verdict.reasons.map((reason) => `- ${escaped(reason)}`),
  ];
}

function diagnosisLines(summary: Summary): string[] {
  const sentences = diagnosisSentences(summary);
  return sentences.length === 0
    ? []
    : ["What stands out:", "", ...sentences.map((it) => `- ${escaped(it)}.`)];
}

function thresholdLines({ thresholds }: Summary): string[] {
  if (thresholds.length === 0) return [];
  return table(
    ["", "threshold", "actual", "samples"],
    "--rr",
    thresholds.map(({ text, actual, limit, unit, passed, samples }) => [
      passed ? "✅" : "❌",
      escaped(text),
      actual === null ? "nothing" : besideLimit(actual, limit, unit).actual,
      count(samples),
    ]),
  );
}

/** Promises that were kept need no words. */
function brokenLines({ validity }: Summary): string[] {
  return validity.filter(({ ok }) => !ok).map(({ name, actual, limit, unit, advice }) => {
    const found = actual === null ? "" : ` is ${inUnit(actual, unit)}`;
    const most = limit === null || isAny(limit, unit) ? "" : `, at most ${asWritten(inUnit(limit, unit))}`;
    return `> ⚠️ **${name}**${found}${most}: ${escaped(advice)}`;
  });
}

function figureLines(summary: Summary): string[] {
  const { requests, sessions, checks, data, time, messages } = summary;
  const items = [
    `**${decimal(requests.perSecond ?? 0)}** requests/s`,
    `${counted(requests.issued, "request")} in ${span(time.measuredTicks)}`,
    `${count(requests.errors)} errors${
      requests.responded + requests.failed === 0
        ? ""
        : ` (${percent((requests.errors * 1_000_000) / (requests.responded + requests.failed))})`
    }`,
    `${counted(sessions.started, "session")}${
      sessions.dropped === 0 ? "" : `, ${count(sessions.dropped)} dropped`
    }`,
    ...(checks.failed === 0 ? [] : [`${count(checks.failed)} failed checks`]),
    ...(messages === null
      ? []
      : [`${count(messages.sent)} messages sent, ${count(messages.received)} received`]),
    `${bytes(data.sentBytes)} sent, ${bytes(data.receivedBytes)} received`,
  ];
  return [items.join(" · ")];
}

function timeLines({ responseTime, serviceTime, phases, generator }: Summary): string[] {
  const times = [
    ["response time", responseTime],
    ["service time", serviceTime],
    ["first byte", phases.firstByte],
    ["connect", phases.connect],
    ["TLS", phases.tls],
    ["lag", generator.lag],
  ] as const;
  const rows = times.flatMap(([name, it]) =>
    it === null
      ? []
      : [[name, ...[it.avg, it.min, it.p50, it.p90, it.p95, it.p99, it.p999, it.max].map((t) => duration(t))]]
  );
  if (rows.length === 0) return [];
  return table(["", "avg", "min", "p50", "p90", "p95", "p99", "p99.9", "max"], "-rrrrrrrr", rows);
}

function stepLines({ steps, tags, groups }: Summary): string[] {
  const rows = [
    ...steps.map(({ flow, step, requests, responseTime }) =>
      partRow(`${flow}/${step}`, requests, responseTime)
    ),
    ...tags.map(({ tag, requests, responseTime }) => partRow(`tag ${tag}`, requests, responseTime)),
    ...groups.map(({ flow, group, passes, wentThrough, time }) => [
      escaped(`group ${flow}/${group}`),
      count(passes),
      count(passes - wentThrough),
      ...timeCells(time),
    ]),
  ];
  if (rows.length === 0) return [];
  return table(["", "issued", "errors", "p50", "p95", "p99", "max"], "-rrrrrr", rows);
}

function partRow(name: string, { issued, errors }: RequestTotals, time: PartDistribution | null): string[] {
  return [escaped(name), count(issued), count(errors), ...timeCells(time)];
}

function timeCells(time: PartDistribution | null): string[] {
  return time === null
    ? ["", "", "", ""]
    : [time.p50, time.p95, time.p99, time.max].map((ticks) => duration(ticks));
}

function statusLines({ statuses }: Summary): string[] {
  if (statuses.length === 0) return [];
  const items = statuses.map(({ status, name, count: times }) => `${name ?? status} × ${count(times)}`);
  return [`Statuses: ${items.join(", ")}`];
}

function errorLines({ errors, failedChecks }: Summary): string[] {
  return [
    ...errors.map(({ code, name, cause, action, count: times, firstTick }) =>
      `- **${errorCode(code)} ${name}** × ${count(times)}, first at ${span(firstTick)}: ${escaped(cause)}; ${
        escaped(action)
      }`
    ),
    ...failedChecks.map(({ flow, step, expected, count: times, excerpt }) =>
      `- **${escaped(`${flow}/${step}`)}** × ${count(times)}: not ${escaped(expected)}${
        excerpt === "" ? "" : `; found ${escaped(excerpt)}`
      }`
    ),
  ];
}

function originText({ run }: Summary): string {
  const facts = [
    `plan \`${run.planSha256.slice(0, 12)}\``,
    `seed ${run.seed}`,
    ...run.targets.map(({ url }) => escaped(url)),
    ...run.overrides.map((override) => `changed by ${escaped(override)}`),
    run.started,
    `z6c ${run.z6c}`,
  ];
  return `<sub>${facts.join(" · ")}</sub>`;
}

function folded(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`<details><summary>${title}</summary>`, "", ...lines, "", "</details>"];
}

/** `align`: a letter a column, `r` for numbers. */
function table(titles: readonly string[], align: string, rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(titles),
    line([...align].map((letter) => letter === "r" ? "--:" : "---")),
    ...rows.map(line),
  ];
}

/** Names and texts of others are no Markdown. */
function escaped(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>()#+!|~&@]/g, "\\$&");
}
