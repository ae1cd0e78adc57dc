import type { Encoding } from "../plan_templates.ts";

/** A text as it must stand where its slot stands. `origin`: of the request's target, such as `http://shop.test`. */
export function encoded(text: string, encoding: Encoding, origin: string = ""): string {
  switch (encoding) {
    case "none":
      return text;
    case "target":
      return requestTargetOf(text, origin);
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

/** The scheme, the authority, and what is behind them of an absolute URL (RFC 3986 section 3). */
const ABSOLUTE = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)([^]*)$/i;

/**
 * What a URL that was found asks of its own origin: path and query (RFC 9112 section 3.2.1), without the fragment. An
 * origin that is another's stays, and becomes part of the path. What is percent-encoded already stays as it is.
 */
function requestTargetOf(url: string, origin: string): string {
  const [, base, rest] = ABSOLUTE.exec(url) ?? [];
  const asked = base !== undefined && isOrigin(base, origin) ? rest : url;
  const [shown] = asked.split("#", 1);
  const target = encodeURI(shown.toWellFormed()).replaceAll("%25", "%");
  return target.startsWith("/") ? target : `/${target}`;
}

/** Compared as WHATWG does: without regard to case, and to a port that is the scheme's own. */
function isOrigin(base: string, origin: string): boolean {
  return base === origin || URL.parse(base)?.origin === URL.parse(origin)?.origin;
}
