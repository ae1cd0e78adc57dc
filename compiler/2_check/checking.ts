/** One check of one file: what is known of it, and the problems found so far. */
import type { z } from "../zod/zod.ts";
import { type Node, nodeAt, type Path, placeAt, type Table, type Text } from "../1_parse/document.ts";
import { type Diagnostic, type Place, problem, warning } from "../diagnostic.ts";
import type { ReadFile } from "./files.ts";
import type { CapturedNames, KnownTable } from "./names.ts";
import type { Template } from "./scenario.ts";
import type { FoundScenario } from "./schema.ts";

export type Checking = Readonly<{
  file: string;
  document: Table;
  /** Plain values, without the keys that nobody knows. */
  plain: unknown;
  /** What the schema makes of all of it, or null where something is wrong. */
  whole: FoundScenario | null;
  templates: ReadonlyMap<Text, Template>;
  tables: readonly KnownTable[];
  /** What steps capture. */
  captures: CapturedNames;
  readFile: ReadFile;
  /** Paths at which something is wrong already. */
  faults: readonly Path[];
  /** Paths of absent keys that an unknown key beside them was probably meant to be: their absence is not worth saying. */
  misspelt: readonly Path[];
  /** Paths of the keys that nobody knows. */
  unknown: readonly Path[];
  diagnostics: Diagnostic[];
}>;

export function report(checking: Checking, code: string, at: Place | Path, message: string): void {
  checking.diagnostics.push(problem(code, checking.file, placeOf(checking, at), message));
}

/** Adds a warning at a place, or at the key that a path leads to. */
export function warn(checking: Checking, code: string, at: Place | Path, message: string): void {
  checking.diagnostics.push(warning(code, checking.file, placeOf(checking, at), message));
}

/** Where a path leads to in the source. */
export function placeOf(checking: Checking, at: Place | Path): Place {
  return "line" in at ? at : placeAt(checking.document, at);
}

/** The plain value at a path. */
export function plainAt(checking: Checking, path: Path): unknown {
  let value = checking.plain;
  for (const step of path) {
    if (value === undefined) return undefined;
    value = plainIn(value, step);
  }
  return value;
}

/** What a plain value has under a key of its own. */
export function plainIn(value: unknown, key: string | number): unknown {
  return hasKeys(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function hasKeys(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}

/** What the schema makes of the value at a path, or null where something in it is wrong, which is then known already. */
export function section<T extends z.ZodType>(checking: Checking, schema: T, path: Path): z.output<T> | null {
  const inside = (fault: Path) => path.every((step, position) => fault[position] === step);
  if (checking.faults.some(inside)) return null;
  const result = schema.safeParse(plainAt(checking, path));
  return result.success ? result.data : null;
}

/**
 * As `section`, of an entry of a table of free keys; `known` is what the schema has made of the table already, if it is
 * sound. The schema passes over a key called `__proto__`, so what is wrong with its value is said here.
 */
export function entrySection<T extends z.ZodType>(
  checking: Checking,
  schema: T,
  path: Path,
  known?: Readonly<Record<string, z.output<T>>>,
): z.output<T> | null {
  const key = String(path.at(-1));
  if (known !== undefined && Object.hasOwn(known, key)) return known[key] ?? null;
  const found = section(checking, schema, path);
  if (found === null && path.at(-1) === "__proto__") {
    report(checking, "Z1102", path, "__proto__ has a value that cannot stand here; take another key");
  }
  return found;
}

/** Whether one of the paths is this one. */
export function hasPath(paths: readonly Path[], path: Path): boolean {
  return paths.some((other) =>
    other.length === path.length && other.every((step, position) => step === path[position])
  );
}

/** Whether the table at a path has a key that nobody knows, which may have been meant as one that is missing. */
export function hasUnknownKey(checking: Checking, path: Path): boolean {
  return checking.unknown.some((unknown) =>
    unknown.length === path.length + 1 && path.every((part, index) => unknown[index] === part)
  );
}

/** How many items the list at a path has; 0 where there is no list. */
export function lengthAt(checking: Checking, path: Path): number {
  const node = nodeAt(checking.document, path);
  return node?.kind === "list" ? node.items.length : 0;
}

/** Every text at and under a path, with its template. */
export function templatesUnder(checking: Checking, path: Path): Template[] {
  const node = nodeAt(checking.document, path);
  return node === undefined ? [] : templatesIn(checking, node);
}

/** Every text in a node, with its template. */
export function templatesIn(checking: Checking, node: Node): Template[] {
  switch (node.kind) {
    case "text":
      return [checking.templates.get(node) ?? []];
    case "list":
      return node.items.flatMap((item) => templatesIn(checking, item));
    case "table":
      return [...node.entries.values()].flatMap((entry) => templatesIn(checking, entry.node));
    default:
      return [];
  }
}

/** The template of a value in a table of free keys. The schema passes over a key called `__proto__`, so its value is checked here. */
export function entryTemplate(checking: Checking, key: string, node: Node): Template {
  if (key === "__proto__" && (node.kind === "table" || node.kind === "list")) {
    report(checking, "Z1102", node.place, `${key} is a ${node.kind}; it must be a text in quotes`);
  }
  return templateOf(checking, node);
}

/** The template of a text; numbers and booleans stand for their source. */
export function templateOf(checking: Checking, node: Node): Template {
  switch (node.kind) {
    case "text":
      return checking.templates.get(node) ?? [];
    case "integer":
    case "float":
    case "date":
      return [node.source];
    case "boolean":
      return [String(node.value)];
    case "table":
    case "list":
      return [];
  }
}
