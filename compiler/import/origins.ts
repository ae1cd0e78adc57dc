/** Absolute URLs, cut where a scenario cuts them: into the origin that is loaded, and the rest. */

/** `origin` without a slash at its end; `rest` is path and query and begins with `/`. */
export type CutUrl = Readonly<{ origin: string; user: string | null; rest: string }>;

/** Null for what is no http or https URL with a usable host and port. */
export function cutUrl(url: string): CutUrl | null {
  const match = /^(https?):\/\/(?:([^/?#]*)@)?([^/?#]*)([^#]*)/is.exec(url.trim());
  if (match === null) return null;
  const [, scheme = "", user, authority = "", rest = ""] = match;
  const parsed = /[\p{Cc}\s\\]/u.test(authority) ? null : URL.parse(`${scheme}://${authority}/`);
  if (parsed === null || parsed.hostname === "" || parsed.port === "0") return null;
  return { origin: parsed.origin, user: user ?? null, rest: rest.startsWith("/") ? rest : `/${rest}` };
}

/** What `base` can be for a URL: its origin and path, without a slash at the end and without a query. */
export function baseOf({ origin, rest }: CutUrl): string {
  const path = rest.replace(/\?.*$/s, "").replace(/\/+$/, "");
  return origin + path.toWellFormed().replace(/[\p{Cc}\s\\]/gu, encodeURIComponent);
}

/** The most frequent of some names; the first of those that are equally frequent. Undefined for none. */
export function mostFrequent(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  let best: string | undefined;
  for (const [name, count] of counts) if (count > (counts.get(best ?? "") ?? 0)) best = name;
  return best;
}
