/** Data tables: rows as one text, and whether each session can have a row of its own. */
import type { Load, Table } from "../../runtime/plan.ts";
import { CELL_END } from "../1_parse/rows.ts";
import { type Diagnostic, problem } from "../diagnostic.ts";
import type { DataTable } from "../2_check/scenario.ts";
import { mostSessions } from "./session_bounds.ts";

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

/** Holds `unique` tables against the sessions of the load. */
export function uniqueRefusals(
  tables: readonly DataTable[],
  load: Load,
  file: string,
): Diagnostic[] {
  const most = mostSessions(load);
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

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
