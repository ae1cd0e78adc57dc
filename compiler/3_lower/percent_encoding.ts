/** Percent-encoding (RFC 3986 section 2): what a person writes, as it must stand in a request line. */

/**
 * Text of a URL as it was written: path, query, or both. Encodes what may stand in neither (section 3.3 and 3.4),
 * and leaves delimiters and every existing `%XX` as they are, so that nothing is encoded twice.
 */
export function encodeUrl(text: string): string {
  return text.replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/gu, encodeURIComponent);
}

/** A value within a path: data, in which only a slash keeps its meaning. */
export function encodePathValue(text: string): string {
  return encodeQueryValue(text).replaceAll("%2F", "/");
}

/**
 * A name or value within a query: all but the unreserved characters (section 2.3) is encoded. A space becomes `%20`,
 * which means a space to every server; `+` does so only where the query is read as a form.
 */
export function encodeQueryValue(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${hex(character)}`);
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase();
}
