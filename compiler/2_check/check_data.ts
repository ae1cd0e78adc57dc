/** `[[data]]`: tables whose rows sessions take. They are known before anything else is checked. */
import { keyPlaceAt, type Path, type Table } from "../1_parse/document.ts";
import { type Diagnostic, quote } from "../diagnostic.ts";
import { checkPart, type Surroundings } from "./check_shape.ts";
import { type Checking, hasUnknownKey, lengthAt, placeOf, plainAt, report, section } from "./checking.ts";
import type { KnownTable } from "./names.ts";
import { didYouMean } from "./nearest_name.ts";
import { rowsInside, rowsOfFile } from "./read_data.ts";
import type { Column, ColumnType, DataTable } from "./scenario.ts";
import { scenarioSchema } from "./schema.ts";
import { dataSchema } from "./schema_data.ts";

const dataOnly = scenarioSchema.pick({ data: true });

/** The tables by position, null where one is wrong; `known` is what can be said of each all the same. */
export type CheckedData = Readonly<{
  tables: readonly (DataTable | null)[];
  known: readonly KnownTable[];
  /** Of the meaning only: the shape is checked again with the rest of the file. */
  diagnostics: readonly Diagnostic[];
}>;

export function checkData(document: Table, file: string, around: Omit<Surroundings, "tables">): CheckedData {
  const data = document.entries.get("data");
  const part: Table = { ...document, entries: new Map(data === undefined ? [] : [["data", data]]) };
  const checking = { ...checkPart(dataOnly, part, file, { ...around, tables: [] }), diagnostics: [] };
  const tables: (DataTable | null)[] = [];
  const known: KnownTable[] = [];
  for (let index = 0; index < lengthAt(checking, ["data"]); index++) {
    const path = ["data", index];
    const table = checkTable(checking, path);
    const name = plainAt(checking, [...path, "name"]);
    const shown = typeof name === "string" ? name : null;
    if (shown !== null && known.some((other) => other.name === shown)) {
      report(
        checking,
        "Z1801",
        [...path, "name"],
        `there are two tables ${quote(shown)}; give each a name of its own`,
      );
    }
    tables.push(table);
    known.push({ name: shown, columns: table?.columns ?? null });
  }
  return { tables, known, diagnostics: checking.diagnostics };
}

function checkTable(checking: Checking, path: Path): DataTable | null {
  const found = section(checking, dataSchema, path);
  if (found === null) return null;
  const before = checking.diagnostics.length;
  const { file, rows: given, format } = found;
  if (file === undefined && given === undefined && hasUnknownKey(checking, path)) return null;
  if ((file === undefined) === (given === undefined)) {
    const what = file === undefined ? "neither file nor rows" : "both file and rows";
    report(checking, "Z1802", path, `table ${quote(found.name)} has ${what}; give one of them`);
    return null;
  }
  if (format !== undefined && file === undefined) {
    const at = keyPlaceAt(checking.document, [...path, "format"]);
    report(checking, "Z1804", at, "format has no meaning beside rows; it says how a file is written");
  }
  const read = file === undefined
    ? rowsInside(checking, [...path, "rows"])
    : rowsOfFile(checking, path, file, format);
  if (read === null) return null;
  const at = [...path, file === undefined ? "rows" : "file"];
  if (read.rows.length === 0) {
    report(checking, "Z1806", at, `table ${quote(found.name)} has no rows, so no session could take one`);
    return null;
  }
  const columns = read.columns.map((name, index): Column => ({
    name,
    type: Object.hasOwn(found.types, name) ? found.types[name] ?? "text" : read.types[index] ?? "text",
  }));
  for (const name of Object.keys(found.types)) {
    if (read.columns.includes(name)) continue;
    const hint = didYouMean(name, read.columns) || `; it has ${read.columns.join(", ")}`;
    report(
      checking,
      "Z1306",
      keyPlaceAt(checking.document, [...path, "types", name]),
      `table ${quote(found.name)} has no column ${quote(name)}${hint}`,
    );
  }
  checkCells(checking, path, columns, read.rows);
  if (checking.diagnostics.length > before) return null;
  return {
    name: found.name,
    place: placeOf(checking, path),
    pickPlace: placeOf(checking, [...path, "pick"]),
    pick: found.pick,
    columns,
    rows: read.rows,
  };
}

const FORMS: Readonly<Record<Exclude<ColumnType, "text">, RegExp>> = {
  integer: /^-?(?:0|[1-9]\d*)$/,
  number: /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/,
  boolean: /^(?:true|false)$/,
};

/** One report a column: the first cell that is not of its type. */
function checkCells(
  checking: Checking,
  path: Path,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  for (const [index, { name, type }] of columns.entries()) {
    if (type === "text") continue;
    const row = rows.findIndex((cells) => !FORMS[type].test(cells[index] ?? ""));
    if (row < 0) continue;
    const wanted = type === "boolean"
      ? "neither true nor false"
      : type === "integer"
      ? "no whole number"
      : "no number";
    report(
      checking,
      "Z1808",
      [...path, "types", name],
      `row ${row + 1} has ${quote(rows[row]?.[index] ?? "")} in column ${quote(name)}, which is ${wanted}`,
    );
  }
}
