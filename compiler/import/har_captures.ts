/**
 * Values that a response brought and later requests sent back: tokens, ids. Sent again as recorded they would be stale
 * for every session, so each is proposed as a capture. A value counts where it stands whole (a part of a path, a value
 * of a query, form, header or JSON body), had not been sent before it came, and is nothing that turns up by chance.
 */
import type { Value } from "./draft.ts";
import type { Exchange } from "./har_entries.ts";
import { readJson } from "./json_source.ts";
import type { Located } from "./located.ts";
import { isChanging } from "./path_names.ts";
import type { Variables } from "./variables.ts";

/** A capture of the exchange `from`; `character` stands for it in requests. */
export type FoundCapture = Readonly<
  { from: number; name: string; extraction: Value; value: string; character: string }
>;

/** A place in a response that holds a value, and what the value might be called. */
type Candidate = Readonly<{ value: string; name: string; extraction: Value }>;

const MOST_LEAVES = 5_000;
const RESERVED = ["env", "secret", "random", "now", "session", "vu", "loop", "stage", "uuid", "status"];
const TELLING =
  /(?:^|[_.-]|[a-z](?=[A-Z]))(?:id|uuid|guid|token|key|code|nonce|csrf|xsrf|session|cursor|hash|ref|ticket|state|number)$/i;

/** Captures of kept exchanges, each used by a later one. */
export function capturesOf(exchanges: readonly Exchange[], variables: Variables): FoundCapture[] {
  const sent = exchanges.map((exchange) => new Set(sentValues(exchange)));
  const firstSent = new Map<string, number>();
  for (const [index, values] of sent.entries()) {
    for (const value of values) if (!firstSent.has(value)) firstSent.set(value, index);
  }
  const found = new Map<string, FoundCapture>();
  const names = new Set<string>();
  for (const [from, exchange] of exchanges.entries()) {
    for (const { value, name, extraction } of candidatesOf(exchange)) {
      const first = firstSent.get(value);
      if (found.has(value) || first === undefined || first <= from) continue;
      const free = freeName(name, names);
      names.add(free);
      found.set(value, { from, name: free, extraction, value, character: variables.add(free) });
    }
  }
  return [...found.values()];
}

/** The exchange's request with captured values replaced, given those of exchanges in front of it. */
export function withCaptures(exchange: Exchange, captures: readonly FoundCapture[]): Exchange {
  if (captures.length === 0) return exchange;
  const known = new Map(captures.map(({ value, character }) => [value, character]));
  const { body } = exchange;
  return {
    ...exchange,
    url: replaceInUrl(exchange.url, known),
    headers: exchange.headers.map(([name, value]) => [name, replaceInHeader(value, known)]),
    body: body.kind === "text"
      ? { ...body, text: replaceInBody(body.text, body.type ?? "", known) }
      : body.kind === "parts"
      ? {
        kind: "parts",
        parts: body.parts.map((part) => ({ ...part, value: known.get(part.value) ?? part.value })),
      }
      : body,
  };
}

function candidatesOf({ response, url }: Exchange): Candidate[] {
  const found: Candidate[] = [];
  for (const [name, value] of response.headers) {
    const header = name.toLowerCase();
    if (header === "location") found.push(...fromLocation(value));
    else if (header !== "set-cookie" && TELLING.test(header) && isDistinct(header, value)) {
      found.push({ value, name: header.replace(/^x-/, ""), extraction: new Map([["header", header]]) });
    } else if (header === "set-cookie") {
      // The cookie itself goes back by `cookies = true`; a copy of it in a header is the page's own doing.
      const [, cookie = "", content = ""] = /^\s*([^=;\s]+)=([^;]*)/.exec(value) ?? [];
      if (isDistinct(cookie, content)) {
        found.push({ value: decoded(content), name: cookie, extraction: new Map([["cookie", cookie]]) });
      }
    }
  }
  const text = response.body;
  if (text === null) return found;
  if (/json$/.test(response.media)) {
    const json = readJson(text);
    if ("value" in json) found.push(...leavesOf(json.value, url));
  } else if (/html/.test(response.media)) {
    found.push(...fromHtml(text));
  }
  return found;
}

