/** The parts of a run, a line each: steps, groups, tags, stages. */
import type { PartDistribution, RequestTotals, Summary } from "../reduce/summary.ts";
import { count, decimal, duration } from "./format.ts";
import { definition, indentedTable, type Page, title } from "./page.ts";
import type { Column } from "./table.ts";

const number = (title: string, optional = 0): Column => ({ title, align: "right", optional });
const name = (title: string): Column => ({ title, align: "left", optional: 0, least: 24 });

const QUANTILES = [number("p50", 1), number("p95"), number("p99"), number("max", 1)];
const requestColumns = (of: string): Column[] => [
  name(of),
  number("requests"),
  number("per second", 2),
  number("errors"),
  ...QUANTILES,
];
const STEP_COLUMNS = requestColumns("step");
const TAG_COLUMNS = requestColumns("tag");

/** A line for each step that sends requests. */
export function stepSection({ steps, requests }: Summary, page: Page): string[] {
  if (requests.issued === 0) return [];
  const named = inFlows(steps.map(({ flow, step }) => [flow, step]));
  const rows = steps.map((step, index) => [named[index], ...requestCells(step)]);
  return [
    title("By step", page),
    ...indentedTable(STEP_COLUMNS, rows, page),
    ...definition("Errors: failed or unexpected. Times are response times.", page),
  ];
}

const GROUP_COLUMNS: readonly Column[] = [
  name("group"),
  number("passes"),
  number("went through"),
  ...QUANTILES,
  number("elapsed p50", 3),
  number("elapsed p95", 2),
];

/** A line for each group, those in another one indented. */
export function groupSection({ groups }: Summary, page: Page): string[] {
  if (groups.every(({ passes }) => passes === 0)) return [];
  const named = inFlows(groups.map(({ flow, group }) => [flow, group]));
  const rows = groups.map(({ depth, passes, wentThrough, time, elapsed }, index) => [
    "  ".repeat(depth) + named[index],
    count(passes),
    count(wentThrough),
    ...quantileCells(time),
    ...(elapsed === null ? ["–", "–"] : [duration(elapsed.p50), duration(elapsed.p95)]),
  ]);
  const lines = indentedTable(GROUP_COLUMNS, rows, page);
  return [
    title("By group", page),
    ...lines,
    ...definition(
      "Times are of passes that went through, from beginning to end without what was thought" +
        (lines[0].includes("elapsed") ? "; elapsed: with it." : "."),
      page,
    ),
  ];
}

/** A line for each tag. */
export function tagSection({ tags, requests }: Summary, page: Page): string[] {
  if (requests.issued === 0 || tags.length === 0) return [];
  return [
    title("By tag", page),
    ...indentedTable(TAG_COLUMNS, tags.map((tag) => [tag.tag, ...requestCells(tag)]), page),
    ...definition("A request counts under each of its tags.", page),
  ];
}

const STAGE_COLUMNS: readonly Column[] = [
  name("stage"),
  number("sessions"),
  number("dropped", 2),
  number("requests", 3),
  number("errors"),
  ...QUANTILES,
];

/** Of a load in several stages. */
export function stageSection({ stages, messages }: Summary, page: Page): string[] {
  if (stages.length < 2) return [];
  const rows = stages.map(({ name, warmup, sessions, requests, responseTime }, at) => [
    warmup && !/^warm/i.test(name) ? `${name} (warm-up)` : name,
    count(sessions.started),
    count(sessions.dropped),
    count(requests.issued),
    count(requests.errors + (messages?.stages.at(at)?.errors ?? 0)),
    ...quantileCells(responseTime),
  ]);
  return [
    title("By stage", page),
    ...indentedTable(STAGE_COLUMNS, rows, page),
    ...definition("A request belongs to the stage in which its session arrived.", page),
  ];
}

/** The flow in front, where there are several. */
export function inFlows(names: readonly (readonly [flow: string, name: string])[]): string[] {
  const flows = new Set(names.map(([flow]) => flow)).size;
  return names.map(([flow, name]) => flows > 1 ? `${flow}/${name}` : name);
}

function requestCells(of: { requests: RequestTotals; responseTime: PartDistribution | null }): string[] {
  const { issued, perSecond, errors } = of.requests;
  return [
    count(issued),
    perSecond === null ? "–" : decimal(perSecond),
    count(errors),
    ...quantileCells(of.responseTime),
  ];
}

function quantileCells(of: PartDistribution | null): string[] {
  return of === null
    ? ["–", "–", "–", "–"]
    : [of.p50, of.p95, of.p99, of.max].map((ticks) => duration(ticks));
}
