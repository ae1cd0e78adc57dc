/** What every draft needs before it is written, whatever it came from: names, what steps share, a modest load. */
import {
  type Draft,
  type DraftFlow,
  type DraftLoad,
  type DraftRequest,
  type DraftStep,
  isTable,
  type Table,
  textsIn,
  type Value,
} from "./draft.ts";
import { pathNames } from "./path_names.ts";
import { timeText } from "./times.ts";
import type { Variables } from "./variables.ts";

/** A sample load: enough to see that all works, too little to harm anybody. */
const SAMPLE = { rate: "1/s", seconds: 30 } as const;

/** The draft with a usable name, steps named and told apart, shared headers said once, and a load. */
export function finishDraft(draft: Draft): Draft {
  const named = draft.flows.map((flow) => ({
    ...flow,
    steps: nameSteps(withoutIdleCaptures(flow.steps, draft.variables), draft.variables).map((step) =>
      step.kind === "think" ? step : { ...step, headers: withoutControls(step.headers) }
    ),
  }));
  const { headers, more, flows } = shareAmong(named, draft);
  const secrets = draft.variables.secrets();
  const comments = secrets.length === 0 ? draft.comments : [
    ...draft.comments,
    `Credentials are left out. The test reads them from the environment when it starts: ${
      secrets.join(", ")
    }.`,
  ];
  return {
    ...draft,
    name: scenarioName(draft.name),
    comments,
    target: { ...draft.target, headers, more },
    flows: renameFlows(flows),
    load: draft.load ?? sampleLoad(flows),
  };
}

/** A name that a scenario may have: `Swagger Petstore 3.0` → `swagger-petstore-3-0`. */
export function scenarioName(text: string): string {
  const name = text.normalize("NFKD").toLowerCase().replace(/[^a-z0-9_]+/g, "-").replace(/^[-_]+/, "").slice(
    0,
    60,
  )
    .replace(/-+$/, "");
  return name === "" ? "imported" : name;
}

function renameFlows(flows: readonly DraftFlow[]): DraftFlow[] {
  const taken = new Set<string>();
  return flows.map((flow) => ({ ...flow, name: unique(labelOf(flow.name) || "flow", taken) }));
}

/** Captures that no step uses are left out, and with the last of a step its `on_error`, which they alone asked for. */
function withoutIdleCaptures(steps: readonly DraftStep[], variables: Variables): DraftStep[] {
  const requests = steps.filter((step) => step.kind === "request");
  const sent = requests.flatMap(({ url, query, headers, body, more }) => [
    url,
    ...[query, headers, more, body.kind === "none" ? new Map() : body.keys].flatMap(textsIn),
  ]);
  const used = new Set(
    sent.flatMap((text) => [...text].flatMap((character) => variables.of(character) ?? [])),
  );
  return steps.map((step) => {
    const captures = step.kind === "request" ? step.more.get("capture") : undefined;
    if (step.kind !== "request" || captures === undefined || !isTable(captures)) return step;
    const kept = new Map([...captures].filter(([name]) => used.has(name)));
    const more = new Map(step.more).set("capture", kept);
    if (kept.size === 0) { for (const key of ["capture", "on_error"]) more.delete(key); }
    return { ...step, more };
  });
}

