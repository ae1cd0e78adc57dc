/** TOML 1.1 → located values: Z6's own documentation breaks inline tables over lines, as 1.0 does not allow. */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Located, Note } from "./located.ts";

type OpenTable = { kind: "table"; at: number; entries: Map<string, Open> };
type Open =
  | OpenTable
  | { kind: "list"; at: number; items: Open[] }
  | Exclude<Located, { kind: "table" | "list" }>;

/** The document, or the first thing wrong with it. */
export function readToml(text: string): Readonly<{ value: Located }> | Readonly<{ fault: Note }> {
  try {
    const document = emptyTable(0);
    for (const item of parseTOML(text, { tomlVersion: "1.1" }).body[0].body) {
      if (item.type === "TOMLKeyValue") add(document, item, text);
      else {
        const table = tableAt(document, item.resolvedKey, item.range[0]);
        for (const pair of item.body) add(table, pair, text);
      }
    }
    return { value: document };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { fault: { at: error.index, text: `this is no TOML: ${error.message}` } };
  }
}

function add(into: OpenTable, pair: AST.TOMLKeyValue, text: string): void {
  const keys = pair.key.keys.map((key) => key.type === "TOMLBare" ? key.name : key.value);
  const table = tableAt(into, keys.slice(0, -1), pair.range[0]);
  table.entries.set(keys.at(-1) ?? "", located(pair.value, text));
}

/** The table behind keys and positions, made where it is missing. The parser has checked that nothing contradicts it. */
function tableAt(from: OpenTable, path: readonly (string | number)[], at: number): OpenTable {
  let table = from;
  for (const [position, step] of path.entries()) {
    if (typeof step === "number") continue;
    const index = path[position + 1];
    const known = table.entries.get(step);
    if (typeof index === "number") {
      const list = known?.kind === "list" ? known : { kind: "list" as const, at, items: [] };
      table.entries.set(step, list);
      const item = list.items[index];
      const next = item?.kind === "table" ? item : emptyTable(at);
      list.items[index] = next;
      table = next;
    } else {
      const next = known?.kind === "table" ? known : emptyTable(at);
      table.entries.set(step, next);
      table = next;
    }
  }
  return table;
}

function located(node: AST.TOMLContentNode, text: string): Open {
  const at = node.range[0];
  if (node.type === "TOMLArray") {
    return {
      kind: "list",
      at,
      items: node.elements.map((one) => located(one, text)),
    };
  }
  if (node.type === "TOMLInlineTable") {
    const table = emptyTable(at);
    for (const pair of node.body) add(table, pair, text);
    return table;
  }
  const source = text.slice(...node.range);
  switch (node.kind) {
    case "string":
      return { kind: "text", at, value: node.value };
    case "integer":
      return { kind: "number", at, value: Number(node.bigint), source: String(node.bigint) };
    case "float":
      return { kind: "number", at, value: node.value, source: String(node.value) };
    case "boolean":
      return { kind: "boolean", at, value: node.value };
    case "offset-date-time":
    case "local-date-time":
    case "local-date":
    case "local-time":
      return { kind: "text", at, value: source };
  }
}

function emptyTable(at: number): OpenTable {
  return { kind: "table", at, entries: new Map() };
}
