/** Which tables the scenario uses. */
import { keyPlaceAt } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, warn } from "./checking.ts";

/** Warns of tables that no text takes a cell of. Says nothing where something is wrong: a text that is wrong may have meant the table. */
export function warnOfUnusedTables(checking: Checking): void {
  if (checking.diagnostics.some(({ severity }) => severity === "error")) return;
  const used = new Set<string | null>();
  checking.templates.forEach((template) => {
    for (const part of template) {
      if (typeof part !== "string" && part.variable === "data") {
        used.add(checking.tables[part.table]?.name ?? null);
      }
    }
  });
  for (const [index, { name, columns }] of checking.tables.entries()) {
    if (name === null || columns === null || used.has(name)) continue;
    const place = keyPlaceAt(checking.document, ["data", index, "name"]);
    const example = `\${${name}.${columns[0]?.name ?? "column"}}`;
    warn(checking, "Z1908", place, `nothing uses table ${quote(name)}; use a cell of it, as in ${example}`);
  }
}