function nameSteps(steps: readonly DraftStep[], variables: Variables): DraftStep[] {
  const taken = new Set<string>();
  /** What has been named from its path so far: by request, and by path. */
  const requests = new Map<string, string>();
  const owners = new Map<string, string>();
  return steps.map((step) => {
    if (step.kind === "think") return step;
    const given = labelOf(step.name ?? "");
    if (given !== "") return { ...step, name: unique(given, taken) };
    const path = step.url.replace(/[?#].*$/s, "");
    const { plain, withMethod, withParent } = pathNames(step.method, step.url, variables);
    const again = requests.get(`${step.method} ${path}`);
    const free = [plain, owners.get(plain) === path ? withMethod : withParent].find((name) =>
      !taken.has(name)
    );
    const name = unique(again ?? free ?? plain, taken);
    owners.set(name, path);
    if (again === undefined) requests.set(`${step.method} ${path}`, name);
    return { ...step, name };
  });
}

/** No header may hold a control character, wherever its value is from. */
function withoutControls(headers: Table): Table {
  const clean = (value: Value) => typeof value === "string" ? value.replace(/\p{Cc}+/gu, " ").trim() : value;
  return new Map([...headers].map(([name, value]) => [name, clean(value)]));
}

function labelOf(text: string): string {
  return text.toWellFormed().replace(/\p{Cc}+/gu, " ").trim().slice(0, 80).toWellFormed().trim();
}

function unique(name: string, taken: Set<string>): string {
  let found = name;
  for (let number = 2; taken.has(found); number++) found = `${name}-${number}`;
  taken.add(found);
  return found;
}

/** Headers and `auth` that every request has alike move to the target; captured values cannot. */
function shareAmong(
  flows: readonly DraftFlow[],
  { target, variables }: Draft,
): { headers: Table; more: Table; flows: DraftFlow[] } {
  const requests = flows.flatMap(({ steps }) => steps).filter((step): step is DraftRequest =>
    step.kind === "request"
  );
  const [first] = requests;
  const headers = new Map(target.headers);
  const more = new Map(target.more);
  if (first === undefined || requests.length < 2) return { headers, more, flows: [...flows] };
  const sharedHeaders = sharedBy(requests.map((request) => request.headers), variables)
    .filter(([name]) => name !== "content-type" && !headers.has(name));
  const sharedAuth = sharedBy(requests.map((request) => request.more), variables)
    .filter(([key]) => ["auth", "timeout", "redirects"].includes(key) && !more.has(key));
  for (const [name, value] of sharedHeaders) headers.set(name, value);
  for (const [key, value] of sharedAuth) more.set(key, value);
  const without = (table: Table, gone: readonly (readonly [string, Value])[]): Table =>
    new Map([...table].filter(([key]) => !gone.some(([one]) => one === key)));
  const thin = (step: DraftStep): DraftStep =>
    step.kind === "think"
      ? step
      : { ...step, headers: without(step.headers, sharedHeaders), more: without(step.more, sharedAuth) };
  return { headers, more, flows: flows.map((flow) => ({ ...flow, steps: flow.steps.map(thin) })) };
}

/** Entries that all tables have with the same value. */
function sharedBy(tables: readonly Table[], variables: Variables): (readonly [string, Value])[] {
  const [first, ...rest] = tables;
  return [...first ?? []].filter(([key, value]) =>
    isForAll(value, variables) && rest.every((table) => sameValue(table.get(key), value))
  );
}

/** Whether a value means the same in front of every step: no captures, and no draws that steps make for themselves. */
function isForAll(value: Value, variables: Variables): boolean {
  return textsIn(value).every((text) =>
    [...text].every((character) => /^(?:env\.|secret\.|$)/.test(variables.of(character) ?? ""))
  );
}

function sameValue(one: Value | undefined, other: Value): boolean {
  if (one === undefined) return false;
  if (isTable(one) && isTable(other)) {
    return one.size === other.size && [...one].every(([key, value]) => {
      const found = other.get(key);
      return found !== undefined && sameValue(found, value);
    });
  }
  return JSON.stringify(one) === JSON.stringify(other) && !isTable(one) && !isTable(other);
}

/** At most as many users as sessions arrive, and time enough for them to end. */
function sampleLoad(flows: readonly DraftFlow[]): DraftLoad {
  const longest = Math.max(0, ...flows.map(({ steps }) => thinkSeconds(steps)));
  const seconds = Math.max(SAMPLE.seconds, Math.ceil(2 * longest / SAMPLE.seconds) * SAMPLE.seconds);
  const keys = new Map<string, Value>([
    ["model", "open"],
    ["rate", SAMPLE.rate],
    ["for", timeText(seconds * 1_000)],
    ["max_vus", seconds],
  ]);
  if (longest > 5) keys.set("graceful_stop", timeText(Math.ceil((longest + 10) / 10) * 10_000));
  return { keys, comments: ["A sample load, to be replaced: one session a second."] };
}

function thinkSeconds(steps: readonly DraftStep[]): number {
  return steps.reduce((sum, step) => {
    const [, number = "0", unit] = step.kind === "think"
      ? /(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(step.time) ?? []
      : [];
    return sum + Number(number) * (unit === "h" ? 3_600 : unit === "m" ? 60 : unit === "s" ? 1 : 0.001);
  }, 0);
}
