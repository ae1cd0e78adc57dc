/** Values for what a schema describes: its examples first, and something of the right shape otherwise. */
import { valueOf } from "./bodies.ts";
import { isTable, type Value } from "./draft.ts";
import {
  entriesAt,
  flagAt,
  itemsAt,
  type Located,
  numberAt,
  scalarText,
  textAt,
  valueAt,
} from "./located.ts";
import type { OpenapiDocument } from "./openapi_document.ts";
import type { Variables } from "./variables.ts";

/** Schemas within each other, and values of one sample: a schema may contain itself. */
const MOST_DEPTH = 6;
const MOST_VALUES = 400;

const FORMATS: ReadonlyMap<string, string> = new Map([
  ["date", "2026-01-31"],
  ["date-time", "2026-01-31T12:00:00Z"],
  ["time", "12:00:00Z"],
  ["duration", "PT1H"],
  ["email", "ann@example.com"],
  ["hostname", "example.com"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
  ["uri", "https://example.com/"],
  ["url", "https://example.com/"],
  ["uri-reference", "/"],
  ["byte", "c2FtcGxl"],
]);

/** Samples of one document. */
export class Samples {
  private values = 0;
  private readonly open = new Set<Located>();

  constructor(private readonly document: OpenapiDocument, private readonly variables: Variables) {}

  /**
   * A value for a schema called `name`; null where TOML has none. Names of values that no example stands for go to
   * `invented`. What only the server says is left out.
   */
  ofSchema(schema: Located | undefined, name: string, invented: string[]): Value | null {
    this.values = 0;
    return this.sample(schema, name, invented, 0);
  }

  /** A value for a parameter: as for schemas, but that a draw is better than one value for all sessions. */
  ofParameter(node: Located, name: string, invented: string[]): Value | null {
    const schema = this.document.value(node, "schema") ?? this.document.value(contentOf(node), "schema");
    const given = givenExample(this.document, node) ?? givenExample(this.document, schema);
    if (given !== null) return valueOf(given, null);
    const drawn = this.drawn(schema);
    if (drawn === null) return this.ofSchema(schema, name, invented);
    if (drawn.isInvented) invented.push(name);
    return this.variables.add(drawn.variable);
  }

  private drawn(schema: Located | undefined): { variable: string; isInvented: boolean } | null {
    const choices = itemsAt(schema, "enum").map((item) => item.kind === "text" ? item.value : null);
    if (
      choices.length > 1 && choices.every((choice) => choice !== null && /^[^'"{}\p{Cc}]+$/u.test(choice))
    ) {
      const texts = choices.slice(0, 20).map((choice) => `'${choice}'`).join(", ");
      return { variable: `random.choice(${texts})`, isInvented: false };
    }
    if (choices.length > 0 || valueAt(schema, "default") !== undefined) return null;
    if (typeOf(schema) === "string" && textAt(schema, "format") === "uuid") {
      return { variable: "uuid", isInvented: false };
    }
    if (typeOf(schema) !== "integer") return null;
    const { least, most } = boundsOf(schema);
    return {
      variable: `random.int(${least ?? 1}, ${most ?? Math.max(100, (least ?? 1) + 99)})`,
      isInvented: most === null,
    };
  }

  private sample(given: Located | undefined, name: string, invented: string[], depth: number): Value | null {
    const schema = this.document.resolved(given);
    // What a schema holds of itself is left out: there is no end to it.
    if (schema === undefined) return this.text(schema, name, invented);
    if (this.open.has(schema)) return null;
    if (++this.values > MOST_VALUES || depth > MOST_DEPTH) return null;
    this.open.add(schema);
    try {
      return this.shaped(schema, name, invented, depth);
    } finally {
      this.open.delete(schema);
    }
  }

  private shaped(schema: Located, name: string, invented: string[], depth: number): Value | null {
    const example = givenExample(this.document, schema) ?? valueAt(schema, "default") ??
      valueAt(schema, "const") ??
      itemsAt(schema, "enum").find(({ kind }) => kind !== "null");
    if (example !== undefined && example !== null) return valueOf(example, null);
    const parts = itemsAt(schema, "allOf");
    if (parts.length > 0) return this.merged([...parts, ...withoutAllOf(schema)], name, invented, depth);
    const [choice] = [...itemsAt(schema, "oneOf"), ...itemsAt(schema, "anyOf")].filter((one) =>
      typeOf(this.document.resolved(one)) !== "null"
    );
    if (choice !== undefined) return this.sample(choice, name, invented, depth + 1);
    switch (typeOf(schema)) {
      case "object":
        return this.object(schema, invented, depth);
      case "array": {
        const item = this.sample(valueAt(schema, "items"), name, invented, depth + 1);
        const count = Math.min(3, Math.max(1, numberAt(schema, "minItems") ?? 1));
        return item === null ? [] : new Array<Value>(count).fill(item);
      }
      case "boolean":
        return true;
      case "integer":
      case "number": {
        invented.push(name);
        const { least, most } = boundsOf(schema);
        return { number: String(least ?? Math.min(1, most ?? 1)) };
      }
      default:
        return this.text(schema, name, invented);
    }
  }

  private object(schema: Located | undefined, invented: string[], depth: number): Value {
    const required = new Set(itemsAt(schema, "required").map(scalarText));
    const table = new Map<string, Value>();
    for (const [name, given] of entriesAt(schema, "properties")) {
      const property = this.document.resolved(given);
      if (flagAt(property, "readOnly") === true) continue;
      if (required.size > 0 && !required.has(name) && givenExample(this.document, property) === null) {
        continue;
      }
      const value = this.sample(property, name, invented, depth + 1);
      if (value !== null) table.set(name, value);
    }
    return table;
  }

  private merged(parts: readonly Located[], name: string, invented: string[], depth: number): Value | null {
    const merged = new Map<string, Value>();
    for (const part of parts) {
      const value = this.sample(part, name, invented, depth + 1);
      if (value === null) continue;
      if (!isTable(value)) return value;
      for (const [key, inner] of value) merged.set(key, inner);
    }
    return merged;
  }

  private text(schema: Located | undefined, name: string, invented: string[]): string {
    const format = textAt(schema, "format") ?? "";
    if (format === "uuid") return this.variables.add("uuid");
    const known = FORMATS.get(format);
    if (known !== undefined) return known;
    invented.push(name);
    const least = Math.min(200, Math.max(1, numberAt(schema, "minLength") ?? 1));
    const most = Math.max(least, numberAt(schema, "maxLength") ?? 200);
    return name.padEnd(least, "x").slice(0, most) || "x";
  }
}

/** `example`, or the first of `examples`, which are a table of `{ value }` or, in schemas of 3.1, a list. */
export function givenExample(document: OpenapiDocument, node: Located | undefined): Located | null {
  const example = valueAt(node, "example");
  if (example !== undefined && example.kind !== "null") return example;
  return allExamples(document, node)[0] ?? null;
}

/** Every one of `examples` whose value stands in the document. */
export function allExamples(document: OpenapiDocument, node: Located | undefined): Located[] {
  const named = entriesAt(node, "examples").flatMap(([, example]) => document.value(example, "value") ?? []);
  return named.length > 0 ? named : itemsAt(node, "examples").filter(({ kind }) => kind !== "null");
}

/** The first media type of a parameter that has `content` in place of a schema. */
function contentOf(node: Located): Located | undefined {
  return entriesAt(node, "content")[0]?.[1];
}

/** `type`; the first that is not `null` of several; told by the other keys where there is none. */
function typeOf(schema: Located | undefined): string {
  const types = [valueAt(schema, "type"), ...itemsAt(schema, "type")].flatMap((type) =>
    scalarText(type) ?? []
  );
  const named = types.find((type) => type !== "null") ?? types[0];
  if (named !== undefined) return named;
  if (valueAt(schema, "properties") !== undefined) return "object";
  return valueAt(schema, "items") !== undefined ? "array" : "string";
}

/** Whole bounds, both included. */
function boundsOf(schema: Located | undefined): { least: number | null; most: number | null } {
  const whole = (number: number | undefined) =>
    number === undefined || !Number.isSafeInteger(Math.trunc(number)) ? null : Math.trunc(number);
  const above = whole(numberAt(schema, "exclusiveMinimum"));
  const below = whole(numberAt(schema, "exclusiveMaximum"));
  const least = whole(numberAt(schema, "minimum")) ?? (above === null ? null : above + 1);
  const most = whole(numberAt(schema, "maximum")) ?? (below === null ? null : below - 1);
  return most !== null && (least ?? 1) > most ? { least: most, most } : { least, most };
}

function withoutAllOf(schema: Located | undefined): Located[] {
  if (schema?.kind !== "table" || valueAt(schema, "properties") === undefined) return [];
  return [{ ...schema, entries: new Map([...schema.entries].filter(([key]) => key !== "allOf")) }];
}
