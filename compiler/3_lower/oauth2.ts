/** OAuth2 client credentials (RFC 6749 section 4.4), expanded: steps that get tokens, and requests that bear them. */
import { allSteps } from "../2_check/all_steps.ts";
import type {
  Action,
  Auth,
  Body,
  CaptureOwner,
  Flow,
  OAuth2,
  QueryItem,
  RequestStep,
  Scenario,
  Step,
  Template,
} from "../2_check/scenario.ts";
import { canonicalJson } from "./canonical_json.ts";

/** Both are followed by a number where the scenario has the name already. */
const STEP_NAME = "oauth2";
const CAPTURE_NAME = "access_token";

/** A step that gets a token, and what it captures it as. */
type TokenStep = Readonly<{ capture: string; step: RequestStep }>;
/** By what is asked for: credentials that are equal but for their places have one token. */
type TokenSteps = Map<string, TokenStep>;

/**
 * The same scenario where every request that had a token to get bears one. Tokens of a run are got by the first steps of
 * the setup, which is made where there is none; tokens of a session by the first steps of its flow. Of what is left,
 * only such a step has `oauth2` as its `auth`: there it means the client's own credentials (section 2.3.1).
 */
export function expandOAuth2(scenario: Scenario): Scenario {
  const all = [...scenario.flows, scenario.setup, scenario.teardown].filter((flow) => flow !== null);
  const asked = all.flatMap(({ steps }) => allSteps(steps)).flatMap(oauth2Of);
  if (asked.length === 0) return scenario;
  const setup = scenario.setup ?? { ...emptySetup(asked[0]), captures: [], steps: [] };
  const perRun = tokenSteps(asked.filter(({ per }) => per === "run"), setup, scenario);
  const expand = (flow: Flow) => expandFlow(flow, perRun, "setup", scenario);
  const needsSetup = scenario.setup !== null || perRun.size > 0;
  return {
    ...scenario,
    flows: scenario.flows.map(expand),
    setup: needsSetup ? withFirst(expandFlow(setup, perRun, "flow", scenario), perRun) : null,
    teardown: scenario.teardown === null ? null : expand(scenario.teardown),
  };
}

function oauth2Of(step: Step | Action): readonly OAuth2[] {
  return "auth" in step && step.auth.kind === "oauth2" ? [step.auth] : [];
}

function emptySetup({ place }: OAuth2): Pick<Flow, "name" | "place" | "weight"> {
  return { name: "setup", place, weight: 1 };
}

/** `of`: whose captures the tokens of the run are, seen from this flow. */
function expandFlow(flow: Flow, perRun: TokenSteps, of: CaptureOwner, scenario: Scenario): Flow {
  const asked = allSteps(flow.steps).flatMap(oauth2Of).filter(({ per }) => per === "session");
  const perSession = tokenSteps(asked, flow, scenario, of === "flow" ? perRun : new Map());
  const bearing = (step: Step): Step => {
    if (step.kind === "group") return { ...step, steps: step.steps.map(bearing) };
    const [auth] = oauth2Of(step);
    if (auth === undefined || !("auth" in step)) return step;
    const key = keyOf(auth);
    const ofSession = perSession.get(key);
    const token = ofSession ?? perRun.get(key);
    if (token === undefined) throw new Error("z6c has a bug: nothing gets the token of a request");
    return { ...step, auth: bearer(auth, token.capture, ofSession === undefined ? of : "flow") };
  };
  return withFirst({ ...flow, steps: flow.steps.map(bearing) }, perSession);
}

/** The flow, with these steps and their captures before its own. */
function withFirst(flow: Flow, tokens: TokenSteps): Flow {
  const first = [...tokens.values()];
  return {
    ...flow,
    captures: [...first.map(({ capture }) => capture), ...flow.captures],
    steps: [...first.map(({ step }) => step), ...flow.steps],
  };
}

/** One step for each that is asked for, under names that neither the flow nor `beside` has. */
function tokenSteps(
  asked: readonly OAuth2[],
  flow: Flow,
  scenario: Scenario,
  beside: TokenSteps = new Map(),
): TokenSteps {
  const others = [...beside.values()];
  const steps = new Set([
    ...allSteps(flow.steps).map(({ name }) => name),
    ...others.map(({ step }) => step.name),
  ]);
  const captures = new Set([...flow.captures, ...others.map(({ capture }) => capture)]);
  const tokens: TokenSteps = new Map();
  for (const auth of asked) {
    const key = keyOf(auth);
    if (tokens.has(key)) continue;
    const capture = freeName(CAPTURE_NAME, captures);
    const onError = flow.name === "setup"
      ? "stop-run"
      : flow.name === "teardown"
      ? "continue"
      : "end-session";
    const step = tokenStep(freeName(STEP_NAME, steps), capture, onError, auth, scenario);
    tokens.set(key, { capture, step });
  }
  return tokens;
}

/** The name, or the first of `name-2`, `name-3` … that is not taken; takes it. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
  taken.add(free);
  return free;
}

/** Access token request of section 4.4.2, and what of its response (section 5.1) is wanted. */
function tokenStep(
  name: string,
  capture: string,
  onError: RequestStep["onError"],
  auth: OAuth2,
  { targets }: Scenario,
): RequestStep {
  const { place } = auth;
  return {
    kind: "request",
    name,
    place,
    tags: [],
    target: auth.target,
    method: "POST",
    url: auth.tokenUrl,
    urlPlace: place,
    query: [],
    headers: [],
    auth: auth.send === "basic" ? auth : { kind: "none" },
    body: tokenBody(auth),
    expect: { status: [[200, 200]], withinTicks: 0, headers: [], json: [], body: [] },
    captures: [
      { capture, place, from: { kind: "json", pointer: "/access_token", pattern: null }, optional: false },
    ],
    stream: null,
    onError,
    timeoutTicks: targets[auth.target].timeoutTicks,
    redirects: 0,
    retry: null,
    when: [],
    repeat: null,
  };
}

function tokenBody({ clientId, clientSecret, scope, audience, send, place }: OAuth2): Body {
  const item = (name: string, value: Template | null): QueryItem[] =>
    value === null ? [] : [{ name, value, place }];
  const credentials = send === "body"
    ? [...item("client_id", clientId), ...item("client_secret", clientSecret)]
    : [];
  return {
    kind: "form",
    items: [
      ...item("grant_type", ["client_credentials"]),
      ...item("scope", scope),
      ...item("audience", audience),
      ...credentials,
    ],
    place,
  };
}

function bearer({ place }: OAuth2, name: string, of: CaptureOwner): Auth {
  return { kind: "bearer", token: [{ variable: "capture", name, of, place }], place };
}

function keyOf(auth: OAuth2): string {
  return canonicalJson(JSON.parse(JSON.stringify(auth, (key, value) => key === "place" ? undefined : value)));
}
