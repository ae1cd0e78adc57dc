/** The rows of one `[[data]]`, from its file or as they stand in the scenario, before they have types. */
import { type Node, nodeAt, type Path } from "../1_parse/document.ts";
import { readCsv } from "../1_parse/read_csv.ts";
import { readJsonLines, readJsonRows } from "../1_parse/read_json_rows.ts";
import { columnFault, type Rows, typeOfColumn } from "../1_parse/rows.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, entryTemplate, report } from "./checking.ts";
import { jsonNumber } from "./json_values.ts";
import type { ColumnType } from "./scenario.ts";
import { literalText } from "./templates.ts";

const READERS = { csv: readCsv, json: readJsonRows, jsonl: readJsonLines } as const;

type Format = keyof typeof READERS;

/** The content of a file that the scenario names; null where it cannot be read, which is reported. */
export function fileContent(checking: Checking, path: Path, file: string): Uint8Array | null {
  if (file === "") {
    report(checking, "Z1803", path, `${String(path.at(-1))} is empty; name a file`);
    return null;
  }
  const content = checking.readFile(file);
  if (content instanceof Uint8Array) return content;
  report(checking, "Z1803", path, `${quote(file)} cannot be read: ${content.reason}`);
  return null;
}

/** `path` is the table's. Null where something is wrong. */
export function rowsOfFile(
  checking: Checking,
  path: Path,
  file: string,
  format: Format | undefined,
): Rows | null {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  const chosen = format ?? (ending === "csv" || ending === "json" || ending === "jsonl" ? ending : undefined);
  const filePath = [...path, "file"];
  if (chosen === undefined) {
    report(
      checking,
      "Z1804",
      filePath,
      `${quote(file)} does not end in .csv, .json or .jsonl; say what it is, as in format = "csv"`,
    );
    return null;
  }
  const content = fileContent(checking, filePath, file);
  if (content === null) return null;
  const rows = READERS[chosen](content);
  if (!("fault" in rows)) return rows;
  report(checking, "Z1805", filePath, `${file}:${rows.line}:${rows.column} ${rows.fault}`);
  return null;
}

/** Rows that stand in the scenario, and what their columns show themselves to hold. */
export function rowsInside(checking: Checking, path: Path): Rows | null {
  const list = nodeAt(checking.document, path);
  const items = list?.kind === "list" ? list.items : [];
  const [first] = items;
  const columns = first?.kind === "table" ? [...first.entries.keys()] : [];
  const fault = first === undefined ? null : columnFault(columns);
  if (fault !== null) {
    report(checking, "Z1807", [...path, 0], `this row ${fault.fault}`);
    return null;
  }
  const types = new Map<string, Set<ColumnType>>(columns.map((name) => [name, new Set()]));
  const rows: string[][] = [];
  for (const [index, item] of items.entries()) {
    if (item.kind !== "table") return null;
    const lacking = columns.find((name) => !item.entries.has(name));
    const extra = [...item.entries.keys()].find((name) => !columns.includes(name));
    if (lacking !== undefined || extra !== undefined) {
      const what = lacking !== undefined ? `lacks ${quote(lacking)}` : `has ${quote(extra ?? "")}`;
      report(
        checking,
        "Z1807",
        [...path, index],
        `row ${index + 1} ${what}, unlike row 1; every row has the same columns`,
      );
      return null;
    }
    rows.push(columns.map((name) => {
      const node = item.entries.get(name)?.node;
      if (node === undefined) return "";
      types.get(name)?.add(shownType(node));
      return cellText(checking, name, node);
    }));
  }
  return { columns, rows, types: columns.map((name) => typeOfColumn(types.get(name) ?? [])) };
}

function shownType(node: Node): ColumnType {
  return node.kind === "integer" || node.kind === "boolean"
    ? node.kind
    : node.kind === "float"
    ? "number"
    : "text";
}

function cellText(checking: Checking, key: string, node: Node): string {
  if (node.kind === "integer" || node.kind === "float") return jsonNumber(checking, node);
  const text = literalText(entryTemplate(checking, key, node)) ?? "";
  if (text.includes("\u007f")) {
    report(checking, "Z1807", node.place, "this cell holds U+007F, which parts cells in a plan; remove it");
  }
  return text;
}
