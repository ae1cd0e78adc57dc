/** The `json` key of a step → a value to be rendered, straight from the document: its order is the order sent. */
import type { Node } from "../1_parse/document.ts";
import { type Checking, report, templateOf } from "./checking.ts";
import type { JsonValue } from "./scenario.ts";

/** What JSON cannot say is reported, and stands as 0. */
export function jsonValue(checking: Checking, node: Node): JsonValue {
  switch (node.kind) {
    case "text":
    case "date":
      return { kind: "text", text: templateOf(checking, node) };
    case "boolean":
      return { kind: "boolean", value: node.value };
    case "integer":
      return { kind: "number", text: String(node.value) };
    case "float":
      if (Number.isFinite(node.value)) {
        return { kind: "number", text: Object.is(node.value, -0) ? "-0" : String(node.value) };
      }
      report(checking, "Z1612", node.place, `JSON has no number ${node.source}; send it as a text in quotes`);
      return { kind: "number", text: "0" };
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
