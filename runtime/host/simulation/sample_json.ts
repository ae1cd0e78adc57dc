import type { Extraction } from "../../plan.ts";
import type { JsonCheck, JsonTest } from "../../plan_checks.ts";
import { type Json, NOTHING, readJson } from "../../protocol/json_value.ts";
import { sampleText } from "./sample_text.ts";

/** What is wanted of a value, and of what is in it. */
type Wanted = {
  readonly tests: JsonTest[];
  readonly patterns: string[];
  readonly parts: Map<string, Wanted>;
};
type Capture = Extraction & { kind: "json" };

/** Longer lists and texts are not made. */
const LONGEST = 100_000;
const ANY_TEXT = "simulated";

/** A JSON text for which checks and captures hold, as far as one was found; null where nothing asks for JSON. */
export function sampleJson(checks: readonly JsonCheck[], captures: readonly Capture[]): string | null {
  if (checks.length === 0 && captures.length === 0) return null;
  const root = nothingWanted();
  for (const { pointer, test } of checks) at(root, pointer).tests.push(test);
  for (const { pointer, pattern } of captures) {
    const wanted = at(root, pointer);
    wanted.tests.push({ kind: "exists", wanted: true });
    if (pattern !== null) wanted.patterns.push(pattern);
  }
  const value = valueFor(root, {});
  return JSON.stringify(value === NOTHING ? {} : value);
}

/** Whether a text is one JSON value. */
export function isJsonText(text: string): boolean {
  return readJson(text) !== NOTHING;
}

function nothingWanted(): Wanted {
  return { tests: [], patterns: [], parts: new Map() };
}

function at(root: Wanted, pointer: string): Wanted {
  let wanted = root;
  for (const token of pointer.split("/").slice(1)) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    let part = wanted.parts.get(key);
    if (part === undefined) wanted.parts.set(key, part = nothingWanted());
    wanted = part;
  }
  return wanted;
}

/** `any`: where every value will do. */
function valueFor({ tests, patterns, parts }: Wanted, any: Json): Json | typeof NOTHING {
  for (const test of tests) {
    if (test.kind === "equals") return JSON.parse(test.json);
    if (test.kind === "exists" && !test.wanted) return NOTHING;
  }
  const type = tests.find((test) => test.kind === "type")?.type;
  const [least, most] = bounds(tests);
  const inside = [...parts].map(([key, part]) => [key, valueFor(part, ANY_TEXT)] as const);
  const there = inside.flatMap(([key, value]) => value === NOTHING ? [] : [[key, value] as const]);
  const hasParts = there.length > 0;
  if (!hasParts && tests.length === 0 && patterns.length === 0 && parts.size === 0) return NOTHING;
  if (type === "list" || (type === undefined && hasParts && there.every(([key]) => isPlace(key)))) {
    const absent = inside.flatMap(([key, value]) => value === NOTHING && isPlace(key) ? [Number(key)] : []);
    return listOf(there, lengthWithin(least, Math.min(most, ...absent)));
  }
  if (type === "table" || hasParts) return tableOf(there, lengthWithin(least, most));
  const matching = [
    ...patterns,
    ...tests.flatMap((test) => test.kind === "matches" ? [test.pattern] : []),
  ];
  const text = matching.length > 0 ? sampleText(matching[0]) ?? ANY_TEXT : null;
  switch (type) {
    case "null":
      return null;
    case "boolean":
      return text !== "false";
    case "number":
      return text !== null && Number.isFinite(Number(text)) ? Number(text) : numberWithin(least, most);
    case "text":
      return text ?? textWithin(least, most);
    default:
      if (text !== null) return text;
      return least > -Infinity || most < Infinity ? numberWithin(least, most) : parts.size > 0 ? {} : any;
  }
}

/** The least and the most that all comparisons allow; where an end is excluded, the next whole number, or one close by. */
function bounds(tests: readonly JsonTest[]): [least: number, most: number] {
  let least = -Infinity, most = Infinity;
  for (const test of tests) {
    if (test.kind !== "compares") continue;
    const limit = Number(test.limit);
    // Far out, the next whole number is no other double.
    const step = Math.max(1, Math.abs(limit) * (2 * Number.EPSILON));
    if (test.comparison === ">=") least = Math.max(least, limit);
    if (test.comparison === ">") least = Math.max(least, limit + step);
    if (test.comparison === "<=") most = Math.min(most, limit);
    if (test.comparison === "<") most = Math.min(most, limit - step);
  }
  return [least, most];
}

function numberWithin(least: number, most: number): number {
  // Two excluded ends less than two apart leave no whole number, but one between them.
  if (least > most) return (least + most) / 2;
  if (least <= 1 && most >= 1) return 1;
  return least > -Infinity ? least : most;
}

function lengthWithin(least: number, most: number): number {
  const length = least > -Infinity ? Math.ceil(least) : Math.min(1, Math.floor(most));
  return Math.min(Math.max(0, length), LONGEST);
}

function textWithin(least: number, most: number): string {
  const shortest = Math.min(Math.max(0, Math.ceil(least)), LONGEST);
  return ANY_TEXT.slice(0, Math.max(0, most)).padEnd(shortest, "a");
}

function isPlace(key: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(key);
}

/** A list with the parts in their places; others are like the first of them. */
function listOf(parts: readonly (readonly [key: string, value: Json])[], length: number): Json {
  const places = parts.filter(([key]) => isPlace(key)).map(([key, value]) => [Number(key), value] as const);
  const filler = places.length > 0 ? places[0][1] : ANY_TEXT;
  const needed = Math.max(length, ...places.map(([place]) => place + 1));
  const list: Json[] = new Array(needed).fill(filler);
  for (const [place, value] of places) list[place] = value;
  return list;
}

/** A table with the parts, and as many other keys as it takes. */
function tableOf(parts: readonly (readonly [key: string, value: Json])[], length: number): Json {
  const table = new Map<string, Json>(parts);
  for (let n = 1; table.size < length; n++) {
    table.set(`key${n}`, n);
  }
  return Object.fromEntries(table);
}
