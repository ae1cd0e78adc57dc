/** One `[[flow.step]]`. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, hasUnknownKey, placeOf, plainAt, plainIn, report, section } from "./checking.ts";
import { checkAuth } from "./check_auth.ts";
import { checkBody, checkForeignGraphql, itemsAt } from "./check_body.ts";
import { checkCaptures, checkRetry, checkWhen } from "./check_captures.ts";
import { checkExpect, checkTests } from "./check_expect.ts";
import { checkGrpcProtocol } from "./check_grpc.ts";
import { checkHeaders } from "./check_headers.ts";
import { checkRepeat, warnOfLoop } from "./check_repeat.ts";
import type { KnownTargets, StepDefaults } from "./check_targets.ts";
import { readUrl } from "./check_url.ts";
import { checkForeignExchange, checkWebSocket, requestUrl } from "./check_web_socket.ts";
import { didYouMean } from "./nearest_name.ts";
import { isTrouble } from "./reading.ts";
import type { Auth, Header, RequestStep, Step } from "./scenario.ts";
import { type FoundStep, type MethodKey, METHODS, stepSchema, THINK_KEYS } from "./schema_flow.ts";
import { tableName } from "./table_names.ts";
import { tagPositions } from "./tags.ts";
import { checkCall, checkStreams } from "./check_streams.ts";
import type { Protos } from "./protos.ts";
import type { WrittenStep } from "./written_steps.ts";

const METHOD_KEYS: readonly MethodKey[] = [
  "get",
  "head",
  "post",
  "put",
  "patch",
  "delete",
  "options",
  "graphql",
  "websocket",
  "grpc",
];

const ACTION_KEYS: readonly (MethodKey | "think")[] = [...METHOD_KEYS, "think"];

/** What a step refers to, and what it has from where it stands. */
export type StepSurroundings = Readonly<{
  targets: KnownTargets;
  /** All tags, and the positions of those that the step inherits. */
  tags: readonly string[];
  inherited: readonly number[];
  /** Whether it stands in a group that repeats. */
  isRepeated?: boolean;
  /** What `.proto` files say; null where there are none, or where something is wrong with them. */
  protos: Protos | null;
  /** What a failure leads to unless the step says it. */
  onError: RequestStep["onError"];
}>;

