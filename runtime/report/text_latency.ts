/** How long things took: the run as a whole, by phase, by step, by stage. */
import type { Distribution, PartDistribution, Summary } from "../reduce/summary.ts";
import { count, decimal, duration } from "./format.ts";
import { definition, indentedTable, type Page, title } from "./page.ts";
import { type Column, tableWidth, transposed } from "./table.ts";

const number = (title: string, optional = 0): Column => ({ title, align: "right", optional });
const text = (title: string): Column => ({ title, align: "left", optional: 0 });

const COLUMNS: readonly Column[] = [
  text(""),
  ...["avg", "min", "p50", "p90", "p95", "p99", "p99.9", "max"].map((title) => number(title)),
];

export function latencySection(summary: Summary, page: Page): string[] {
  const { responseTime, serviceTime, sessionTime, errors } = summary;
  if (responseTime === null && sessionTime === null) return [];
  const timeouts = errors.some(({ name }) => name.endsWith(".timeout"));
  return [
    title("Latency", page),
    ...distributions([["response", responseTime], ["service", serviceTime], ["session", sessionTime]], page),
    ...definition(
      (responseTime === null
        ? ""
        : "Response: from the moment the request was due to its last byte, so that waiting counts. " +
          "Service: from its issue. ") +
        (sessionTime === null ? "" : "Session: of completed ones, from the intended start.") +
        (timeouts ? " Timeouts are in, as long as they waited; other errors are not." : "") +
        " Quantiles are exact: nearest rank of all samples.",
      page,
    ),
  ];
}

/** Times of dns, connect, tls and first byte. */
export function phaseSection({ phases }: Summary, page: Page): string[] {
  const { dns, connect, tls, firstByte } = phases;
  const happened = (phase: Distribution | null) => phase !== null && phase.max > 0 ? phase : null;
  if (connect === null && firstByte === null) return [];
  return [
    title("Phases", page),
    ...distributions([
      ["dns", happened(dns)],
      ["connect", connect],
      ["tls", happened(tls)],
      ["first byte", firstByte],
    ], page),
    ...definition(
      "dns, connect, tls: of connections opened. First byte: from the issue, connecting included, of responses.",
      page,
    ),
  ];
}

/** One row each; on a narrow screen one column each. */
function distributions(named: readonly (readonly [string, Distribution | null])[], page: Page): string[] {
  const rows = named.flatMap(([name, of]) =>
    of === null ? [] : [[
      name,
      ...[of.avg, of.min, of.p50, of.p90, of.p95, of.p99, of.p999, of.max].map((ticks) => duration(ticks)),
    ]]
  );
  if (tableWidth(COLUMNS, rows) <= page.width - 2) return indentedTable(COLUMNS, rows, page);
  const turned = transposed(COLUMNS, rows);
  return indentedTable(turned.columns, turned.rows, page);
}

const STEP_COLUMNS: readonly Column[] = [
  { ...text("step"), least: 24 },
  number("requests"),
  number("per second", 2),
  number("errors"),
  number("p50", 1),
  number("p95"),
  number("p99"),
  number("max", 1),
];

/** A line for each step that sends requests. */
export function stepSection({ steps, requests }: Summary, page: Page): string[] {
  if (requests.issued === 0) return [];
  const flows = new Set(steps.map(({ flow }) => flow)).size;
  const rows = steps.map(({ flow, step, requests: of, responseTime }) => [
    flows > 1 ? `${flow}/${step}` : step,
    count(of.issued),
    of.perSecond === null ? "–" : decimal(of.perSecond),
    count(of.errors),
    ...part(responseTime),
  ]);
  return [
    title("By step", page),
    ...indentedTable(STEP_COLUMNS, rows, page),
    ...definition("Errors: failed or unexpected. Times are response times.", page),
  ];
}

const STAGE_COLUMNS: readonly Column[] = [
  { ...text("stage"), least: 24 },
  number("sessions"),
  number("dropped", 2),
  number("requests", 3),
  number("errors"),
  number("p50", 1),
  number("p95"),
  number("p99"),
  number("max", 1),
];

/** Of a load in several stages. */
export function stageSection({ stages }: Summary, page: Page): string[] {
  if (stages.length < 2) return [];
  const rows = stages.map(({ name, warmup, sessions, requests, responseTime }) => [
    warmup && !/^warm/i.test(name) ? `${name} (warm-up)` : name,
    count(sessions.started),
    count(sessions.dropped),
    count(requests.issued),
    count(requests.errors),
    ...part(responseTime),
  ]);
  return [
    title("By stage", page),
    ...indentedTable(STAGE_COLUMNS, rows, page),
    ...definition("A request belongs to the stage in which its session arrived.", page),
  ];
}

function part(of: PartDistribution | null): string[] {
  return of === null
    ? ["–", "–", "–", "–"]
    : [of.p50, of.p95, of.p99, of.max].map((ticks) => duration(ticks));
}
