/** Rows as JSON (RFC 8259): a list of tables, or one table a line. Numbers stay as they are written. */
import {
  CELL_END,
  type CellType,
  columnFault,
  faultAt,
  type Rows,
  type RowsFault,
  textOf,
  typeOfColumn,
} from "./rows.ts";

/** A file that is one list of tables. Every row has the columns of the first, in any order. */
export function readJsonRows(bytes: Uint8Array): Rows | RowsFault {
  const text = textOf(bytes);
  if (typeof text !== "string") return text;
  const found: RowTable[] = [];
  let at = skipSpace(text, 0);
  if (text[at] !== "[") return faultAt(text, at, "is no list of rows; write [{ … }, { … }]");
  at = skipSpace(text, at + 1);
  if (text[at] !== "]") {
    for (;; at++) {
      const row = readRow(text, at);
      if ("fault" in row) return row;
      found.push(row);
      at = skipSpace(text, row.end);
      if (text[at] !== ",") break;
    }
    if (text[at] !== "]") return faultAt(text, at, "goes on behind a row without a comma; put , or ] here");
  }
  at = skipSpace(text, at + 1);
  if (at < text.length) return faultAt(text, at, "goes on behind its list; remove what follows");
  return rowsOf(text, found);
}

/** A file with one table a line; empty lines are left out. */
export function readJsonLines(bytes: Uint8Array): Rows | RowsFault {
  const text = textOf(bytes);
  if (typeof text !== "string") return text;
  const found: RowTable[] = [];
  for (let at = skipSpace(text, 0); at < text.length;) {
    const row = readRow(text, at);
    if ("fault" in row) return row;
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    if (row.end > lineEnd) return faultAt(text, at, "has a row on several lines; write each on one line");
    const next = skipSpace(text, row.end);
    if (next < lineEnd) return faultAt(text, next, "goes on behind the row; write each on a line of its own");
    found.push(row);
    at = next;
  }
  return rowsOf(text, found);
}

/** A row with where it begins and ends in the text. */
type RowTable = Readonly<{ cells: ReadonlyMap<string, Cell>; from: number; end: number }>;

type Cell = Readonly<{ value: string; type: CellType }>;

function rowsOf(text: string, found: readonly RowTable[]): Rows | RowsFault {
  if (found.length === 0) return { columns: [], rows: [], types: [] };
  const columns = [...found[0].cells.keys()];
  const trouble = columnFault(columns);
  if (trouble !== null) return faultAt(text, found[0].from, trouble.fault);
  const rows: string[][] = [];
  for (const { cells, from } of found) {
    const row: string[] = [];
    for (const column of columns) {
      const cell = cells.get(column);
      if (cell === undefined) {
        return faultAt(
          text,
          from,
          `has a row without ${JSON.stringify(column)}; write null for an empty cell`,
        );
      }
      row.push(cell.value);
    }
    const other = [...cells.keys()].find((key) => !columns.includes(key));
    if (other !== undefined) {
      return faultAt(text, from, `has a row with ${JSON.stringify(other)}, which the first row has not`);
    }
    rows.push(row);
  }
  const types = columns.map((column) =>
    typeOfColumn(found.map(({ cells }) => cells.get(column)?.type ?? "text"))
  );
  return { columns, rows, types };
}

function readRow(text: string, start: number): RowTable | RowsFault {
  const from = skipSpace(text, start);
  if (text[from] !== "{") return faultAt(text, from, "has something else where a row { … } should be");
  const cells = new Map<string, Cell>();
  let at = skipSpace(text, from + 1);
  if (text[at] === "}") return { cells, from, end: at + 1 };
  for (;;) {
    const key = readText(text, at);
    if ("fault" in key) return key;
    if (cells.has(key.value)) {
      return faultAt(text, at, `has ${JSON.stringify(key.value)} twice in one row; remove one of them`);
    }
    at = skipSpace(text, key.end);
    if (text[at] !== ":") return faultAt(text, at, "lacks the : behind a key");
    const cell = readCell(text, skipSpace(text, at + 1));
    if ("fault" in cell) return cell;
    cells.set(key.value, cell);
    at = skipSpace(text, cell.end);
    if (text[at] === "}") return { cells, from, end: at + 1 };
    if (text[at] !== ",") return faultAt(text, at, "lacks the , or } behind a cell");
    at = skipSpace(text, at + 1);
  }
}

type Found = Cell & Readonly<{ end: number }>;

/** Unrolled, so that a text that is not closed costs no more than one that is. */
// deno-lint-ignore no-control-regex -- RFC 8259 section 7 forbids them unescaped.
const TEXT = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\u0000-\u001f]*)*"/y;
const OTHER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

function readText(text: string, at: number): Found | RowsFault {
  const source = matchAt(TEXT, text, at);
  if (source === null) return faultAt(text, at, "is no JSON here: there should be a text in double quotes");
  const value: string = JSON.parse(source);
  if (!value.isWellFormed()) return faultAt(text, at, "has half of a surrogate pair in this text");
  if (value.includes(CELL_END)) {
    return faultAt(text, at, "holds U+007F, which parts cells in a plan; remove this control character");
  }
  return { value, type: "text", end: at + source.length };
}

function readCell(text: string, at: number): Found | RowsFault {
  if (text[at] === '"') return readText(text, at);
  if (text[at] === "{" || text[at] === "[") {
    return faultAt(text, at, "has a list or table as a cell; a cell is a text, number, true, false or null");
  }
  const source = matchAt(OTHER, text, at);
  if (source === null) return faultAt(text, at, "is no JSON here: there should be a value");
  return { value: source === "null" ? "" : source, type: typeShown(source), end: at + source.length };
}

/** Of a JSON value that is no text. A column with an empty cell has none of the other types. */
function typeShown(source: string): CellType {
  if (source === "null") return "text";
  if (source === "true" || source === "false") return "boolean";
  return /^-?\d+$/.test(source) ? "integer" : "number";
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0] ?? null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text[at])) at++;
  return at;
}
