/** Whether docs/scenario.schema.json describes what scenarios say, so that editors neither complain nor stay silent. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { Node } from "../compiler/1_parse/document.ts";
import { parseToml } from "../compiler/1_parse/parse_toml.ts";
import { type JsonSchema, jsonSchema } from "../compiler/reference.ts";
import { starterScenario } from "../cli/starter_scenario.ts";

type Schema =
  & JsonSchema
  & Readonly<
    {
      patternProperties?: Record<string, Schema>;
      additionalItems?: boolean;
      minItems?: number;
      maxItems?: number;
    }
  >;

/** Every keyword of draft 7 that the schema uses; `complaints` knows them all. */
const KEYWORDS = [
  ["$schema", "title", "description", "default", "$ref", "allOf", "definitions"],
  ["type", "const", "enum", "anyOf", "oneOf"],
  ["properties", "patternProperties", "additionalProperties", "required"],
  ["items", "additionalItems", "minItems", "maxItems"],
].flat();

/** What is wrong with a value by draft 7: a path and a word for each fault. */
function complaints(written: Schema, value: unknown, path = "", root = written): string[] {
  const schema = resolved(written, root);
  const kinds = [schema.type ?? []].flat();
  if (kinds.length > 0 && !kinds.some((kind) => isOfKind(value, kind))) {
    return [`${path}: not ${kinds.join(" or ")}`];
  }
  const found: string[] = [];
  if (schema.const !== undefined && value !== schema.const) found.push(`${path}: not ${schema.const}`);
  if (schema.enum !== undefined && !schema.enum.includes(value)) found.push(`${path}: not one of the words`);
  for (const kind of ["anyOf", "oneOf"] as const) {
    const options = schema[kind] ?? [];
    const fitting = options.filter((option) => complaints(option, value, path, root).length === 0).length;
    if (options.length > 0 && (fitting === 0 || (kind === "oneOf" && fitting > 1))) {
      found.push(`${path}: fits ${fitting} of ${options.length}`);
    }
  }
  if (Array.isArray(value)) return [...found, ...ofList(schema, value, path, root)];
  if (typeof value === "object" && value !== null) return [...found, ...ofTable(schema, value, path, root)];
  return found;
}

/** A reference stands alone, or as the only one of `allOf`. */
function resolved(schema: Schema, root: Schema): Schema {
  const [only, second] = schema.allOf ?? [schema];
  equal(second, undefined);
  if (only?.$ref === undefined) return schema;
  const [, name = ""] = /^#\/definitions\/(\w+)$/.exec(only.$ref) ?? [];
  const found = root.definitions?.[name];
  ok(found, only.$ref);
  return found;
}

function ofList(schema: Schema, value: readonly unknown[], path: string, root: Schema): string[] {
  const { items = [], additionalItems = true, minItems = 0, maxItems = Infinity } = schema;
  const most = Array.isArray(items) && !additionalItems ? items.length : maxItems;
  const wrong = value.length < minItems || value.length > most ? [`${path}: ${value.length} items`] : [];
  const at = (index: number): Schema => Array.isArray(items) ? items[index] ?? {} : items;
  return [
    ...wrong,
    ...value.flatMap((item, index) => complaints(at(index), item, `${path}[${index}]`, root)),
  ];
}

function ofTable(schema: Schema, value: object, path: string, root: Schema): string[] {
  const { properties = {}, patternProperties = {}, additionalProperties = true, required = [] } = schema;
  const missing = required.filter((key) => !Object.hasOwn(value, key)).map((key) => `${path}: no ${key}`);
  return [
    ...missing,
    ...Object.entries(value).flatMap(([key, inner]) => {
      const patterns = Object.entries(patternProperties).filter(([pattern]) => new RegExp(pattern).test(key));
      const known = [
        ...(Object.hasOwn(properties, key) ? [properties[key]] : []),
        ...patterns.map(([, it]) => it),
      ];
      if (known.length > 0) return known.flatMap((it) => complaints(it, inner, `${path}.${key}`, root));
      if (additionalProperties === false) return [`${path}: ${key} is unknown`];
      return additionalProperties === true
        ? []
        : complaints(additionalProperties, inner, `${path}.${key}`, root);
    }),
  ];
}