/** Null where something is wrong. */
export function checkStep(
  checking: Checking,
  written: WrittenStep,
  around: StepSurroundings,
): Step | null {
  const { path, name } = written;
  const before = checking.diagnostics.length;
  const action = checkAction(checking, path);
  const found = foundStep(checking, path);
  const headers = checkHeaders(checking, [...path, "headers"], found?.headers);
  const captures = checkCaptures(checking, path, found?.capture);
  const when = checkWhen(checking, path, found?.when);
  const tests = checkTests(checking, path, found?.expect);
  if (found === null || action === null) return null;
  const repeat = checkRepeat(checking, found.repeat, path);
  const place = placeOf(checking, path);
  const tags = tagPositions(checking, path, around.tags, around.inherited);
  if (action === "think") {
    if (found.think === undefined || checking.diagnostics.length > before) return null;
    return { kind: "think", name, place, tags, time: found.think, when, repeat };
  }
  if (action !== "graphql") checkForeignGraphql(checking, path);
  const urlPath = [...path, action];
  const own = targetOf(checking, found, path, around.targets);
  const call = checkCall(checking, found, path, action, around.protos);
  const url = readUrl(
    action === "grpc" ? [`/${call?.name ?? ""}`] : requestUrl(action, found[action] ?? []),
    {
      bases: around.targets,
      own: Math.max(0, own),
      isFixed: found.target !== undefined && own >= 0,
    },
  );
  // Where its target is not known, nor is what its URL may be.
  if (isTrouble(url) && own >= 0) report(checking, url.code, urlPath, `${action} ${url.words}`);
  const target = isTrouble(url) ? Math.max(0, own) : url.value.target;
  if (action === "grpc") checkGrpcProtocol(checking, path, around.targets[target]?.name ?? "");
  const defaults = around.targets[target]?.defaults ?? NO_DEFAULTS;
  const step: RequestStep = {
    kind: "request",
    name,
    place,
    tags,
    target,
    method: METHODS[action],
    url: isTrouble(url) ? [] : url.value.url,
    urlPlace: placeOf(checking, urlPath),
    query: itemsAt(checking, [...path, "query"]),
    headers: headers ?? [],
    auth: authOf(
      checkAuth(checking, path, headers, { bases: around.targets, own: target }),
      headers,
      defaults,
    ),
    body: call?.body ?? checkBody(checking, found, path, action),
    expect: checkExpect(checking, found, path, tests, action === "grpc"),
    captures,
    stream: checkStreams(checking, found, path, action),
    onError: found.on_error ?? around.onError,
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
  const isOnce = repeat === null && around.isRepeated !== true;
  if (isOnce) warnOfLoop(checking, path);
  if (action !== "websocket") checkForeignExchange(checking, path);
  const made = action === "websocket" ? checkWebSocket(checking, written, found, step, isOnce) : step;
  const errors = checking.diagnostics.slice(before).filter((one) => one.severity === "error");
  return errors.length === 0 && headers !== null ? made : null;
}

const NO_DEFAULTS: StepDefaults = { timeoutTicks: 0, redirects: 0, auth: null };

/** What the schema makes of the step; null where something in it is wrong, which is then known already. */
function foundStep(checking: Checking, path: Path): FoundStep | null {
  const { whole } = checking;
  if (whole === null) return section(checking, stepSchema, path);
  const [owner, index] = path;
  const flow = owner === "setup" || owner === "teardown" ? whole[owner] : whole.flow[Number(index)];
  let steps = flow?.step;
  let step: FoundStep | undefined;
  for (let at = path.indexOf("step") + 1; at < path.length; at += 2) {
    step = steps?.[Number(path[at])];
    steps = step?.step;
  }
  return step ?? null;
}

/** The position of the target that the step names, 0 where it names none, −1 where there is none of that name. */
function targetOf(checking: Checking, { target }: FoundStep, step: Path, targets: KnownTargets): number {
  if (target === undefined) return 0;
  const position = targets.findIndex(({ name }) => name === target && name !== "");
  const names = targets.slice(1).map(({ name }) => name);
  if (position < 0) {
    const hint = didYouMean(target, names) ||
      (names.length === 0
        ? `; write [targets.${target || "NAME"}] with base = "https://…"`
        : `; there is ${names.slice(0, 8).map(quote).join(", ")}`);
    report(checking, "Z1411", [...step, "target"], `there is no target ${quote(target)}${hint}`);
  }
  return position;
}

/** The nearest to the step wins: its own, a header of its own, the target's. */
function authOf(own: Auth | null, headers: readonly Header[] | null, { auth }: StepDefaults): Auth {
  if (own !== null) return own;
  const isSet = headers?.some(({ name }) => name === "authorization") ?? false;
  return isSet || auth === null ? { kind: "none" } : auth;
}

/** What the step does: exactly one of the method keys and `think`. */
function checkAction(checking: Checking, path: Path): MethodKey | "think" | null {
  const step = plainAt(checking, path);
  const has = (key: string) => plainIn(step, key) !== undefined;
  const [action, second] = ACTION_KEYS.filter(has);
  const who = () => tableName(path, checking.plain);
  if (action === undefined) {
    if (hasUnknownKey(checking, path)) return null;
    report(
      checking,
      "Z1603",
      path,
      `${who()} does nothing; give it a request, as in get = "/", or a pause, as in think = "2s"`,
    );
    return null;
  }
  if (second !== undefined) {
    const at = keyPlaceAt(checking.document, [...path, second]);
    report(
      checking,
      "Z1604",
      at,
      `${who()} has both ${action} and ${second}; one step does one thing, so make two steps`,
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
