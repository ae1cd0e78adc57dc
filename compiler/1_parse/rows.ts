/** Rows of a data file, as the readers beside this file make them of its bytes. */

/** Every row has as many cells as there are columns. Columns of JSON are in the order in which they first come. */
export type Rows = Readonly<{ columns: readonly string[]; rows: readonly (readonly Cell[])[] }>;

/**
 * `text` is the text itself, or the JSON text of a number or a boolean; `null` (empty text) also where a row of JSON
 * lacks the column. Every cell of CSV is a text. `nested` is a list or a table, as JSON.
 */
export type Cell = Readonly<{ kind: "text" | "number" | "boolean" | "null" | "nested"; text: string }>;

/** Why there are no rows: `line` counts from 1; `words` end the sentence "users.csv, line 3: …". */
export type RowsProblem = Readonly<{ line: number; words: string }>;

/** `readCsv` of `read_csv.ts`, `readJsonRows` and `readJsonLines` of `read_json_rows.ts`. */
export type ReadRows = (bytes: Uint8Array) => Rows | RowsProblem;
