/** `${…}` in texts: environment variables are resolved here; what only the run knows becomes a variable. */
import { placeInText } from "../1_parse/text_places.ts";
import type { Text } from "../1_parse/document.ts";
import { type Diagnostic, problem, quote } from "../diagnostic.ts";
import type { Names } from "./names.ts";
import { didYouMean } from "./nearest_name.ts";
import { isTrouble, read, type Reading, trouble } from "./reading.ts";
import type { Template, TemplatePart, Variable } from "./scenario.ts";

/** A value as the schema sees it, of a text that holds variables known only while the test runs. */
export class RunTimeText {
  constructor(readonly template: Template) {}
}

const PLAIN_VARIABLES = ["session", "vu", "loop", "stage", "uuid", "now.iso"] as const;

/** In front of what the setup captures, for whoever is not the setup. */
export const SETUP_PREFIX = "setup.";

/** As a person writes them; for hints. */
const KNOWN = [...PLAIN_VARIABLES, "random.int", "random.choice"];

type Unplaced<T> = T extends unknown ? Omit<T, "place"> : never;
type Found = Unplaced<Variable> | { literal: string };

/** The parts of a text. Each problem goes to `problems`, with the place of its `${…}`, and its part is left out. */
export function parseTemplate(
  text: Text,
  file: string,
  names: Names,
  problems: Diagnostic[],
): Template {
  const parts: TemplatePart[] = [];
  const value = text.value;
  let from = 0;
  while (from < value.length) {
    const open = value.indexOf("${", from);
    if (open < 0) break;
    // Of the dollars in front of a brace, two are a literal one; the one that is left over begins a variable.
    let run = open;
    while (run > from && value[run - 1] === "$") run--;
    const dollars = open + 1 - run;
    addLiteral(parts, value.slice(from, run) + "$".repeat(Math.floor(dollars / 2)));
    if (dollars % 2 === 0) {
      from = open + 1;
      continue;
    }
    const close = closingBrace(value, open + 2);
    if (close < 0) {
      const place = placeInText(text, open, value.length);
      problems.push(
        problem("Z1301", file, place, "${ is not closed; add the }, or write $${ for a literal ${"),
      );
      return parts;
    }
    const place = placeInText(text, open, close + 1);
    const found = readVariable(value.slice(open + 2, close), names);
    if (isTrouble(found)) problems.push(problem(found.code, file, place, found.words));
    else if ("literal" in found.value) addLiteral(parts, found.value.literal);
    else parts.push({ ...found.value, place });
    from = close + 1;
  }
  addLiteral(parts, value.slice(from));
  return parts;
}

/** The text of a template without variables, or null where it has some. */
export function literalText(template: Template): string | null {
  if (template.length === 0) return "";
  const [only] = template;
  return template.length === 1 && typeof only === "string" ? only : null;
}

/** A template as it was written, environment variables resolved; for names and messages. */
export function templateSource(template: Template): string {
  return template.map((part) => typeof part === "string" ? part : `\${${variableName(part)}}`).join("");
}

function variableName(variable: Variable): string {
  switch (variable.variable) {
    case "data":
      return variable.name;
    case "capture":
      return variable.of === "setup" ? SETUP_PREFIX + variable.name : variable.name;
    case "secret":
      return `secret.${variable.name}`;
    default:
      return variable.variable;
  }
}

/** Literal parts beside each other become one; empty ones vanish. */
export function addLiteral(parts: TemplatePart[], literal: string): void {
  if (literal === "") return;
  const last = parts.at(-1);
  if (typeof last === "string") parts[parts.length - 1] = last + literal;
  else parts.push(literal);
}

