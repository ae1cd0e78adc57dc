/** What CSV, lines of JSON and Parquet have in common: named columns, and rows that come one after the other. */

/** `whole`: a whole number of at most 53 bits. */
export type ColumnType = "whole" | "text" | "flag";
export type Value = number | string | boolean | null;

export type Column = Readonly<{ name: string; type: ColumnType; nullable: boolean }>;

/** Takes rows, each with a value a column. A row is valid during the call only. */
export interface RowWriter {
  row(values: readonly Value[]): void;
  /** No row follows. */
  end(): void;
}

/** `name?` is a column that may be null. */
export function columns(type: ColumnType, ...names: readonly string[]): Column[] {
  return names.map((name) => ({ name: name.replace(/\?$/, ""), type, nullable: name.endsWith("?") }));
}
