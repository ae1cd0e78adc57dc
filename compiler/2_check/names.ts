/** Names that `${…}` may use, known before any text is read. */
import type { Path, Table } from "../1_parse/document.ts";
import type { Column } from "./scenario.ts";

export type Names = Readonly<{
  /** Answers `${env.NAME}`. */
  environment: ReadonlyMap<string, string>;
  /** By position in `[[data]]`. */
  tables: readonly KnownTable[];
  /** What the steps of any flow capture, those of setup and teardown included. */
  captures: ReadonlySet<string>;
  /** What the steps of the setup capture. */
  setup: ReadonlySet<string>;
}>;

/** `name` and `columns` are null where the table is not sound enough to tell: then every column may be one. */
export type KnownTable = Readonly<{ name: string | null; columns: readonly Column[] | null }>;

/** The names that steps, and actions of WebSockets, capture, sound or not, by where the steps stand; a name may stand several times. */
export type CapturedNames = Readonly<
  { flows: readonly (readonly string[])[]; setup: readonly string[]; teardown: readonly string[] }
>;

export function capturedNames(document: Table): CapturedNames {
  const once = (key: string) => {
    const table = document.entries.get(key)?.node;
    return table?.kind === "table" ? namesUnder(table) : [];
  };
  return {
    flows: itemsOf(document, "flow").map(namesUnder),
    setup: once("setup"),
    teardown: once("teardown"),
  };
}

/** What the steps of the flow at a path capture. */
export function capturesOf(
  { flows, setup, teardown }: CapturedNames,
  [owner, index]: Path,
): readonly string[] {
  if (owner === "setup") return setup;
  return owner === "teardown" ? teardown : flows[Number(index)] ?? [];
}

function namesUnder(table: Table): string[] {
  return [...itemsOf(table, "step"), ...itemsOf(table, "exchange")].flatMap((step) => {
    const captures = step.entries.get("capture")?.node;
    return [...captures?.kind === "table" ? captures.entries.keys() : [], ...namesUnder(step)];
  });
}

function itemsOf(table: Table, key: string): Table[] {
  const list = table.entries.get(key)?.node;
  if (list?.kind !== "list") return [];
  return list.items.map((item) => item.kind === "table" ? item : { ...table, entries: new Map() });
}
