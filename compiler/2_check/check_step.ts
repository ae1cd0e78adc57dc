/** One `[[flow.step]]`. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { RENDERED_KEYS } from "./capture_uses.ts";
import {
  type Checking,
  hasUnknownKey,
  placeOf,
  plainAt,
  report,
  section,
  templatesUnder,
  warn,
} from "./checking.ts";
import { checkAuth } from "./check_auth.ts";
import { checkBody, checkForeignGraphql, itemsAt } from "./check_body.ts";
import { checkCaptures, checkRetry, checkWhen } from "./check_captures.ts";
import { checkExpect, checkTests } from "./check_expect.ts";
import { checkHeaders } from "./check_headers.ts";
import type { Base, StepDefaults } from "./check_target.ts";
import { readUrl } from "./check_url.ts";
import { isTrouble } from "./reading.ts";
import type { Auth, Header, Repeat, RequestStep, Step } from "./scenario.ts";
import { type FoundStep, type MethodKey, METHODS, stepSchema, THINK_KEYS } from "./schema_flow.ts";
import { tableName } from "./table_names.ts";

const METHOD_KEYS: readonly MethodKey[] = [
  "get",
  "head",
  "post",
  "put",
  "patch",
  "delete",
  "options",
  "graphql",
];

/** `defaults` are the target's. Null where something is wrong. */
export function checkStep(
  checking: Checking,
  path: Path,
  name: string,
  base: Base | null,
  defaults: StepDefaults,
): Step | null {
  const before = checking.diagnostics.length;
  const action = checkAction(checking, path);
  const headers = checkHeaders(checking, [...path, "headers"]);
  const captures = checkCaptures(checking, path);
  const when = checkWhen(checking, path);
  const tests = checkTests(checking, path);
  const found = section(checking, stepSchema, path);
  if (found === null || action === null) return null;
  const repeat = checkRepeat(checking, found, path);
  const place = placeOf(checking, path);
  if (action === "think") {
    if (found.think === undefined || checking.diagnostics.length > before) return null;
    return { kind: "think", name, place, time: found.think, when, repeat };
  }
  if (action !== "graphql") checkForeignGraphql(checking, path);
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
    query: itemsAt(checking, [...path, "query"]),
    headers: headers ?? [],
    auth: authOf(checkAuth(checking, path, headers), headers, defaults),
    body: checkBody(checking, found, path, action),
    expect: checkExpect(checking, found, path, tests),
    captures,
    onError: found.on_error,
    timeoutTicks: found.timeout ?? defaults.timeoutTicks,
    redirects: found.redirects ?? defaults.redirects,
    retry: checkRetry(checking, found, path),
    when,
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
  if (repeat === null) warnOfLoop(checking, path);
  const errors = checking.diagnostics.slice(before).filter((one) => one.severity === "error");
  return errors.length === 0 && headers !== null ? step : null;
}

/** The nearest to the step wins: its own, a header of its own, the target's. */
function authOf(own: Auth | null, headers: readonly Header[] | null, { auth }: StepDefaults): Auth {
  if (own !== null) return own;
  const isSet = headers?.some(({ name }) => name === "authorization") ?? false;
  return isSet || auth === null ? { kind: "none" } : auth;
}

/** What the step does: exactly one of the method keys and `think`. */
function checkAction(checking: Checking, path: Path): MethodKey | "think" | null {
  const has = (key: string) => plainAt(checking, [...path, key]) !== undefined;
  const actions = ([...METHOD_KEYS, "think"] as const).filter(has);
  const [action, second] = actions;
  const who = tableName(path, checking.plain);
  if (action === undefined) {
    if (hasUnknownKey(checking, path)) return null;
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

function warnOfLoop(checking: Checking, step: Path): void {
  for (const part of RENDERED_KEYS.flatMap((key) => templatesUnder(checking, [...step, key])).flat()) {
    if (typeof part === "string" || part.variable !== "loop") continue;
    warn(
      checking,
      "Z1901",
      part.place,
      "${loop} is always 1 in a step without repeat; add repeat, or write 1",
    );
  }
}
