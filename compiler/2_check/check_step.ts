/** One `[[flow.step]]`. */
import type { z } from "zod";
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { type Checking, entryTemplate, placeOf, plainAt, report, section, warn } from "./checking.ts";
import { checkHeaders } from "./check_headers.ts";
import type { Base } from "./check_target.ts";
import { readUrl } from "./check_url.ts";
import { jsonValue } from "./json_values.ts";
import { isTrouble } from "./reading.ts";
import type { Body, BodyCheck, QueryItem, Repeat, RequestStep, Step, Template } from "./scenario.ts";
import { type MethodKey, METHODS, stepSchema, THINK_KEYS } from "./schema_flow.ts";
import { tableName } from "./table_names.ts";

type FoundStep = z.output<typeof stepSchema>;

const METHOD_KEYS: readonly MethodKey[] = ["get", "head", "post", "put", "patch", "delete", "options"];

/** Methods whose request bodies have no defined meaning (RFC 9110, section 9.3). */
const BODILESS: readonly MethodKey[] = ["get", "head", "delete"];

/** `defaultTimeoutTicks` is the target's. Null where something is wrong. */
export function checkStep(
  checking: Checking,
  path: Path,
  name: string,
  base: Base | null,
  defaultTimeoutTicks: number,
): Step | null {
  const action = checkAction(checking, path);
  const headers = checkHeaders(checking, [...path, "headers"]);
  const found = section(checking, stepSchema, path);
  if (found === null || action === null) return null;
  const before = checking.diagnostics.length;
  const repeat = checkRepeat(checking, found, path);
  const place = placeOf(checking, path);
  if (action === "think") {
    const [minTicks, maxTicks] = found.think ?? [0, 0];
    return checking.diagnostics.length === before
      ? { kind: "think", name, place, minTicks, maxTicks, repeat }
      : null;
  }
  const urlPath = [...path, action];
  const url = readUrl(found[action] ?? [], base);
  if (isTrouble(url)) report(checking, url.code, urlPath, `${action} ${url.words}`);
  const step: RequestStep = {
    kind: "request",
    name,
    place,
    method: METHODS[action],
    url: isTrouble(url) ? [] : url.value,
    urlPlace: placeOf(checking, urlPath),
    query: checkQuery(checking, [...path, "query"]),
    headers: headers ?? [],
    body: checkBody(checking, found, path, action),
    expect: {
      status: found.expect.status,
      body: checkBodyChecks(checking, found, [...path, "expect", "body"]),
    },
    onError: found.on_error,
    timeoutTicks: found.timeout ?? defaultTimeoutTicks,
    repeat,
  };
  if (found.timeout === 0) {
    report(
      checking,
      "Z1105",
      [...path, "timeout"],
      "timeout is 0, and no response comes in no time; give it a time",
    );
  }
  if (repeat === null) warnOfLoop(checking, step);
  const errors = checking.diagnostics.slice(before).filter((one) => one.severity === "error");
  return errors.length === 0 && headers !== null ? step : null;
}

/** What the step does: exactly one of the method keys and `think`. */
function checkAction(checking: Checking, path: Path): MethodKey | "think" | null {
  const has = (key: string) => plainAt(checking, [...path, key]) !== undefined;
  const actions = ([...METHOD_KEYS, "think"] as const).filter(has);
  const [action, second] = actions;
  const who = tableName(path, checking.plain);
  if (action === undefined) {
    // An unknown key beside may have been meant as the action.
    const isBeside = (unknown: Path) =>
      unknown.length === path.length + 1 && path.every((part, index) => unknown[index] === part);
    if (checking.unknown.some(isBeside)) return null;
    report(
      checking,
      "Z1603",
      path,
      `${who} does nothing; give it a request, as in get = "/", or a pause, as in think = "2s"`,
    );
    return null;
  }
  if (second !== undefined) {
    const at = keyPlaceAt(checking.document, [...path, second]);
    report(
      checking,
      "Z1604",
      at,
      `${who} has both ${action} and ${second}; one step does one thing, so make two steps`,
    );
    return null;
  }
  if (action !== "think") return action;
  const node = nodeAt(checking.document, path);
  const keys = node?.kind === "table" ? [...node.entries.keys()] : [];
  const foreign = keys.filter((key) => has(key) && !THINK_KEYS.includes(key));
  for (const key of foreign) {
    const at = keyPlaceAt(checking.document, [...path, key]);
    report(
      checking,
      "Z1605",
      at,
      `${key} has no meaning in a step that thinks; move it to a step that sends a request`,
    );
  }
  return foreign.length === 0 ? action : null;
}

