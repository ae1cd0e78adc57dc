/** How texts become part of what is around them: what a person writes there, and what a variable brings. */
import type { Encoding } from "../../runtime/plan_templates.ts";
import { encodePathValue, encodeQueryValue, encodeUrl } from "./percent_encoding.ts";

/** A place for text: the encoding of values, which the runtime knows by name, and of what is written there. */
export type TextPlace = Readonly<{ encoding: Encoding; literal: (text: string) => string }>;

const asItIs = (text: string) => text;

/** Within the path of a URL: what is written keeps its delimiters and its `%XX`. */
export const IN_PATH: TextPlace = { encoding: "path", literal: encodeUrl };
/** Instead of a path: a URL that a response has named. */
export const AS_TARGET: TextPlace = { encoding: "target", literal: encodeUrl };
/** Within the query of a URL, likewise. */
export const IN_QUERY: TextPlace = { encoding: "query", literal: encodeUrl };
/** A whole name or value of a query or a form: all of it is data. */
export const QUERY_ITEM: TextPlace = { encoding: "query", literal: encodeQueryValue };
/** Within the quotes of a JSON text. */
export const IN_JSON_TEXT: TextPlace = { encoding: "json", literal: escapeJson };
/** In the value of a header. */
export const IN_HEADER: TextPlace = { encoding: "header", literal: asItIs };
/** Plain bodies, and what is encoded as a whole later. */
export const VERBATIM: TextPlace = { encoding: "none", literal: asItIs };

/** A value as the runtime would write it. */
export function encodeValue(text: string, encoding: Encoding): string {
  switch (encoding) {
    case "none":
      return text;
    case "path":
      return encodePathValue(text);
    case "query":
      return encodeQueryValue(text);
    case "json":
      return escapeJson(text);
    case "header":
      // deno-lint-ignore no-control-regex -- these are what a header line cannot hold.
      return text.replace(/[\r\n\u0000]/g, " ");
    case "target":
      throw new Error("z6c has a bug: only a captured value can be a whole URL");
  }
}

/** How many bytes one byte of a value can become: `%XX`, or `\u0000`. */
export function longestEncodedByte(encoding: Encoding): number {
  switch (encoding) {
    case "none":
    case "header":
      return 1;
    case "path":
    case "query":
    case "target":
      return 3;
    case "json":
      return 6;
  }
}

/** Text within the quotes of a JSON string (RFC 8259 section 7). */
function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
