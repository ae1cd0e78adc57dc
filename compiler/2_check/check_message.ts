/** The `message` of a gRPC step, held against the type that its method takes. */
import { keyPlaceAt, type Node, nodeAt, type Path } from "../1_parse/document.ts";
import type { MessageField, MessageType, ScalarType } from "../../runtime/plan_messages.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, report, templateOf } from "./checking.ts";
import { jsonValue } from "./json_values.ts";
import { didYouMean } from "./nearest_name.ts";
import type { JsonValue } from "./scenario.ts";
import { literalText } from "./templates.ts";

/**
 * The message in the proto3 JSON mapping, with the names of fields as in JSON; they may be written as in the `.proto` file,
 * too. What does not fit is reported (Z1683), and left out.
 */
export function checkMessage(
  checking: Checking,
  path: Path,
  types: readonly MessageType[],
  type: number,
): JsonValue {
  const node = nodeAt(checking.document, path);
  if (node === undefined) return { kind: "table", entries: [] };
  return messageValue(checking, node, path, types, types[type]);
}

function messageValue(
  checking: Checking,
  node: Node,
  path: Path,
  types: readonly MessageType[],
  type: MessageType,
): JsonValue {
  if (node.kind !== "table") {
    return misfit(checking, path, `is ${shown(node)}, and ${type.name} is a message; write a table`);
  }
  const known = type.fields.flatMap(({ name, protoName }) => name === protoName ? [name] : [name, protoName]);
  const entries: { key: string; value: JsonValue }[] = [];
  for (const [key, entry] of node.entries) {
    const field = type.fields.find(({ name, protoName }) => key === name || key === protoName);
    if (field === undefined) {
      const fields = known.length === 0
        ? "no fields"
        : `the fields ${known.slice(0, 8).map(quote).join(", ")}`;
      const hint = didYouMean(key, known) || `; it has ${fields}`;
      report(
        checking,
        "Z1683",
        keyPlaceAt(checking.document, [...path, key]),
        `${type.name} has no field ${quote(key)}${hint}`,
      );
    } else if (entries.some((other) => other.key === field.name)) {
      report(
        checking,
        "Z1683",
        keyPlaceAt(checking.document, [...path, key]),
        `${quote(key)} is there already, as ${quote(field.name)}; keep one of the two`,
      );
    } else {
      entries.push({
        key: field.name,
        value: fieldValue(checking, entry.node, [...path, key], types, field),
      });
    }
  }
  return { kind: "table", entries };
}

function fieldValue(
  checking: Checking,
  node: Node,
  path: Path,
  types: readonly MessageType[],
  field: MessageField,
): JsonValue {
  const one = (item: Node, at: Path) => singleValue(checking, item, at, types, field);
  switch (field.rule) {
    case "one":
    case "optional":
      return one(node, path);
    case "repeated":
    case "packed":
      if (node.kind !== "list") {
        return misfit(checking, path, `is ${shown(node)}, and the field repeats; write a list`);
      }
      return { kind: "list", items: node.items.map((item, index) => one(item, [...path, index])) };
    case "map":
      if (node.kind !== "table") {
        return misfit(checking, path, `is ${shown(node)}, and the field is a map; write a table`);
      }
      return {
        kind: "table",
        entries: [...node.entries].map(([key, entry]) => {
          checkKey(checking, [...path, key], key, field.keyType);
          return { key, value: one(entry.node, [...path, key]) };
        }),
      };
  }
}

function checkKey(checking: Checking, path: Path, key: string, type: ScalarType | ""): void {
  const words = type === "string" || type === ""
    ? null
    : type === "bool"
    ? (key === "true" || key === "false" ? null : 'is no bool; write "true" or "false"')
    : troubleOfNumber(key, type);
  if (words !== null) {
    report(checking, "Z1683", keyPlaceAt(checking.document, path), `the key ${quote(key)} ${words}`);
  }
}

function singleValue(
  checking: Checking,
  node: Node,
  path: Path,
  types: readonly MessageType[],
  field: MessageField,
): JsonValue {
  if (field.type === "message" || field.type === "group") {
    return messageValue(checking, node, path, types, types[field.message]);
  }
  if (node.kind === "table" || node.kind === "list" || node.kind === "date") {
    return misfit(checking, path, `is ${shown(node)}; ${wanted(field)}`);
  }
  // What only the run knows is held against the type when the message is encoded.
  const text = node.kind === "integer" ? String(node.value) : literalText(templateOf(checking, node));
  if (text === null) return jsonValue(checking, node);
  const words = trouble(field, node, text);
  return words === null ? jsonValue(checking, node) : misfit(checking, path, words);
}

/** What is wrong with a literal value, or null. */
function trouble(field: MessageField, node: Node, text: string): string | null {
  const { type } = field;
  switch (type) {
    case "string":
      return node.kind === "text" ? null : `is ${shown(node)}; ${wanted(field)}`;
    case "bytes":
      return node.kind === "text" && isBase64(text) ? null : `is ${shown(node)}; ${wanted(field)}`;
    case "bool":
      return node.kind === "boolean" ? null : `is ${shown(node)}; ${wanted(field)}`;
    case "enum": {
      const names = field.values.map(([name]) => name);
      if (node.kind === "integer" || names.includes(text)) return null;
      return `is ${shown(node)}; ${wanted(field)}${node.kind === "text" ? didYouMean(text, names) : ""}`;
    }
    default:
      return node.kind === "boolean"
        ? `is ${shown(node)}; ${wanted(field)}`
        : troubleOfNumber(text, type as ScalarType);
  }
}

/** Least and greatest of each whole type. */
const LIMITS: Readonly<Partial<Record<ScalarType, readonly [bigint, bigint]>>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

function troubleOfNumber(text: string, type: ScalarType): string | null {
  const limits = LIMITS[type];
  if (limits === undefined) {
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
      ? null
      : `is no number; write one, as ${type} is`;
  }
  if (!/^[+-]?\d+$/.test(text)) return `is no whole number; write one, as ${type} is`;
  const value = BigInt(text);
  return value >= limits[0] && value <= limits[1]
    ? null
    : `is beyond what ${type} can hold; write a number from ${limits[0]} to ${limits[1]}`;
}

function isBase64(text: string): boolean {
  try {
    Uint8Array.fromBase64(text);
    return true;
  } catch {
    return false;
  }
}

function wanted({ type, values }: MessageField): string {
  switch (type) {
    case "enum":
      return `write one of ${values.slice(0, 8).map(([name]) => quote(name)).join(", ")}`;
    case "bytes":
      return "bytes are written as a text in base64";
    case "string":
      return "write a text in quotes";
    case "bool":
      return "write true or false";
    default:
      return `write a number, as ${type} is`;
  }
}

function shown(node: Node): string {
  switch (node.kind) {
    case "table":
    case "list":
      return `a ${node.kind}`;
    case "text":
      return quote(node.value);
    case "boolean":
      return String(node.value);
    default:
      return node.source;
  }
}

function misfit(checking: Checking, path: Path, words: string): JsonValue {
  report(checking, "Z1683", path, `${quote(String(path.at(-1)))} ${words}`);
  return { kind: "table", entries: [] };
}
