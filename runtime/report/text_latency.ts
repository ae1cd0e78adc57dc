/** How long things took: the run as a whole, and by phase. */
import type { Distribution, Summary } from "../reduce/summary.ts";
import { duration } from "./format.ts";
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
export function distributions(
  named: readonly (readonly [string, Distribution | null])[],
  page: Page,
): string[] {
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
