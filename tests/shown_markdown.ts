/** The Markdown report, read back: its tables, its line of figures, its lists. */
import assert from "node:assert/strict";
import type { Summary } from "../runtime/reduce/summary.ts";
import {
  assertDiagnosis,
  assertFound,
  assertInUnit,
  assertNoNumberLeft,
  assertRows,
  assertThresholds,
  type Named,
  requestFigures,
  type Rows,
} from "./shown_report.ts";

/** Every line of it is looked at. */
export function assertMarkdown(text: string, summary: Summary): void {
  const { run, verdict, thresholds, statuses, validity, errors, failedChecks } = summary;
  const blocks = plain(text).trimEnd().split("\n\n").filter((block) => !/^<\/?details/.test(block));
  const take = (isIt: (block: string) => boolean): string => {
    const at = blocks.findIndex(isIt);
    return at < 0 ? "" : blocks.splice(at, 1)[0];
  };
  const table = (titles: string): Rows =>
    take((block) => block.startsWith(titles)).split("\n").filter((line) => !line.startsWith("| ---")).map((
      line,
    ) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const head = take((block) => block.startsWith("### "));
  assert.ok(head.includes(`${run.name}: ${verdict.verdict}`));
  assert.deepEqual(
    take((block) => block.startsWith("- ")).split("\n").map((line) => line.slice(2)),
    verdict.reasons,
  );
  const stands = take((block) => block === "What stands out:") === ""
    ? ""
    : take((block) => block.startsWith("- "));
  assertDiagnosis(stands.split("\n").filter((line) => line !== "").map((line) => line.slice(2)), summary);
  if (thresholds.length > 0) {
    const rows = table("|  | threshold |");
    assert.deepEqual(rows.slice(1).map(([mark]) => mark === "✅"), thresholds.map(({ passed }) => passed));
    assertThresholds(rows.map((cells) => cells.slice(1)), thresholds);
  }
  const broken = take((block) => block.startsWith("> ")).split("\n").filter((line) => line !== "");
  assert.equal(broken.length, validity.filter(({ ok }) => !ok).length);
  for (const { name, actual, limit, unit } of validity.filter(({ ok }) => !ok)) {
    const line = broken.find((line) => line.includes(`**${name}**`)) ?? "";
    const [, found = "", most = ""] = /\*\* is (\S+?)(?:, at most (\S+?))?: /.exec(line) ?? [];
    assertInUnit(found, actual, unit, name);
    assertInUnit(most, limit, unit, `limit of ${name}`);
  }
  assertFigures(take((block) => block.includes("requests/s")), summary);
  assertTables(table, summary);
  const told = take((block) => block.startsWith("Statuses: ")).replace("Statuses: ", "");
  const counts = [...told.matchAll(/(\w+) × ([\d,]+)/g)].map(([, name, count]) => [name, count]);
  assert.deepEqual(
    counts.map(([name, count]) => [name, Number(count.replaceAll(",", ""))]),
    statuses.map(({ status, name, count }) => [name ?? String(status), count]),
  );
  const lines = take((block) => block.startsWith("- ")).split("\n").filter((line) => line !== "");
  assert.equal(lines.length, errors.length + failedChecks.length);
  errors.forEach(({ code, name, count, firstTick }, at) => {
    assert.ok(lines[at].startsWith(`- **Z${code} ${name}**`));
    assertFound(lines[at], [[/× (\d[\d,]*)(?=, first)/, count], [/first at (.+?): /, firstTick, "ticks"]]);
  });
  failedChecks.forEach(({ flow, step, count }, at) => {
    const line = lines[errors.length + at];
    assert.ok(line.startsWith(`- **${flow}/${step}**`));
    assertFound(line, [[/× (\d[\d,]*): /, count]]);
  });
  assert.match(take((block) => block.startsWith("<sub>")), new RegExp(`seed ${run.seed} `));
  assertNoNumberLeft(blocks.join("\n"), "Markdown");
}

/** Without the backslashes of what is no Markdown. */
function plain(text: string): string {
  return text.replace(/\\(.)/g, "$1");
}

function assertFigures(line: string, summary: Summary): void {
  const { requests, sessions, checks, data, time, messages } = summary;
  const ended = requests.responded + requests.failed;
  const left = assertFound(line, [
    [/\*\*(\S+)\*\* requests\/s/, requests.perSecond ?? 0],
    [/([\d,]+) requests? in /, requests.issued],
    [/^ · (\S.*?) · /, time.measuredTicks, "ticks"],
    [/([\d,]+) errors/, requests.errors],
    [/\((\S+)\)/, ended === 0 ? null : (requests.errors * 1_000_000) / ended, "ppm"],
    [/([\d,]+) sessions?/, sessions.started],
    [/([\d,]+) dropped/, sessions.dropped],
    [/([\d,]+) failed checks/, checks.failed],
    [/([\d,]+) messages sent/, messages?.sent ?? null],
    [/, ([\d,]+) received/, messages?.received ?? null],
    [/(\S+B) sent/, data.sentBytes, "bytes"],
    [/(\S+B) received/, data.receivedBytes, "bytes"],
  ]);
  assertNoNumberLeft(left, "the figures");
}

function assertTables(table: (titles: string) => Rows, summary: Summary): void {
  const { responseTime, serviceTime, phases, generator, steps, tags, groups } = summary;
  const times = {
    "response time": responseTime,
    "service time": serviceTime,
    "first byte": phases.firstByte,
    connect: phases.connect,
    TLS: phases.tls,
    lag: generator.lag,
  };
  const named = Object.entries(times).flatMap(([name, times]): Named[] =>
    times === null ? [] : [{ name, figures: {}, times }]
  );
  if (named.length > 0) assertRows(table("|  | avg |"), named, "times");
  assertRows(table("|  | issued |"), [
    ...steps.map(({ flow, step, requests, responseTime }) => {
      return { name: `${flow}/${step}`, figures: requestFigures(requests), times: responseTime };
    }),
    ...tags.map(({ tag, requests, responseTime }) => {
      return { name: `tag ${tag}`, figures: requestFigures(requests), times: responseTime };
    }),
    ...groups.map(({ flow, group, passes, wentThrough, time }) => ({
      name: `group ${flow}/${group}`,
      figures: { issued: passes, errors: passes - wentThrough },
      times: time,
    })),
  ], "parts");
}
