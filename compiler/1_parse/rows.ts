/** Rows of a data file, whatever its form: texts, cell by cell. */

/** Names of columns, each once and not empty; every row has as many cells as there are columns. */
export type Rows = Readonly<{
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** What the cells of each column show themselves to be. CSV has nothing but texts. */
  types: readonly CellType[];
}>;

/** A column is of a type other than text where all of its cells are: an integer is a number as well. */
export type CellType = "text" | "integer" | "number" | "boolean";

/** What is wrong with a data file, and where in it; lines and columns count from 1. `fault` is worded as diagnostics are. */
export type RowsFault = Readonly<{ fault: string; line: number; column: number }>;

/** Parts cells in a plan (`Table.cells`), so no cell may hold it. */
export const CELL_END = "\u007f";

/** The text of a data file without its byte order mark. */
export function textOf(bytes: Uint8Array): string | RowsFault {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { fault: "is not UTF-8 text; save it as UTF-8", line: 1, column: 1 };
  }
  const at = text.indexOf(CELL_END);
  if (at < 0) return text;
  return faultAt(text, at, "holds U+007F, which parts cells in a plan; remove this control character");
}

/** A fault at an index of the text. */
export function faultAt(text: string, at: number, fault: string): RowsFault {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return { fault, line, column: at - before.lastIndexOf("\n") };
}

/** The type of a column whose cells show these. */
export function typeOfColumn(shown: Iterable<CellType>): CellType {
  const types = new Set(shown);
  const [only] = types;
  if (types.size === 1) return only;
  return types.size === 2 && types.has("integer") && types.has("number") ? "number" : "text";
}

/** Where the names of columns cannot be used: which of them, and why. */
export function columnFault(columns: readonly string[]): { column: number; fault: string } | null {
  const column = columns.findIndex((name, at) => name === "" || columns.indexOf(name) < at);
  if (column < 0) return null;
  const name = columns[column];
  const fault = name === ""
    ? `has no name for column ${column + 1}; give every column a name`
    : `names two columns ${JSON.stringify(name)}; give each a name of its own`;
  return { column, fault };
}