/** Quotes protect braces, except in `env.NAME:-default`, whose default runs to the first brace. */
function closingBrace(value: string, from: number): number {
  const close = value.indexOf("}", from);
  if (/^\s*env\./.test(value.slice(from, from + 20))) return close;
  const quoted = /^(?:[^}'"]|'[^']*'|"[^"]*")*\}/.exec(value.slice(from));
  return quoted === null ? close : from + quoted[0].length - 1;
}

function readVariable(body: string, names: Names): Reading<Found> {
  const text = body.trim();
  const plain = PLAIN_VARIABLES.find((name) => name === text);
  if (plain !== undefined) return read({ variable: plain });
  if (text.startsWith(SETUP_PREFIX)) return readSetup(text.slice(SETUP_PREFIX.length), names.setup);
  if (text.startsWith("env.")) return readEnvironment(body.trimStart(), names.environment);
  if (text.startsWith("secret.")) return readSecret(text);
  const call = /^(random\.int|random\.choice)\s*\(([\s\S]*)\)$/.exec(text);
  if (call?.[1] === "random.int") return readRandomInt(text, call[2] ?? "");
  if (call?.[1] === "random.choice") return readRandomChoice(text, call[2] ?? "");
  if (text === "random.int") {
    return trouble("Z1305", "random.int needs its bounds, as in ${random.int(1, 100)}");
  }
  if (text === "random.choice") {
    return trouble("Z1305", "random.choice needs its texts, as in ${random.choice('a', 'b')}");
  }
  if (names.captures.has(text)) return read({ variable: "capture", name: text, of: "flow" });
  return readCell(text, names) ?? unknownVariable(text, names);
}

function readSetup(name: string, captures: ReadonlySet<string>): Reading<Found> {
  if (captures.has(name)) return read({ variable: "capture", name, of: "setup" });
  const hint = didYouMean(name, [...captures]) ||
    (captures.size === 0 ? "; it captures nothing" : `; it captures ${[...captures].slice(0, 8).join(", ")}`);
  return trouble("Z1302", `no step of [setup] captures ${quote(name)}${hint}`);
}

/** `table.column`; null where there is no such table. */
function readCell(text: string, { tables }: Names): Reading<Found> | null {
  const dot = text.indexOf(".");
  const [tableName, columnName] = [text.slice(0, Math.max(0, dot)), text.slice(dot + 1)];
  const table = tables.findIndex(({ name }) => name === (dot < 0 ? text : tableName));
  if (table < 0) return null;
  const columns = tables[table]?.columns?.map(({ name }) => name) ?? null;
  const listed = columns?.slice(0, 8).map((name) => `\${${text.split(".")[0]}.${name}}`).join(", ");
  if (dot < 0) {
    return trouble(
      "Z1306",
      `${quote(text)} is a whole table; name a column${listed === undefined ? "" : `: ${listed}`}`,
    );
  }
  const column = columns === null ? 0 : columns.indexOf(columnName);
  if (column >= 0) return read({ variable: "data", table, column, name: text });
  const hint = didYouMean(columnName, columns ?? []) || `; it has ${listed}`;
  return trouble("Z1306", `table ${quote(tableName)} has no column ${quote(columnName)}${hint}`);
}

function unknownVariable(text: string, { tables, captures, setup }: Names): Reading<Found> {
  const name = /^[\w.-]*/.exec(text)?.[0] ?? "";
  const cells = tables.flatMap(({ name, columns }) =>
    (columns ?? []).map((column) => `${name}.${column.name}`)
  );
  const made = [...setup].map((one) => SETUP_PREFIX + one);
  const hint = didYouMean(name, [...captures, ...made, ...cells, ...KNOWN]) ||
    "; z6c knows table.column of [[data]], what a step captures, setup.NAME, env.NAME, secret.NAME, session, vu, loop, stage, " +
      "uuid, random.int(a, b), random.choice('x', 'y') and now.iso";
  return trouble("Z1302", `there is no variable ${quote(text)}${hint}`);
}

function readSecret(text: string): Reading<Found> {
  const name = /^secret\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
  if (name !== undefined) return read({ variable: "secret", name });
  return trouble(
    "Z1305",
    `${quote(text)} names no environment variable; write \${secret.NAME}, without a default`,
  );
}

function readEnvironment(text: string, environment: ReadonlyMap<string, string>): Reading<Found> {
  const match = /^env\.([A-Za-z_][A-Za-z0-9_]*)\s*(?::-([\s\S]*))?$/.exec(text);
  if (match === null) {
    return trouble(
      "Z1305",
      `${quote(text)} names no environment variable; write \${env.NAME} or \${env.NAME:-default}`,
    );
  }
  const [, name = "", fallback] = match;
  const value = environment.get(name);
  // As in a shell, `:-` stands in for an empty value too.
  if (fallback !== undefined) {
    return read({ literal: value === undefined || value === "" ? fallback : value });
  }
  if (value !== undefined) return read({ literal: value });
  return trouble(
    "Z1303",
    `the environment variable ${name} is not set; set it, or give a default: \${env.${name}:-value}`,
  );
}

function readRandomInt(text: string, list: string): Reading<Found> {
  const bounds = /^\s*(-?\d[\d_]*)\s*,\s*(-?\d[\d_]*)\s*$/.exec(list);
  if (bounds === null) {
    return trouble("Z1305", `${quote(text)} needs two whole numbers, as in \${random.int(1, 100)}`);
  }
  const [min, max] = [Number(bounds[1]?.replaceAll("_", "")), Number(bounds[2]?.replaceAll("_", ""))];
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || max - min >= Number.MAX_SAFE_INTEGER) {
    return trouble("Z1305", `${quote(text)} spans more than 2^53 numbers, the most z6c draws from`);
  }
  if (min > max) {
    return trouble("Z1305", `${quote(text)} has its bounds the wrong way round; write the smaller first`);
  }
  return read({ variable: "random.int", min: min + 0, max: max + 0 });
}

function readRandomChoice(text: string, list: string): Reading<Found> {
  const texts: string[] = [];
  const item = /\s*(?:'([^']*)'|"([^"]*)")\s*(,|$)/y;
  let comma = true;
  while (comma) {
    const match = item.exec(list);
    if (match === null) {
      return trouble("Z1305", `${quote(text)} needs texts in quotes, as in \${random.choice('a', 'b')}`);
    }
    texts.push(match[1] ?? match[2] ?? "");
    comma = match[3] === ",";
  }
  return read({ variable: "random.choice", texts });
}
