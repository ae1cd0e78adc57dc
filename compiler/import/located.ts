/** What a source says (JSON, YAML or TOML alike), with where each value begins. Every accessor takes what is missing. */

export type Located = Readonly<
  /** An index into the source text. */
  & { at: number }
  & (
    | { kind: "null" }
    | { kind: "boolean"; value: boolean }
    /** `source` is the number as JSON and TOML write it. */
    | { kind: "number"; value: number; source: string }
    | { kind: "text"; value: string }
    | { kind: "list"; items: readonly Located[] }
    | { kind: "table"; entries: ReadonlyMap<string, Located> }
  )
>;

/** What is wrong with a source, or what did not come along; `at` is an index into the source text. */
export type Note = Readonly<{ at: number; text: string }>;

/** How deeply values may lie within each other. */
export const MOST_DEPTH = 200;

/** The value behind keys of tables and positions of lists. */
export function valueAt(
  node: Located | undefined,
  ...path: readonly (string | number)[]
): Located | undefined {
  let found = node;
  for (const step of path) {
    if (found?.kind === "table") found = found.entries.get(String(step));
    else if (found?.kind === "list") found = found.items[Number(step)];
    else return undefined;
  }
  return found;
}

/** The text behind a path, or undefined where there is none. */
export function textAt(node: Located | undefined, ...path: readonly (string | number)[]): string | undefined {
  const found = valueAt(node, ...path);
  return found?.kind === "text" ? found.value : undefined;
}

/** The finite number behind a path, or undefined where there is none. */
export function numberAt(
  node: Located | undefined,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = valueAt(node, ...path);
  return found?.kind === "number" && Number.isFinite(found.value) ? found.value : undefined;
}

/** The boolean behind a path, or undefined where there is none. */
export function flagAt(
  node: Located | undefined,
  ...path: readonly (string | number)[]
): boolean | undefined {
  const found = valueAt(node, ...path);
  return found?.kind === "boolean" ? found.value : undefined;
}

/** The items of the list behind a path; none where there is no list. */
export function itemsAt(
  node: Located | undefined,
  ...path: readonly (string | number)[]
): readonly Located[] {
  const found = valueAt(node, ...path);
  return found?.kind === "list" ? found.items : [];
}

/** The entries of the table behind a path, in the order of the source; none where there is no table. */
export function entriesAt(
  node: Located | undefined,
  ...path: readonly (string | number)[]
): readonly (readonly [string, Located])[] {
  const found = valueAt(node, ...path);
  return found?.kind === "table" ? [...found.entries] : [];
}

/** A text, number or boolean as the text that stands in a URL or a header; undefined for anything else. */
export function scalarText(node: Located | undefined): string | undefined {
  if (node?.kind === "text") return node.value;
  if (node?.kind === "number") return node.source;
  return node?.kind === "boolean" ? String(node.value) : undefined;
}

/** Line and column of an index into the text, both from 1. */
export function positionOf(text: string, at: number): Readonly<{ line: number; column: number }> {
  const before = text.slice(0, Math.max(0, at));
  return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
}
