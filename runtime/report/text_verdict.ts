/** The top of the text report: the verdict and why, thresholds, validity. */
import { validityTitle } from "./validity_title.ts";
import type { Summary, Unit, ValidityResult } from "../reduce/summary.ts";
import { busyText, isWorthARow } from "./busy.ts";
import { count, counted, duration, span } from "./format.ts";
import { asWritten, besideLimit, inUnit, isAny } from "./limits.ts";
import { definition, hanging, labelled, type Page, paragraph, tick, title, wrappedItems } from "./page.ts";
import { type Column, tableRows, wrapped } from "./table.ts";
import { hasLoad, moment } from "./text_run.ts";

export function verdictSection(summary: Summary, page: Page): string[] {
  const { verdict, run } = summary;
  const { paint, width } = page;
  const word = verdict.verdict.toUpperCase();
  const colours = { passed: paint.good, failed: paint.bad, invalid: paint.bad, interrupted: paint.warn };
  const mark = verdict.verdict === "passed" ? "✓" : verdict.verdict === "interrupted" ? "!" : "✗";
  const reasons = verdict.reasons.flatMap((reason) =>
    wrapped(reason, width - 4).map((line, index) => (index === 0 ? "  – " : "    ") + line)
  );
  return [
    `${paint.strong(colours[verdict.verdict](`${mark} ${word}`))}  ${paint.strong(run.name)}${
      run.simulated ? paint.warn("  simulated") : ""
    }`,
    ...reasons,
    "",
    ...wrapped(seenText(summary), width - 2).map((line) => `  ${line}`),
    ...wrappedItems(factItems(summary), width - 2).map((line) => `  ${paint.faint(line)}`),
    ...wrapped(decisionText(summary), width - 2).map((line) => `  ${paint.faint(line)}`),
    ...overridesOf(run).flatMap((override) =>
      wrapped(`changed by ${override}`, width - 2).map((line) => `  ${paint.warn(line)}`)
    ),
    ...insecureLines(run, page),
  ];
}

function seenText(summary: Summary): string {
  const { run, requests, time } = summary;
  const targets = run.targets.map(({ name, url }) => name === "" ? url : `${name} at ${url}`).join(", ");
  if (!hasLoad(summary)) return `the load on ${targets} never began`;
  const to = run.simulated ? "to a model of" : "to";
  const measured = time.measuredTicks === 0 ? "" : ` in ${span(time.measuredTicks)}`;
  return `${counted(requests.issued, "request")}${measured} ${to} ${targets}`;
}

/** A model has no certificate. */
function insecureLines({ targets, simulated }: Summary["run"], { paint, width }: Page): string[] {
  const urls = targets.filter(({ insecure }) => insecure).map(({ url }) => url);
  if (simulated || urls.length === 0) return [];
  return wrapped(`certificates were not checked (tls.insecure): ${urls.join(", ")}`, width - 2)
    .map((line) => `  ${paint.warn(line)}`);
}

/** That a run was simulated is told otherwise. */
function overridesOf({ overrides, simulated }: Summary["run"]): string[] {
  return overrides.filter((override) => !(simulated && override === "--simulated"));
}

function factItems({ run, shards, missingShards }: Summary): string[] {
  const { index, count: parts } = run.shard;
  const wanted = shards.length + missingShards.length;
  return [
    `plan ${run.planSha256.slice(0, 12)}`,
    `seed ${run.seed}`,
    ...(parts > 1 ? [`shard ${index} of ${parts}`] : []),
    ...(wanted > 1 ? [`${missingShards.length === 0 ? "" : `${shards.length} of `}${wanted} shards`] : []),
    ...(run.simulated ? [] : [moment(run.started)]),
    `z6c ${run.z6c}`,
  ];
}

/** Whether it is the digest that every run of the plan has in which all went through, or one of what there was. */
function decisionText({ decisions: { sha256, sessions, lacking } }: Summary): string {
  const digest = `decisions ${sha256.slice(0, 12)} (${counted(sessions, "session")})`;
  return lacking === null ? `${digest}, complete` : `${digest}, not complete: ${lacking}`;
}

const THRESHOLD_COLUMNS: readonly Column[] = [
  { title: "wanted", align: "left", optional: 0, least: Infinity, breaks: true },
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
export function validitySection(summary: Summary, page: Page): string[] {
  const { generator, integrity, shards } = summary;
  const validity = summary.validity.filter(isWorthARow);
  const busy = busyText(summary);
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
  const longestItems = gaps.longest.map(({ shard, fromTick, lengthTicks }) =>
    `${duration(lengthTicks)} at ${span(fromTick)}${shards.length > 1 ? ` in shard ${shard}` : ""}`
  );
  return [
    title("Validity", page),
    ...titles,
    ...advised,
    ...(busy === null ? [] : paragraph(`${busy}.`, page)),
    ...(lag === null ? [] : labelled("lag", quantiles(lag), page)),
    ...(blocked === null || blocked.max === 0 ? [] : labelled("blocked", quantiles(blocked), page)),
    ...(gaps.count === 0 ? [] : labelled("loop gaps", gapItems, page)),
    ...(gaps.count === 0 ? [] : labelled("", longestItems, page)),
    ...definition(
      "Lag: how much later than due z6c itself issued a request; it is part of response time." +
        (blocked === null || blocked.max === 0 ? "" : " Blocked: the wait for a shared connection."),
      page,
    ),
  ];
}

function validityRow({ name, actual, limit, unit }: ValidityResult, state: string): string[] {
  const title = validityTitle(name, state);
  if (actual === null) return [title, "–", limit === null ? "" : limitText(limit, unit)];
  if (limit === null) return [title, count(actual), ""];
  if (isAny(limit, unit)) return [title, inUnit(actual, unit), "any"];
  const texts = besideLimit(actual, limit, unit);
  return [title, texts.actual, texts.limit];
}

function limitText(limit: number, unit: Unit): string {
  return isAny(limit, unit) ? "any" : asWritten(inUnit(limit, unit));
}

/** A table with ✓ or ✗ before each row: the lines by row, those of the titles first. */
function marked(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  good: readonly boolean[],
  page: Page,
): string[][] {
  const [titles, ...lines] = tableRows(columns, rows, page.width - 4);
  return [
    titles.map((line) => page.paint.faint(`    ${line}`)),
    ...lines.map(([line, ...more], index) => [
      `  ${tick(good[index], page)} ${line}`,
      ...more.map((line) => `      ${line}`),
    ]),
  ];
}
