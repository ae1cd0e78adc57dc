/** A JSON text (RFC 8259) as it was read: what RFC 6901 pointers find in it, and its canonical form (RFC 8785). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** There is no such value. */
export const NOTHING: unique symbol = Symbol("nothing");
export type Found = Json | typeof NOTHING;

/** The value of a JSON text, or `NOTHING` where it is none. */
export function readJson(text: string): Found {
  try {
    return JSON.parse(text);
  } catch {
    return NOTHING;
  }
}

/** What an RFC 6901 pointer leads to. */
export function pointed(value: Found, pointer: string): Found {
  let at = value;
  for (const token of pointer.split("/").slice(1)) {
    if (at === NOTHING || typeof at !== "object" || at === null) return NOTHING;
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(at) && !/^(0|[1-9]\d*)$/.test(key)) return NOTHING;
    if (!Object.hasOwn(at, key)) return NOTHING;
    at = (at as { readonly [key: string]: Json })[key];
  }
  return at;
}

/** May be a number that a double cannot hold, and that would be another one once it was read. */
const LONG_NUMBER = /\d{16}|\d[eE][+-]?\d{3}/;

/**
 * What a pointer leads to in a JSON text, as a text of its own: texts as they are, everything else as compact JSON, in
 * which long numbers keep every digit. Null where there is nothing. `value`: the text, read.
 */
export function pointedText(text: string, value: Found, pointer: string): string | null {
  const found = pointed(value, pointer);
  if (found === NOTHING) return null;
  if (typeof found === "string") return found;
  const json = JSON.stringify(found);
  if (!LONG_NUMBER.test(text)) return json;
  return JSON.stringify(pointed(JSON.parse(text, keepDigits), pointer));
}

/** A raw number is an object to `pointed`, and its digits to `JSON.stringify`. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && context?.source !== undefined ? rawJSON(context.source) : value;
}

/** RFC 8785: no white space, keys in the order of their UTF-16 units. */
export function canonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1);
  return `{${entries.map(([key, of]) => `${JSON.stringify(key)}:${canonicalJson(of)}`).join(",")}}`;
}
