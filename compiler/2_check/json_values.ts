/** The `json` key of a step → a value to be rendered, straight from the document: its order is the order sent. */
import type { Node, Scalar } from "../1_parse/document.ts";
import { type Checking, report, templateOf } from "./checking.ts";
import type { JsonValue, Template } from "./scenario.ts";
import { templateSource } from "./templates.ts";

/** What JSON cannot say is reported, and stands as 0. A text that is one cell and no more is of the cell's type. */
export function jsonValue(checking: Checking, node: Node): JsonValue {
  switch (node.kind) {
    case "text":
    case "date":
      return textValue(checking, templateOf(checking, node));
    case "boolean":
      return { kind: "boolean", value: node.value };
    case "integer":
    case "float":
      return { kind: "number", text: jsonNumber(checking, node) };
    case "list":
      return { kind: "list", items: node.items.map((item) => jsonValue(checking, item)) };
    case "table": {
      const entries = [...node.entries].map(([key, entry]) => ({
        key,
        value: jsonValue(checking, entry.node),
      }));
      return { kind: "table", entries };
    }
  }
}

/** As `jsonValue`, of a value that is fixed when the scenario is compiled; a variable in it is reported. `what` it is part of. */
export function fixedJsonValue(checking: Checking, node: Node, what: string): JsonValue {
  const before = checking.diagnostics.length;
  reportVariables(checking, node, what);
  return checking.diagnostics.length === before
    ? jsonValue(checking, node)
    : { kind: "boolean", value: true };
}

/** The JSON text of a number of TOML. */
export function jsonNumber(checking: Checking, node: Extract<Scalar, { kind: "integer" | "float" }>): string {
  if (node.kind === "integer") return String(node.value);
  if (Number.isFinite(node.value)) return Object.is(node.value, -0) ? "-0" : String(node.value);
  report(checking, "Z1612", node.place, `JSON has no number ${node.source}; send it as a text in quotes`);
  return "0";
}

function textValue(checking: Checking, text: Template): JsonValue {
  const [only] = text;
  if (text.length === 1 && only !== undefined && typeof only !== "string" && only.variable === "data") {
    const type = checking.tables[only.table]?.columns?.[only.column]?.type ?? "text";
    if (type !== "text") return { kind: "cell", variable: only };
  }
  return { kind: "text", text };
}

function reportVariables(checking: Checking, node: Node, what: string): void {
  if (node.kind === "list") node.items.forEach((item) => reportVariables(checking, item, what));
  if (node.kind === "table") node.entries.forEach((entry) => reportVariables(checking, entry.node, what));
  for (const part of templateOf(checking, node)) {
    if (typeof part === "string") continue;
    report(
      checking,
      "Z1304",
      part.place,
      `${
        templateSource([part])
      } is known only while the test runs, and ${what} is fixed before; only \${env.NAME} can stand here`,
    );
  }
}
