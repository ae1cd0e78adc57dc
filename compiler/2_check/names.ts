/** Names that `${…}` may use, known before any text is read. */
import type { Table } from "../1_parse/document.ts";
import type { Column } from "./scenario.ts";

export type Names = Readonly<{
  /** Answers `${env.NAME}`. */
  environment: ReadonlyMap<string, string>;
  /** By position in `[[data]]`. */
  tables: readonly KnownTable[];
  /** What the steps of any flow capture. */
  captures: ReadonlySet<string>;
}>;

/** `name` and `columns` are null where the table is not sound enough to tell: then every column may be one. */
export type KnownTable = Readonly<{ name: string | null; columns: readonly Column[] | null }>;

/** For each step of a flow, the names that it captures. */
export type FlowCaptures = readonly (readonly string[])[];

/** Names that each step of each flow captures, whether or not the step is sound. */
export function capturedNames(document: Table): readonly FlowCaptures[] {
  return itemsOf(document, "flow").map((flow) =>
    itemsOf(flow, "step").map((step) => {
      const captures = step.entries.get("capture")?.node;
      return captures?.kind === "table" ? [...captures.entries.keys()] : [];
    })
  );
}

function itemsOf(table: Table, key: string): Table[] {
  const list = table.entries.get(key)?.node;
  const none: Table = { ...table, entries: new Map() };
  return list?.kind === "list" ? list.items.map((item) => item.kind === "table" ? item : none) : [];
}
