/** Holds a document against the schema, and says what is wrong in our own words. */
import type { z } from "../zod/zod.ts";
import { keyPlaceAt, type Node, nodeAt, type Path, placeAt, type Table } from "../1_parse/document.ts";
import { type Diagnostic, problem, quote } from "../diagnostic.ts";
import { type Checking, hasPath } from "./checking.ts";
import type { ReadFile } from "./files.ts";
import { capturedNames, type KnownTable } from "./names.ts";
import { nearestName } from "./nearest_name.ts";
import { type PlainValues, plainValues } from "./plain_values.ts";
import { type FoundScenario, scenarioSchema } from "./schema.ts";
import { tableName } from "./table_names.ts";
import { templateSource } from "./templates.ts";
import { unknownKey } from "./unknown_keys.ts";

/** What a check may know and read beside the document. */
export type Surroundings = Readonly<{
  environment: ReadonlyMap<string, string>;
  readFile: ReadFile;
  tables: readonly KnownTable[];
}>;

/** Everything the schema has to say of the document; the meaning is still to be checked. */
export function checkShape(document: Table, file: string, around: Surroundings): Checking {
  return checkBy(scenarioSchema, document, file, around, (whole) => whole);
}

/** As `checkShape`, of a part of the file. */
export function checkPart(schema: z.ZodType, document: Table, file: string, around: Surroundings): Checking {
  return checkBy(schema, document, file, around, () => null);
}

function checkBy<T extends z.ZodType>(
  schema: T,
  document: Table,
  file: string,
  { environment, readFile, tables }: Surroundings,
  wholeOf: (found: z.output<T>) => FoundScenario | null,
): Checking {
  const captures = capturedNames(document);
  const { flows, setup, teardown } = captures;
  const values = plainValues(document, file, {
    environment,
    tables,
    captures: new Set([...flows.flat(), ...setup, ...teardown]),
    setup: new Set(setup),
  });
  const diagnostics = [...values.diagnostics];
  const first = schema.safeParse(values.plain);
  const { data, error } = namesVariant(first.error, values.plain) ? schema.safeParse(values.plain) : first;
  const issues = (error?.issues ?? []).flatMap(mostSpecific).map((issue) => withoutInside(issue, document));
  const faults: Path[] = [];
  const misspelt: Path[] = [];
  const unknown: Path[] = [];
  for (const { path, keys } of unknownKeys(issues)) {
    for (const key of keys) {
      const { code, words, meant } = unknownKey(key, path, values.plain);
      diagnostics.push(problem(code, file, keyPlaceAt(document, [...path, key]), words));
      unknown.push([...path, key]);
      if (meant !== undefined) misspelt.push([...path, meant]);
    }
  }
  for (const issue of issues) {
    const path = pathOfIssue(issue);
    if (issue.code === "unrecognized_keys") continue;
    if (hasPath(faults, path)) continue;
    faults.push(path);
    if (hasPath(misspelt, path)) continue;
    const diagnostic = issueDiagnostic(issue, path, document, file, values);
    if (diagnostic !== null) diagnostics.push(diagnostic);
  }
  // What nobody knows does not keep the rest from being checked.
  for (const { path, keys } of unknownKeys(issues)) keys.forEach((key) => removeKey(values.plain, path, key));
  for (const node of values.spoiled) {
    const path = pathOf(document, node);
    if (path !== null) faults.push(path);
  }
  return {
    file,
    document,
    plain: values.plain,
    whole: data === undefined ? null : wholeOf(data),
    templates: values.templates,
    tables,
    captures,
    readFile,
    faults,
    misspelt,
    unknown,
    diagnostics,
  };
}

/**
 * Where the key that tells a table's variant is misspelt, gives the table that key too: the misspelt one remains to be
 * told of, and the rest can be held against its variant. Whether there was such a table.
 */
function namesVariant(error: z.ZodError | undefined, plain: unknown): boolean {
  const nameless = (error?.issues ?? []).flatMap((issue) => {
    if (issue.code !== "invalid_union" || issue.discriminator === undefined) return [];
    const table = valueAt(plain, pathOfIssue(issue).slice(0, -1));
    if (table === null || Object.hasOwn(table, issue.discriminator)) return [];
    const key = Object.keys(table).find((key) => nearestName(key, [issue.discriminator ?? ""]) !== null);
    return key === undefined ? [] : [{ table, key, meant: issue.discriminator }];
  });
  for (const { table, key, meant } of nameless) {
    Object.defineProperty(table, meant, { ...Object.getOwnPropertyDescriptor(table, key) });
  }
  return nameless.length > 0;
}

/** Of a union, the issues of the one variant whose type fits; the issue itself where none or several do. */
function mostSpecific(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union") return [issue];
  const isForeign = ({ path, code }: z.core.$ZodIssue) =>
    path.length === 0 && (code === "invalid_type" || code === "invalid_value" || code === "invalid_union");
  const [variant, second] = issue.errors.filter((issues) => issues.length > 0 && !issues.some(isForeign));
  if (variant === undefined || second !== undefined) return [issue];
  return variant.flatMap((one) => mostSpecific({ ...one, path: [...issue.path, ...one.path] }));
}

