/** Data tables: rows as one text, and whether each session can have a row of its own. */
import type { Table } from "../../runtime/plan.ts";
import { CELL_END } from "../1_parse/rows.ts";
import { type Diagnostic, problem } from "../diagnostic.ts";
import type { DataTable, Load } from "../2_check/scenario.ts";

/** `salts` are the tables', in their order. */
export function lowerTables(tables: readonly DataTable[], salts: readonly number[]): Table[] {
  return tables.map(({ name, columns, rows, pick }, index) => ({
    name,
    columns: columns.map((column) => column.name),
    rows: rows.length,
    pick,
    salt: salts[index],
    cells: rows.flat().map((cell) => cell + CELL_END).join(""),
  }));
}

/** The cells of each column, row by row. */
export function cellsByColumn({ cells, columns }: Table): string[][] {
  const all = cells.split(CELL_END).slice(0, -1);
  return columns.map((_, column) => all.filter((_, index) => index % columns.length === column));
}

/** Holds `unique` tables against the sessions of the load: `sessions` in all, 0 where only time bounds it. */
export function uniqueRefusals(
  tables: readonly DataTable[],
  load: Load,
  sessions: number,
  file: string,
): Diagnostic[] {
  const most = mostSessions(load, sessions);
  return tables.filter(({ pick }) => pick === "unique").flatMap(({ name, rows, pickPlace }) => {
    if (most === null) {
      const message =
        `table "${name}" gives each row once, and nothing bounds how many sessions this load begins; ` +
        'set iterations, or pick = "sequential"';
      return [problem("Z1554", file, pickPlace, message)];
    }
    if (most <= rows.length) return [];
    const upTo = load.model === "open" && load.arrivals === "poisson" ? "up to " : "";
    const message =
      `table "${name}" gives each row once; it has ${counted(rows.length, "row")}, and the load ` +
      `has ${upTo}${counted(most, "session")}; add rows, or pick = "sequential"`;
    return [problem("Z1553", file, pickPlace, message)];
  });
}

/**
 * How many sessions a run can begin, or null where nothing says. Poisson arrivals are taken to stay within six
 * standard deviations above their mean, which all but one run in a thousand million do.
 */
function mostSessions(load: Load, sessions: number): number | null {
  if (load.model === "closed") return load.iterations > 0 ? sessions : null;
  return load.arrivals === "poisson" ? sessions + Math.ceil(Math.sqrt(36 * sessions)) : sessions;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
