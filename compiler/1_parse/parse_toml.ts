/** TOML 1.0 text → located document. */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Diagnostic, Place } from "../diagnostic.ts";
import type { Entry, Node, Table } from "./document.ts";
import { strayCharacter } from "./stray_characters.ts";
import { syntaxProblem } from "./syntax_problems.ts";

/** The document, or the first problem of syntax: nothing behind it can be trusted. */
export type Parsed =
  | Readonly<{ document: Table; diagnostics?: never }>
  | Readonly<{ diagnostics: readonly Diagnostic[] }>;

/** `file` is the name that diagnostics give; `text` is its content, already decoded from UTF-8. */
export function parseToml(file: string, text: string): Parsed {
  const stray = strayCharacter(file, text);
  if (stray !== null) return { diagnostics: [stray] };
  try {
    const program = parseTOML(text, { tomlVersion: "1.0" });
    return { document: documentOf(program.body[0], text) };
  } catch (error) {
    if (error instanceof ParseError) return { diagnostics: [syntaxProblem(file, text, error)] };
    throw error;
  }
}

function documentOf(top: AST.TOMLTopLevelTable, text: string): Table {
  const document = emptyTable({ line: 1, column: 1, endLine: 1, endColumn: 1 });
  for (const item of top.body) {
    if (item.type === "TOMLKeyValue") {
      addKeyValue(document, item, text);
      continue;
    }
    const table = openTable(document, item);
    for (const entry of item.body) addKeyValue(table, entry, text);
  }
  return document;
}

/** The table under a header, made where it is missing. The parser has checked that no header contradicts another. */
function openTable(document: Table, header: AST.TOMLTable): Table {
  const places = header.key.keys.map((key) => placeOf(key.loc));
  const headerPlace = placeOf(header.key.loc);
  let table = document;
  let depth = 0;
  for (const [position, step] of header.resolvedKey.entries()) {
    if (typeof step === "number") continue;
    const last = depth === places.length - 1;
    const keyPlace = places[depth] ?? headerPlace;
    depth++;
    const next = header.resolvedKey[position + 1];
    const known = table.entries.get(step)?.node;
    if (typeof next === "number") {
      const list = known?.kind === "list" ? known : { kind: "list" as const, place: keyPlace, items: [] };
      if (known === undefined) table.entries.set(step, { keyPlace, node: list });
      const item = list.items[next] ?? emptyTable(last ? headerPlace : keyPlace);
      list.items[next] = item;
      table = asTable(item);
    } else {
      table = childTable(table, step, keyPlace, last ? headerPlace : keyPlace);
    }
  }
  return table;
}

function addKeyValue(into: Table, pair: AST.TOMLKeyValue, text: string): void {
  let table = into;
  let left = pair.key.keys.length;
  for (const key of pair.key.keys) {
    const name = key.type === "TOMLBare" ? key.name : key.value;
    const keyPlace = placeOf(key.loc);
    left--;
    if (left === 0) table.entries.set(name, { keyPlace, node: nodeOf(pair.value, text) });
    else table = childTable(table, name, keyPlace, keyPlace);
  }
}

function nodeOf(node: AST.TOMLContentNode, text: string): Node {
  const place = placeOf(node.loc);
  if (node.type === "TOMLArray") {
    return { kind: "list", place, items: node.elements.map((element) => nodeOf(element, text)) };
  }
  if (node.type === "TOMLInlineTable") {
    const table = emptyTable(place);
    for (const pair of node.body) addKeyValue(table, pair, text);
    return table;
  }
  const [start, end] = node.range;
  const source = text.slice(start, end);
  switch (node.kind) {
    case "string":
      return { kind: "text", place, value: node.value, source };
    case "integer":
      return { kind: "integer", place, value: node.bigint, source };
    case "float":
      return { kind: "float", place, value: node.value, source };
    case "boolean":
      return { kind: "boolean", place, value: node.value };
    case "offset-date-time":
    case "local-date-time":
    case "local-date":
    case "local-time":
      return { kind: "date", place, source };
  }
}

function childTable(table: Table, name: string, keyPlace: Place, place: Place): Table {
  const known = table.entries.get(name)?.node;
  if (known?.kind === "table") return known;
  const child = emptyTable(place);
  const entry: Entry = { keyPlace, node: child };
  table.entries.set(name, entry);
  return child;
}

function emptyTable(place: Place): Table {
  return { kind: "table", place, entries: new Map() };
}

function asTable(node: Node): Table {
  if (node.kind !== "table") throw new Error("a list under a table header holds tables only");
  return node;
}

/** The parser counts columns from 0. */
function placeOf(loc: AST.SourceLocation): Place {
  return {
    line: loc.start.line,
    column: loc.start.column + 1,
    endLine: loc.end.line,
    endColumn: loc.end.column + 1,
  };
}