/** To the schema, a text with variables is a table with keys of its own; what it misses there is no news. */
function withoutInside(issue: z.core.$ZodIssue, document: Table): z.core.$ZodIssue {
  const path = pathOfIssue(issue);
  const depth = path.findIndex((_, index) => nodeAt(document, path.slice(0, index))?.kind === "text");
  const isText = nodeAt(document, path)?.kind === "text";
  if (depth < 0 && !(isText && issue.code === "unrecognized_keys")) return issue;
  const outer = depth < 0 ? path : path.slice(0, depth);
  return { code: "custom", path: [...outer], message: issue.message, input: undefined };
}

function unknownKeys(issues: readonly z.core.$ZodIssue[]): { path: Path; keys: readonly string[] }[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? [{ path: pathOfIssue(issue), keys: issue.keys }] : []
  );
}

function pathOfIssue(issue: z.core.$ZodIssue): Path {
  return issue.path.map((step) => typeof step === "number" ? step : String(step));
}

function issueDiagnostic(
  issue: z.core.$ZodIssue,
  path: Path,
  document: Table,
  file: string,
  { plain, templates, spoiled }: PlainValues,
): Diagnostic | null {
  const node = nodeAt(document, path);
  if (node === undefined) return missingKey(issue, path, document, file, plain);
  if (spoiled.has(node)) return null;
  const key = path.findLast((step) => typeof step === "string") ?? "the file";
  const template = node.kind === "text" ? templates.get(node) ?? [] : [];
  const variable = template.find((part) => typeof part !== "string");
  if (variable !== undefined) {
    const words = `${
      templateSource([variable])
    } is known only while the test runs, and ${key} is needed before; only \${env.NAME} can stand here`;
    return problem("Z1304", file, variable.place, words);
  }
  if (issue.code === "custom") {
    return problem(String(issue.params?.code), file, node.place, `${key} ${issue.message}`);
  }
  if (issue.code === "invalid_value" && node.kind === "text") {
    const nearest = nearestName(node.value, issue.values.map(String));
    const hint = nearest === null ? "" : `; did you mean ${quote(nearest)}?`;
    return problem(
      "Z1104",
      file,
      node.place,
      `${key} is ${quote(node.value)}; it must be ${issue.message}${hint}`,
    );
  }
  const isVariant = issue.code === "invalid_union" && issue.discriminator !== undefined;
  if (isVariant && node.kind === "text") {
    return problem("Z1104", file, node.place, `${key} is ${quote(node.value)}; it must be ${issue.message}`);
  }
  return problem("Z1102", file, node.place, `${key} is ${describe(node)}; it must be ${wanted(issue)}`);
}

/** The sections a file must have, and how they begin. */
const SECTIONS: Readonly<Record<string, string>> = {
  target: '[target]; write where the traffic goes, as in base = "https://shop.test"',
  load: '[load]; write how much traffic, as in model = "open", rate = "50/s", for = "1m" and max_vus = 100',
  flow: '[[flow]]; write what users do, as in name = "browse" and, under [[flow.step]], get = "/"',
};

function missingKey(
  issue: z.core.$ZodIssue,
  path: Path,
  document: Table,
  file: string,
  plain: unknown,
): Diagnostic {
  const owner = path.slice(0, -1);
  const key = String(path.at(-1));
  if (path.length === 1 && key !== "name") {
    return problem("Z1103", file, document.place, `the file has no ${SECTIONS[key] ?? key}`);
  }
  return problem(
    "Z1103",
    file,
    placeAt(document, owner),
    `${tableName(owner, plain)} has no ${key}; it must be ${wanted(issue)}`,
  );
}

/** The words a field gives for its own type; every field of the schema has some. */
function wanted(issue: z.core.$ZodIssue): string {
  return issue.message;
}

function describe(node: Node): string {
  switch (node.kind) {
    case "table":
      return "a table";
    case "list":
      return "a list";
    case "text":
      return `the text ${quote(node.value)}`;
    case "integer":
    case "float":
      return `the number ${node.source}`;
    case "boolean":
      return String(node.value);
    case "date":
      return `the date ${node.source}`;
  }
}

function removeKey(plain: unknown, path: Path, key: string): void {
  const table = valueAt(plain, path);
  if (table !== null) Reflect.deleteProperty(table, key);
}

/** The table or list at `path`, or null. */
function valueAt(plain: unknown, path: Path): object | null {
  let value = plain;
  for (const step of path) {
    value = typeof value === "object" && value !== null
      ? Object.getOwnPropertyDescriptor(value, step)?.value
      : undefined;
  }
  return typeof value === "object" ? value : null;
}

function pathOf(root: Node, wantedNode: Node): Path | null {
  if (root === wantedNode) return [];
  const children: [string | number, Node][] = root.kind === "table"
    ? [...root.entries].map(([key, entry]) => [key, entry.node])
    : root.kind === "list"
    ? root.items.map((item, index) => [index, item])
    : [];
  for (const [step, child] of children) {
    const path = pathOf(child, wantedNode);
    if (path !== null) return [step, ...path];
  }
  return null;
}
