/** What a source is, told by its content. */

/** The kinds of source that there is an importer for. */
export const SOURCE_KINDS = ["curl", "har", "openapi", "z6"] as const;
export type SourceKind = typeof SOURCE_KINDS[number];

/** Null where nothing speaks for any of them. `file` decides only where the content does not. */
export function kindOf(text: string, file: string): SourceKind | null {
  const start = text.slice(0, 200_000).replace(/^\ufeff/, "");
  if (/\.har$/i.test(file)) return "har";
  if (/^\s*\{/.test(start)) {
    if (/"(?:openapi|swagger)"\s*:/.test(start)) return "openapi";
    return /"log"\s*:/.test(start) ? "har" : null;
  }
  if (/^["']?(?:openapi|swagger)["']?\s*:/m.test(start)) return "openapi";
  if (/^\s*\[\[requests\]\]/m.test(start) || (/^\s*\[(?:metadata|runtime|schedule)\]/m.test(start))) {
    return "z6";
  }
  if (/(?:^|[\s;&|(/\\])curl(?:\.exe)?\s/m.test(start)) return "curl";
  return /\.ya?ml$/i.test(file) ? "openapi" : null;
}
