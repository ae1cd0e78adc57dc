/** What is sent → the keys of a step that say it: `json`, `form`, `graphql`, or `body` where nothing plainer fits. */
import { type DraftBody, type Table, type Value } from "./draft.ts";
import { readJson } from "./json_source.ts";
import { type Located } from "./located.ts";
import { isSecretName, secretOf } from "./credentials.ts";
import type { Variables } from "./variables.ts";

/** A body and the `content-type` that must be set by hand beside it; null where the key says it already. */
export type Body = Readonly<{ body: DraftBody; contentType: string | null }>;

const FORM = "application/x-www-form-urlencoded";

/** A body of text. `contentType` is the header as it was sent, or null. Credentials in it become secrets. */
export function textBody(text: string, contentType: string | null, path: string, variables: Variables): Body {
  const media = mediaType(contentType);
  if (text === "") return { body: { kind: "none" }, contentType };
  if (media === FORM) {
    const form = formTable(text, variables);
    if (form !== null) return { body: { kind: "keys", keys: new Map([["form", form]]) }, contentType: null };
  }
  const isJson = media === "application/json" || media.endsWith("+json");
  const json = isJson ? readJson(text) : null;
  const value = json !== null && "value" in json ? valueOf(json.value, variables) : null;
  if (value === null) return { body: { kind: "keys", keys: new Map([["body", text]]) }, contentType };
  const own = media === "application/json" ? null : contentType;
  const graphql = /graphql/i.test(path) && own === null ? graphqlKeys(value) : null;
  if (graphql !== null) return { body: { kind: "graphql", keys: graphql }, contentType: null };
  return { body: { kind: "keys", keys: new Map([["json", value]]) }, contentType: own };
}

/** `application/json` of `application/json; charset=utf-8`, in lower case. */
export function mediaType(contentType: string | null): string {
  return (contentType ?? "").replace(/;.*$/s, "").trim().toLowerCase();
}

/** A JSON value as TOML has it; null where TOML has no such value: null itself, or a number out of its range. */
export function valueOf(node: Located, variables: Variables | null): Value | null {
  switch (node.kind) {
    case "null":
      return null;
    case "boolean":
    case "text":
      return node.value;
    case "number": {
      const isWhole = /^-?\d+$/.test(node.source);
      const fits = isWhole ? BigInt.asIntN(64, BigInt(node.source)) === BigInt(node.source) : true;
      return Number.isFinite(node.value) && fits ? { number: node.source } : null;
    }
    case "list": {
      const items = node.items.map((item) => valueOf(item, variables));
      return items.some((item) => item === null) ? null : items.filter((item) => item !== null);
    }
    case "table": {
      const table = new Map<string, Value>();
      for (const [key, inner] of node.entries) {
        const value = valueOf(inner, variables);
        if (value === null) return null;
        const isSecret = variables !== null && typeof value === "string" && isSecretName(key);
        table.set(key, isSecret ? secretOf(value, key, variables) : value);
      }
      return table;
    }
  }
}

/** Pairs of a query or a form, decoded; null where they cannot be told apart from other ways to write them. */
export function pairsOf(text: string): (readonly [string, string])[] | null {
  const pairs: (readonly [string, string])[] = [];
  for (const item of text.split("&")) {
    const [name, ...rest] = item.split("=");
    if (name === undefined || name === "" || rest.length === 0) return null;
    try {
      pairs.push([plain(name), plain(rest.join("="))]);
    } catch {
      return null;
    }
  }
  return new Set(pairs.map(([name]) => name)).size === pairs.length ? pairs : null;
}

function plain(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

function formTable(text: string, variables: Variables): Table | null {
  const pairs = /[\r\n]/.test(text) ? null : pairsOf(text);
  if (pairs === null) return null;
  return new Map(
    pairs.map(([name, value]) => [name, isSecretName(name) ? secretOf(value, name, variables) : value]),
  );
}

/** `query`, `operation` and `variables` of a GraphQL request; null where the value is none. */
function graphqlKeys(value: Value): Table | null {
  if (!(value instanceof Map)) return null;
  const table: Table = value;
  const query = table.get("query");
  const operation = table.get("operationName");
  const given = table.get("variables");
  if (typeof query !== "string" || query.trim() === "") return null;
  if (operation !== undefined && (typeof operation !== "string" || operation === "")) return null;
  if (given !== undefined && !(given instanceof Map)) return null;
  if ([...table.keys()].some((key) => !["query", "operationName", "variables"].includes(key))) return null;
  const keys = new Map<string, Value>([["query", query]]);
  if (operation !== undefined) keys.set("operation", operation);
  if (given !== undefined && given instanceof Map && given.size > 0) keys.set("variables", given);
  return keys;
}
