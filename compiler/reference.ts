/** The language's schema for editors and for people: nothing here is written twice, so nothing can drift. */
import { toJSONSchema } from "zod";
import { scenarioSchema } from "./2_check/schema.ts";
import { z } from "./zod/zod.ts";

/** A JSON Schema of a part of the language, as far as this file reads it. */
export type JsonSchema = {
  $schema?: string;
  /** `#/definitions/step`; beside a description it stands in `allOf`. */
  $ref?: string;
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  /** A list of them: one for each position. */
  items?: JsonSchema | JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
};

/**
 * The JSON Schema of a scenario, for editors: `#:schema` at the top of a file names it. Draft 7 is the latest that all
 * of the common ones read.
 */
export function jsonSchema(): JsonSchema {
  const made = toJSONSchema(scenarioSchema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: it }) => {
      // A text with variables is a text in the file: what it becomes behind it is nothing an editor sees.
      if (it.anyOf !== undefined && zodSchema instanceof z.ZodUnion) {
        const { options } = zodSchema;
        it.anyOf = it.anyOf.filter((_, index) => !(options[index] instanceof z.ZodCustom));
        if (it.anyOf.length === 1) Object.assign(it, it.anyOf[0], { anyOf: undefined });
      }
      delete it.propertyNames;
    },
  });
  return { title: "A z6c scenario", ...JSON.parse(JSON.stringify(made)) };
}

/** One table of the reference: the keys of one TOML table. */
export type ReferenceTable = Readonly<{ name: string; rows: readonly ReferenceRow[] }>;
export type ReferenceRow = Readonly<{ key: string; kind: string; usual: string; description: string }>;

/** Every table of the language, from the outside in. */
export function referenceTables(schema: JsonSchema = jsonSchema()): ReferenceTable[] {
  const tables: ReferenceTable[] = [];
  const add = (name: string, table: JsonSchema) => {
    // Tables that may stand in several places, or in themselves, are told once.
    if (tables.some((one) => one.name === name)) return;
    const nested: [string, JsonSchema][] = [];
    const rows = Object.entries(table.properties ?? {}).map(([key, value]) => {
      nested.push(...tablesIn(name === "scenario" ? key : `${name}.${key}`, value, schema));
      return rowOf(key, value, table.required?.includes(key) === true);
    });
    tables.push({ name, rows });
    for (const [inner, innerTable] of nested) add(inner, innerTable);
  };
  add("scenario", schema);
  return tables;
}

/** Tables that stand under a key: itself, one of several kinds, those of a list, or those under names of one's own. */
function tablesIn(name: string, value: JsonSchema, root: JsonSchema): [string, JsonSchema][] {
  const shared = sharedName(value);
  if (shared !== null) return tablesIn(shared, root.definitions?.[shared] ?? {}, root);
  const named = typeof value.additionalProperties === "object"
    ? tablesIn(`${name}.*`, value.additionalProperties, root)
    : [];
  if (value.properties !== undefined) return [[name, value], ...named];
  const kinds = value.oneOf ?? value.anyOf ?? [];
  return [
    ...named,
    ...kinds.flatMap((kind) => tablesIn(kindName(name, kind), kind, root)),
    ...[value.items ?? []].flat().flatMap((item) => tablesIn(`${name}[]`, item, root)),
  ];
}

/** What a schema that is written elsewhere is called there, or null for one that is written here. */
function sharedName({ $ref, allOf }: JsonSchema): string | null {
  const path = $ref ?? allOf?.[0]?.$ref;
  return path?.replace("#/definitions/", "") ?? null;
}

function kindName(name: string, kind: JsonSchema): string {
  const tag = Object.entries(kind.properties ?? {}).find(([, value]) => value.const !== undefined);
  return tag === undefined ? name : `${name} (${tag[0]} = ${JSON.stringify(tag[1].const)})`;
}

function rowOf(key: string, value: JsonSchema, required: boolean): ReferenceRow {
  const usual = required ? "required" : value.default === undefined ? "" : defaultText(value.default);
  return { key, kind: kindOf(value), usual, description: value.description ?? "" };
}

/** An empty list or table stands for nothing. */
function defaultText(value: unknown): string {
  const empty = value === "" ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return empty ? "" : `\`${JSON.stringify(value)}\``;
}

function kindOf(value: JsonSchema): string {
  // What has a name of its own is a table.
  if (sharedName(value) !== null) return "table";
  if (value.const !== undefined) return `\`${JSON.stringify(value.const)}\``;
  if (value.enum !== undefined) return value.enum.map((one) => `\`${JSON.stringify(one)}\``).join(", ");
  const kinds = value.anyOf ?? value.oneOf;
  if (kinds !== undefined) return [...new Set(kinds.map(kindOf))].join(" or ");
  if (Array.isArray(value.items)) {
    return `list of ${value.items.length}: ${value.items.map(kindOf).join(", ")}`;
  }
  if (value.items !== undefined) {
    const isTable = value.items.properties !== undefined || sharedName(value.items) !== null;
    return `list of ${kindOf(value.items)}${isTable ? "s" : ""}`;
  }
  const types = [value.type ?? "any value"].flat();
  return types.map((type) => ({ string: "text", object: "table" })[type] ?? type).join(" or ");
}