function isOfKind(value: unknown, kind: string): boolean {
  switch (kind) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    default:
      return kind === "boolean" && typeof value === "boolean";
  }
}

/** A TOML document as JSON sees it. */
function plain(node: Node): unknown {
  switch (node.kind) {
    case "table":
      return Object.fromEntries([...node.entries].map(([key, { node }]) => [key, plain(node)]));
    case "list":
      return node.items.map(plain);
    case "integer":
      return Number(node.value);
    case "date":
      return node.source;
    default:
      return node.value;
  }
}

function complaintsOf(text: string): string[] {
  const parsed = parseToml("a.toml", text);
  if (parsed.diagnostics !== undefined) throw new Error("no TOML");
  return complaints(jsonSchema(), plain(parsed.document));
}

/** A schema and every schema within it. */
function* within(schema: Schema): Generator<Schema> {
  yield schema;
  const inner = [
    ...[schema.items ?? []].flat(),
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.patternProperties ?? {}),
    ...Object.values(schema.definitions ?? {}),
    ...[schema.anyOf ?? [], schema.oneOf ?? []].flat(),
    ...(typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : []),
  ];
  for (const one of inner) yield* within(one);
}

const SOUND = [
  ...[...Deno.readDirSync("scenarios")].map(({ name }) => `scenarios/${name}`).filter((it) =>
    it.endsWith(".toml")
  ),
  ...[...Deno.readDirSync("tests/golden/plans")].map(({ name }) =>
    `tests/golden/plans/${name}/scenario.toml`
  ),
].sort();

for (const path of SOUND) {
  Deno.test(`an editor has nothing to say against ${path}`, () => {
    deepEqual(complaintsOf(Deno.readTextFileSync(path)), []);
  });
}

Deno.test("an editor has nothing to say against what init writes", () => {
  deepEqual(complaintsOf(starterScenario("a", "z6c.schema.json")), []);
});

Deno.test("an editor sees unknown keys, wrong kinds and words, and what is missing", () => {
  const starter = starterScenario("a", "z6c.schema.json");
  const cases: [string, string, RegExp][] = [
    ["seed = 1", "sead = 1", /^: sead is unknown$/],
    ["max_vus = 200", "max_vus = true", /^\.load: fits 0 of 2$/],
    ['metric = "errors"', 'metric = "erors"', /^\.threshold\[1\]\.metric: not one of the words$/],
    ['ratio = "< 1%"', 'ratoi = "< 1%"', /^\.threshold\[1\]: ratoi is unknown$/],
    ['p99 = "< 300ms"', "p99 = 300", /^\.threshold\[0\]\.p99: not string$/],
    ['name = "a"', "", /^: no name$/],
    ['think = "500ms..2s"', 'thinks = "500ms..2s"', /^\.flow\[0\]\.step\[1\]: thinks is unknown$/],
    ['think = "500ms..2s"', "step = [{ name = 1 }]", /^\.flow\[0\]\.step\[1\]\.step\[0\]\.name: not string$/],
    ['get = "/"', 'get = "/"\nauth = { bearer = 1 }', /^\.flow\[0\]\.step\[0\]\.auth\.bearer: not string$/],
    ['model = "open"', 'model = "opne"', /^\.load: fits 0 of 2$/],
  ];
  for (const [from, to, wanted] of cases) {
    const [first, second] = complaintsOf(starter.replace(from, to));
    ok(wanted.test(first ?? ""), `${to}: ${first}`);
    equal(second, undefined);
  }
});

Deno.test("every key has a text to show, and no keyword is one that the test passes over", () => {
  const used = new Set<string>();
  for (const schema of within(jsonSchema())) {
    for (const keyword of Object.keys(schema)) used.add(keyword);
    const named = { ...schema.properties, ...schema.patternProperties };
    for (const [key, { description = "" }] of Object.entries(named)) {
      ok(/\S.*[.)…]$/.test(description), `${key}: ${description}`);
    }
  }
  deepEqual([...used].filter((keyword) => !KEYWORDS.includes(keyword)), []);
  equal(jsonSchema().$schema, "http://json-schema.org/draft-07/schema#");
});
