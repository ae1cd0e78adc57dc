/**
 * A scenario before it is text: what every importer makes, and the writer lays out. Texts may hold characters of
 * `Variables`, but never `${…}` that means something; comments are one line each, without `#`.
 */
import type { Note } from "./located.ts";
import type { Variables } from "./variables.ts";

/** A value of the language. A table is a `Map`, so that keys keep their order and none is special. */
export type Value =
  | string
  | number
  | boolean
  /** A number as it is to be written. */
  | Readonly<{ number: string }>
  | readonly Value[]
  | Table;
export type Table = ReadonlyMap<string, Value>;

export type Draft = Readonly<{
  variables: Variables;
  /** Whatever text: the writer makes a name of it. */
  name: string;
  description: string;
  /** About the whole file: where it is from, what was left out. */
  comments: readonly string[];
  /** Left out, it is the language's own. */
  seed: number | null;
  target: DraftTarget;
  load: DraftLoad;
  data: readonly DraftData[];
  flows: readonly DraftFlow[];
  thresholds: readonly Table[];
}>;

export type DraftTarget = Readonly<{
  base: string;
  comments: readonly string[];
  headers: Table;
  /** Further keys of `[target]`, such as `timeout`. */
  more: Table;
}>;

/** Keys of `[load]`; null for the default, which the number of steps and their thinking decide. */
export type DraftLoad = Readonly<{ keys: Table; comments: readonly string[] }> | null;

export type DraftData = Readonly<{ name: string; rows: readonly Table[]; comments: readonly string[] }>;

export type DraftFlow = Readonly<{
  name: string;
  weight: number;
  steps: readonly DraftStep[];
}>;

export type DraftStep = DraftRequest | DraftThink;

/** `time` is as the language has it: `"2s"`, `"500ms..2s"`. */
export type DraftThink = Readonly<{ kind: "think"; time: string; comments: readonly string[] }>;

export type DraftRequest = Readonly<{
  kind: "request";
  comments: readonly string[];
  /** Null: made from method and path, or from the path alone. Made unique in its flow either way. */
  name: string | null;
  method: Method;
  /** Path and query from the base: begins with `/`. */
  url: string;
  /** Names and values, not encoded. */
  query: Table;
  /** Names in lower case. */
  headers: Table;
  body: DraftBody;
  /** Further keys of the step in the order in which they are to stand: `auth`, `timeout`, `expect`, `capture`, … */
  more: Table;
}>;

export type Method = "get" | "head" | "post" | "put" | "patch" | "delete" | "options";

/** The keys of the language that say a body, such as `json`; a GraphQL body takes the place of the method too. */
export type DraftBody = Readonly<
  { kind: "none" } | { kind: "keys"; keys: Table } | { kind: "graphql"; keys: Table }
>;

/** What an importer makes of a source: a draft and what did not come along, or why there is none. */
export type Drafted = Readonly<{ draft: Draft; notes: readonly Note[] }> | Readonly<{ refused: Note }>;

/** The methods a step can have, by their names on the wire. */
export const METHODS: ReadonlyMap<string, Method> = new Map([
  ["GET", "get"],
  ["HEAD", "head"],
  ["POST", "post"],
  ["PUT", "put"],
  ["PATCH", "patch"],
  ["DELETE", "delete"],
  ["OPTIONS", "options"],
]);

/** What a draft's run must reach, unless its source says: nearly everything succeeds. */
export const FEW_ERRORS: Table = new Map([["metric", "errors"], ["ratio", "< 1%"]]);

/** A table of the entries whose value is there. */
export function tableOf(entries: readonly (readonly [string, Value | null | undefined])[]): Table {
  return new Map(
    entries.flatMap(([key, value]) => value === null || value === undefined ? [] : [[key, value]]),
  );
}

/** Whether a value is a table. */
export function isTable(value: Value): value is Table {
  return value instanceof Map;
}

/** Every text within a value, keys left out. */
export function textsIn(value: Value): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return value instanceof Map ? [...value.values()].flatMap(textsIn) : [];
}