function checkRepeat(checking: Checking, found: FoundStep, step: Path): Repeat {
  if (found.repeat === undefined) return null;
  const path = [...step, "repeat"];
  const [min, max] = found.repeat;
  if (min > max) {
    report(checking, "Z1209", path, `repeat "${min}..${max}" runs backwards; write the smaller number first`);
  } else if (max === 0) {
    report(
      checking,
      "Z1105",
      path,
      "repeat is 0, so the step never runs; remove the step, or repeat it at least once",
    );
  }
  return { min, max, place: placeOf(checking, path) };
}

function checkQuery(checking: Checking, path: Path): QueryItem[] {
  const table = nodeAt(checking.document, path);
  if (table?.kind !== "table") return [];
  return [...table.entries].map(([name, { node }]) => ({
    name,
    value: entryTemplate(checking, name, node),
    place: node.place,
  }));
}

function checkBody(checking: Checking, found: FoundStep, step: Path, method: MethodKey): Body {
  const json = nodeAt(checking.document, [...step, "json"]);
  const text = nodeAt(checking.document, [...step, "body"]);
  if (json === undefined && text === undefined) return { kind: "none" };
  const key = json === undefined ? "body" : "json";
  if (json !== undefined && text !== undefined) {
    const at = keyPlaceAt(checking.document, [...step, "body"]);
    report(
      checking,
      "Z1609",
      at,
      "the step has both json and body; a request has one body, so remove one of them",
    );
  } else if (BODILESS.includes(method)) {
    const at = keyPlaceAt(checking.document, [...step, key]);
    warn(
      checking,
      "Z1904",
      at,
      `a ${METHODS[method]} request with a body has no defined meaning; many servers drop or refuse it`,
    );
  }
  if (json !== undefined) return { kind: "json", value: jsonValue(checking, json), place: json.place };
  return { kind: "text", text: found.body ?? [], place: placeOf(checking, [...step, "body"]) };
}

function checkBodyChecks(checking: Checking, found: FoundStep, path: Path): BodyCheck[] {
  const { contains, equals, matches, min_bytes, max_bytes } = found.expect.body;
  const place = (key: string) => placeOf(checking, [...path, key]);
  const checks: BodyCheck[] = [];
  if (contains !== undefined) checks.push({ kind: "contains", text: contains, place: place("contains") });
  if (equals !== undefined) checks.push({ kind: "equals", text: equals, place: place("equals") });
  if (matches !== undefined) checks.push({ kind: "matches", pattern: matches, place: place("matches") });
  if (min_bytes !== undefined || max_bytes !== undefined) {
    const [minBytes, maxBytes] = [min_bytes ?? 0, max_bytes ?? Number.MAX_SAFE_INTEGER];
    const at = place(min_bytes === undefined ? "max_bytes" : "min_bytes");
    if (minBytes > maxBytes) {
      report(
        checking,
        "Z1614",
        at,
        `no body has at least ${minBytes} and at most ${maxBytes} bytes; exchange the two`,
      );
    }
    checks.push({ kind: "size", minBytes, maxBytes, place: at });
  }
  const head = plainAt(checking, [...path.slice(0, -2), "head"]) !== undefined;
  if (head && checks.length > 0) {
    warn(checking, "Z1906", path, "a response to HEAD has no body, so every check sees an empty one");
  }
  return checks;
}

function warnOfLoop(checking: Checking, step: RequestStep): void {
  const bodyTexts = step.body.kind === "text"
    ? [step.body.text]
    : step.body.kind === "json"
    ? templatesIn(step.body.value)
    : [];
  const templates = [
    step.url,
    ...step.query.map(({ value }) => value),
    ...step.headers.map(({ value }) => value),
    ...bodyTexts,
  ];
  for (const part of templates.flat()) {
    if (typeof part === "string" || part.variable !== "loop") continue;
    warn(
      checking,
      "Z1901",
      part.place,
      "${loop} is always 1 in a step without repeat; add repeat, or write 1",
    );
  }
}

function templatesIn(value: Extract<Body, { kind: "json" }>["value"]): Template[] {
  switch (value.kind) {
    case "text":
      return [value.text];
    case "list":
      return value.items.flatMap(templatesIn);
    case "table":
      return value.entries.flatMap((entry) => templatesIn(entry.value));
    case "number":
    case "boolean":
      return [];
  }
}