/** `/cart/8412/pay` → the part that changes, found by what stands around it. */
function fromLocation(location: string): Candidate[] {
  const path = location.replace(/^https?:\/\/[^/]*/i, "").replace(/[?#].*$/s, "");
  const segments = path.split("/");
  return segments.flatMap((segment, index): Candidate[] => {
    const before = segments[index - 1] ?? "";
    if (!isChanging(segment, null) || before === "") return [];
    const regex = `/${escapedPattern(before)}/([^/?#]+)`;
    const name = `${singular(before)}_id`;
    return [{ value: segment, name, extraction: new Map([["header", "location"], ["regex", regex]]) }];
  });
}

/** Values of hidden fields and of `<meta name="csrf-token">`, found by the name in front of them or behind. */
function fromHtml(html: string): Candidate[] {
  const found: Candidate[] = [];
  for (const [tag] of html.slice(0, 500_000).matchAll(/<(?:input|meta)\b[^>]{0,1000}>/gi)) {
    const name = /\bname\s*=\s*["']([^"']+)["']/i.exec(tag);
    const value = /\b(?:value|content)\s*=\s*(["'])([^"']+)\1/i.exec(tag);
    if (name?.[1] === undefined || value === null || !isDistinct(name[1], value[2] ?? "")) continue;
    const [quote = '"', content = ""] = value.slice(1);
    const start = value.index + value[0].length - 1 - content.length;
    const group = `([^${quote}]+)`;
    const regex = name.index < value.index
      ? `${escapedPattern(tag.slice(name.index, start))}${group}`
      : `${group}${escapedPattern(tag.slice(start + content.length, name.index + name[0].length))}`;
    found.push({ value: content, name: name[1], extraction: new Map([["regex", regex]]) });
  }
  return found;
}

/** Texts and numbers of a JSON body with their pointers (RFC 6901). */
function leavesOf(root: Located, url: string): Candidate[] {
  const found: Candidate[] = [];
  const visit = (node: Located, pointer: string, keys: readonly string[]) => {
    if (found.length >= MOST_LEAVES) return;
    if (node.kind === "table") {
      for (const [key, inner] of node.entries) {
        visit(inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, [...keys, key]);
      }
    } else if (node.kind === "list") {
      // Behind the first few, a list holds more of the same.
      for (const [index, item] of node.items.slice(0, 20).entries()) visit(item, `${pointer}/${index}`, keys);
    } else if (node.kind === "text" || node.kind === "number") {
      const value = node.kind === "text" ? node.value : node.source;
      const key = keys.at(-1) ?? "";
      if (!isDistinct(key, value)) return;
      found.push({ value, name: nameOf(keys, url), extraction: new Map([["json", pointer]]) });
    }
  };
  visit(root, "", []);
  return found;
}

/** `/order/id` → `order_id`; `/id` of `/orders` → `order_id`; `/token` → `token`. */
function nameOf(keys: readonly string[], url: string): string {
  const key = keys.at(-1) ?? "value";
  if (!/^_?(?:id|uuid|guid|key|code)$/i.test(key)) return key;
  const segments = url.replace(/[?#].*$/s, "").split("/").filter((part) =>
    part !== "" && !isChanging(part, null)
  );
  const owner = keys.at(-2) ?? segments.at(-1) ?? "";
  return owner === "" ? key : `${singular(owner)}_${key.replace(/^_/, "")}`;
}

/** Whether a value is unlikely to turn up elsewhere by chance. */
function isDistinct(key: string, value: string): boolean {
  if (value.length > 4_096 || /\p{Cc}/u.test(value)) return false;
  if (TELLING.test(key)) return value.length >= (/^\d+$/.test(value) ? 1 : 3);
  return value.length >= 8 && /\d/.test(value) && !/\s/.test(value) && !/^\d{4}-\d\d-\d\d/.test(value);
}

function sentValues({ url, headers, body }: Exchange): string[] {
  const values = urlValues(url);
  for (const [, value] of headers) values.push(value, value.replace(/^\S+ /, ""));
  if (body.kind === "parts") values.push(...body.parts.map(({ value }) => value));
  if (body.kind === "text") {
    const json = /json/i.test(body.type ?? "") ? readJson(body.text) : null;
    if (json !== null && "value" in json) values.push(...scalarsOf(json.value));
    else if (/urlencoded/i.test(body.type ?? "")) values.push(...pieces(body.text).map(decoded));
  }
  return values.filter((value) => value !== "");
}

function urlValues(url: string): string[] {
  const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(url) ?? [];
  return [...path.split("/"), ...pieces(query)].map(decoded);
}

function pieces(text: string): string[] {
  return text.split("&").map((item) => item.slice(item.indexOf("=") + 1).replaceAll("+", " "));
}

function scalarsOf(node: Located): string[] {
  if (node.kind === "list") return node.items.flatMap(scalarsOf);
  if (node.kind === "table") return [...node.entries.values()].flatMap(scalarsOf);
  return node.kind === "text" ? [node.value] : node.kind === "number" ? [node.source] : [];
}

function replaceInUrl(url: string, known: ReadonlyMap<string, string>): string {
  const [, path = "", query] = /^([^?]*)(?:\?(.*))?$/s.exec(url) ?? [];
  const replaced = path.split("/").map((segment) => known.get(decoded(segment)) ?? segment).join("/");
  return query === undefined ? replaced : `${replaced}?${replaceInPairs(query, known)}`;
}

function replaceInPairs(text: string, known: ReadonlyMap<string, string>): string {
  return text.split("&").map((item) => {
    const sign = item.indexOf("=");
    const value = known.get(decoded(item.slice(sign + 1).replaceAll("+", " ")));
    return sign < 0 || value === undefined ? item : item.slice(0, sign + 1) + value;
  }).join("&");
}

function replaceInHeader(value: string, known: ReadonlyMap<string, string>): string {
  const whole = known.get(value);
  if (whole !== undefined) return whole;
  const [, scheme = "", rest = ""] = /^(\S+ )(.+)$/s.exec(value) ?? [];
  const part = known.get(rest);
  return part === undefined ? value : scheme + part;
}

function replaceInBody(text: string, type: string, known: ReadonlyMap<string, string>): string {
  if (/urlencoded/i.test(type)) return replaceInPairs(text, known);
  const json = /json/i.test(type) ? readJson(text) : null;
  if (json === null || !("value" in json)) return text;
  let isChanged = false;
  // A number that is captured stands without quotes, so the body is no JSON until the test sends it.
  const shown = (node: Located): string => {
    switch (node.kind) {
      case "null":
        return "null";
      case "boolean":
        return String(node.value);
      case "number":
      case "text": {
        const value = known.get(node.kind === "text" ? node.value : node.source);
        if (value !== undefined) isChanged = true;
        if (node.kind === "number") return value ?? node.source;
        return JSON.stringify(value ?? node.value);
      }
      case "list":
        return `[${node.items.map(shown).join(",")}]`;
      case "table":
        return `{${
          [...node.entries].map(([key, value]) => `${JSON.stringify(key)}:${shown(value)}`).join(",")
        }}`;
    }
  };
  const made = shown(json.value);
  return isChanged ? made : text;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const plain = wanted.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase().replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_\d]+|_+$/g, "").slice(0, 40) || "value";
  const name = RESERVED.includes(plain) ? `${plain}_value` : plain;
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
  return free;
}

function singular(text: string): string {
  return text.replace(/ies$/i, "y").replace(/(?<=[^s])s$/i, "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function escapedPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, (character) => character === "/" ? "/" : `\\${character}`);
}
