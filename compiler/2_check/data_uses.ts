/** Which tables the scenario uses. */
import { keyPlaceAt } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, warn } from "./checking.ts";

export function warnOfUnusedTables(checking: Checking): void {
  const used = new Set<number>();
  for (const part of [...checking.templates.values()].flat()) {
    if (typeof part !== "string" && part.variable === "data") used.add(part.table);
  }
  for (const [index, { name, columns }] of checking.tables.entries()) {
    if (name === null || columns === null || used.has(index)) continue;
    const place = keyPlaceAt(checking.document, ["data", index, "name"]);
    const example = `\${${name}.${columns[0]?.name ?? "column"}}`;
    warn(checking, "Z1908", place, `nothing uses table ${quote(name)}; use a cell of it, as in ${example}`);
  }
}
