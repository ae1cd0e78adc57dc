/** What a step takes from its response, and what it depends on: `capture`, `when`, `retry`. */
import { nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, entrySection, hasUnknownKey, placeOf, report, section } from "./checking.ts";
import { HEADER_NAME } from "./check_expect.ts";
import { readIdentifier } from "./fields.ts";
import { isTrouble } from "./reading.ts";
import type { Capture, Condition, Retry, When } from "./scenario.ts";
import { type FoundStep } from "./schema_flow.ts";
import { SETUP_PREFIX } from "./templates.ts";
import { captureSchema, conditionSchema, whenSchema } from "./schema_response.ts";

const SOURCES = ["json", "header", "cookie"] as const;

/** `step` is the step's path, `known` what the schema has made of its captures already, if they are sound. */
export function checkCaptures(checking: Checking, step: Path, known?: FoundStep["capture"]): Capture[] {
  const path = [...step, "capture"];
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return [];
  return [...table.entries].flatMap(([name, { keyPlace }]) => {
    const named = readIdentifier(name);
    if (isTrouble(named)) report(checking, named.code, keyPlace, `the captured name ${named.words}`);
    const found = entrySection(checking, captureSchema, [...path, name], known);
    if (found === null) return [];
    const place = placeOf(checking, [...path, name]);
    const from = extractionOf(checking, found, [...path, name]);
    return from === null ? [] : [{ capture: name, place, from, optional: found.optional }];
  });
}

type FoundCapture = NonNullable<ReturnType<typeof captureSchema.safeParse>["data"]>;

function extractionOf(checking: Checking, found: FoundCapture, path: Path): Capture["from"] | null {
  const [source, second] = SOURCES.filter((key) => found[key] !== undefined);
  const name = quote(String(path.at(-1)));
  if (second !== undefined) {
    report(
      checking,
      "Z1616",
      path,
      `the capture ${name} has both ${source} and ${second}; a value comes from one place`,
    );
    return null;
  }
  const pattern = found.regex ?? null;
  if (source === undefined) {
    if (pattern !== null) return { kind: "regex", pattern };
    if (hasUnknownKey(checking, path)) return null;
    report(
      checking,
      "Z1616",
      path,
      `the capture ${name} does not say where its value is; give json, header, cookie or regex`,
    );
    return null;
  }
  const where = found[source] ?? "";
  if (source === "json") return { kind: "json", pointer: where, pattern };
  if (!HEADER_NAME.test(where)) {
    report(
      checking,
      "Z1403",
      [...path, source],
      `${quote(where)} is no ${source} name; it has no spaces and no colon`,
    );
  }
  return source === "header"
    ? { kind: "header", name: where.toLowerCase(), pattern }
    : { kind: "cookie", name: where, pattern };
}

/** Whether the names are captured at all, \`capture_uses.ts\` says. \`known\` is as for captures. */
export function checkWhen(checking: Checking, step: Path, known?: FoundStep["when"]): When {
  const path = [...step, "when"];
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return [];
  if (table.entries.size === 0) {
    report(checking, "Z1615", path, 'when tests nothing; write, say, when = { token = "exists" }');
  }
  return [...table.entries.keys()].flatMap((key): Condition[] => {
    const place = placeOf(checking, [...path, key]);
    if (key === "status") {
      const ranges = known?.status ?? section(checking, whenSchema.shape.status, [...path, key]) ?? undefined;
      return ranges === undefined ? [] : [{ kind: "status", ranges, place }];
    }
    const condition = section(checking, conditionSchema, [...path, key]);
    if (condition === null) return [];
    const isSetup = key.startsWith(SETUP_PREFIX);
    const asked = {
      capture: isSetup ? key.slice(SETUP_PREFIX.length) : key,
      of: isSetup ? "setup" as const : "flow" as const,
      place,
    };
    if (typeof condition === "string") {
      return [{ kind: "captured", ...asked, exists: condition === "exists" }];
    }
    const { equals, not, matches } = condition;
    const conditions: Condition[] = [];
    if (equals !== undefined) {
      conditions.push({ kind: "equals", ...asked, text: equals, negated: false });
    }
    if (not !== undefined) conditions.push({ kind: "equals", ...asked, text: not, negated: true });
    if (matches !== undefined) conditions.push({ kind: "matches", ...asked, pattern: matches });
    if (conditions.length === 0 && !hasUnknownKey(checking, [...path, key])) {
      report(
        checking,
        "Z1615",
        [...path, key],
        `when asks nothing of ${quote(key)}; write "exists", or { equals = "x" }`,
      );
    }
    return conditions;
  });
}

/** Null where the step is not tried again. */
export function checkRetry(checking: Checking, found: FoundStep, step: Path): Retry | null {
  if (found.retry === undefined) return null;
  const { times, on, wait } = found.retry;
  const [minTicks, maxTicks] = wait;
  return { place: placeOf(checking, [...step, "retry"]), times, ...on, minTicks, maxTicks };
}
