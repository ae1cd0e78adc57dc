/** The top of the text report: the verdict and why, thresholds, validity. */
import type { Summary, ValidityResult } from "../reduce/summary.ts";
import { count, counted, duration, span } from "./format.ts";
import { asWritten, besideLimit, inUnit } from "./limits.ts";
import { definition, hanging, labelled, type Page, tick, title, wrappedItems } from "./page.ts";
import { type Column, table, wrapped } from "./table.ts";

export function verdictSection({ verdict, run, requests, time }: Summary, page: Page): string[] {
  const { paint, width } = page;
  const word = verdict.verdict.toUpperCase();
  const colours = { passed: paint.good, failed: paint.bad, invalid: paint.bad, interrupted: paint.warn };
  const mark = verdict.verdict === "passed" ? "✓" : verdict.verdict === "interrupted" ? "!" : "✗";
  const seen = `${counted(requests.issued, "request")} in ${span(time.measuredTicks)} to ${run.target}`;
  const facts = [
    `plan ${run.planSha256.slice(0, 12)}`,
    `seed ${run.seed}`,
    ...(run.shard.count > 1 ? [`shard ${run.shard.index}/${run.shard.count}`] : []),
    run.started.replace("T", " ").replace(/\.\d+/, ""),
    `z6c ${run.z6c}`,
  ];
  const reasons = verdict.reasons.flatMap((reason) =>
    wrapped(reason, width - 4).map((line, index) => (index === 0 ? "  – " : "    ") + line)
  );
  return [
    `${paint.strong(colours[verdict.verdict](`${mark} ${word}`))}  ${paint.strong(run.name)}`,
    ...reasons,
    "",
    ...wrapped(seen, width - 2).map((line) => `  ${line}`),
    ...wrappedItems(facts, width - 2).map((line) => `  ${paint.faint(line)}`),
    ...run.overrides.map((override) => `  ${paint.warn(`changed by ${override}`)}`),
  ];
}

const THRESHOLD_COLUMNS: readonly Column[] = [
  { title: "wanted", align: "left", optional: 0, least: Infinity },
  { title: "actual", align: "right", optional: 0 },
  { title: "samples", align: "right", optional: 1 },
];

/** Wanted and actual value of every threshold. */
export function thresholdSection({ thresholds }: Summary, page: Page): string[] {
  if (thresholds.length === 0) return [];
  const rows = thresholds.map(({ text, actual, limit, unit, samples }) => [
    text,
    actual === null ? "nothing" : besideLimit(actual, limit, unit).actual,
    count(samples),
  ]);
  return [
    title("Thresholds", page),
    ...marked(THRESHOLD_COLUMNS, rows, thresholds.map(({ passed }) => passed), page).flat(),
  ];
}

const VALIDITY_COLUMNS: readonly Column[] = [
  { title: "", align: "left", optional: 0 },
  { title: "actual", align: "right", optional: 0 },
  { title: "at most", align: "right", optional: 0 },
];

/** Whether the generator kept its promises, and what to do where it did not. */
export function validitySection({ validity, generator, integrity }: Summary, page: Page): string[] {
  const rows = validity.map((result) => validityRow(result, integrity.state));
  const [titles, ...lines] = marked(VALIDITY_COLUMNS, rows, validity.map(({ ok }) => ok), page);
  const advised = lines.flatMap((line, index) =>
    validity[index].ok ? line : [...line, ...hanging("→ ", validity[index].advice, page)]
  );
  const { lag, blocked, gaps } = generator;
  const quantiles = (of: NonNullable<typeof lag>) => [
    `p50 ${duration(of.p50)}`,
    `p99 ${duration(of.p99)}`,
    `p99.9 ${duration(of.p999)}`,
    `max ${duration(of.max)}`,
  ];
  const gapItems = [
    count(gaps.count),
    `longest ${duration(gaps.longestTicks)}`,
    `${duration(gaps.totalTicks)} in all`,
  ];
  return [
    title("Validity", page),
    ...titles,
    ...advised,
    ...(lag === null ? [] : labelled("lag", quantiles(lag), page)),
    ...(blocked === null || blocked.max === 0 ? [] : labelled("blocked", quantiles(blocked), page)),
    ...(gaps.count === 0 ? [] : labelled("loop gaps", gapItems, page)),
    ...definition(
      "Lag: how much later than due z6c itself issued a request; it is part of response time." +
        (blocked === null || blocked.max === 0 ? "" : " Blocked: the wait for a shared connection."),
      page,
    ),
  ];
}

function validityRow({ name, actual, limit, unit }: ValidityResult, state: string): string[] {
  const titles = {
    lag: "lag p99",
    drops: "dropped arrivals",
    gaps: "loop gaps",
    samples: "requests measured",
    ledger: `ledger ${state}, records`,
  };
  if (actual === null) return [titles[name], "–", limit === null ? "" : asWritten(inUnit(limit, unit))];
  if (limit === null) return [titles[name], count(actual), ""];
  const texts = besideLimit(actual, limit, unit);
  return [titles[name], texts.actual, texts.limit];
}

/** A table with ✓ or ✗ before each row: the lines by row, those of the titles first. */
function marked(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  good: readonly boolean[],
  page: Page,
): string[][] {
  const [titles, ...lines] = table(columns, rows, page.width - 4);
  return [
    [page.paint.faint(`    ${titles}`)],
    ...lines.map((line, index) => [`  ${tick(good[index], page)} ${line}`]),
  ];
}
