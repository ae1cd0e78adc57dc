import type { Encoding } from "../plan.ts";

/** A text as it must stand where its slot stands. */
export function encoded(text: string, encoding: Encoding): string {
  switch (encoding) {
    case "none":
      return text;
    case "path":
      return percentEncoded(text).replaceAll("%2F", "/");
    case "query":
      return percentEncoded(text);
    case "json":
      return JSON.stringify(text).slice(1, -1);
    case "header":
      return text.replace(/[\r\n\0]/g, " ");
  }
}

/** All but the unreserved characters of RFC 3986 section 2.3. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
