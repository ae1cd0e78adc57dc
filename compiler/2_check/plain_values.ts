/** Document → the plain values that the schema checks, with environment variables resolved. */
import type { Node, Table, Text } from "../1_parse/document.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { Names } from "./names.ts";
import { literalText, parseTemplate, RunTimeText } from "./templates.ts";
import type { Template } from "./scenario.ts";

export type PlainValues = Readonly<{
  plain: unknown;
  /** The template of every text. */
  templates: ReadonlyMap<Text, Template>;
  /** Texts with a problem already reported: what else is wrong with their value is not worth saying. */
  spoiled: ReadonlySet<Node>;
  diagnostics: readonly Diagnostic[];
}>;

/** Numbers become numbers, texts texts or `RunTimeText`, dates `Date`; tables have no prototype. */
export function plainValues(
  document: Table,
  file: string,
  names: Names,
): PlainValues {
  const templates = new Map<Text, Template>();
  const spoiled = new Set<Node>();
  const diagnostics: Diagnostic[] = [];

  const plainText = (text: Text): string | RunTimeText => {
    if (!text.value.includes("${")) {
      templates.set(text, text.value === "" ? [] : [text.value]);
      return text.value;
    }
    const before = diagnostics.length;
    const template = parseTemplate(text, file, names, diagnostics);
    templates.set(text, template);
    if (diagnostics.length > before) spoiled.add(text);
    return literalText(template) ?? new RunTimeText(template);
  };

  const plain = (node: Node): unknown => {
    switch (node.kind) {
      case "table": {
        const table = Object.create(null);
        for (const [key, entry] of node.entries) table[key] = plain(entry.node);
        return table;
      }
      case "list":
        return node.items.map(plain);
      case "text":
        return plainText(node);
      case "integer":
        return Number(node.value);
      case "float":
      case "boolean":
        return node.value;
      case "date":
        return new Date(0);
    }
  };

  return { plain: plain(document), templates, spoiled, diagnostics };
}
