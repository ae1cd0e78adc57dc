/** Scenarios at random, small enough to be run in no time, which use all that the language has. */
import type { Luck } from "./luck.ts";
import { randomSimulation } from "./random_faults.ts";
import { type Known, randomSteps } from "./random_steps.ts";
import type { Table, Value } from "./scenario_data.ts";

const CONNECTIONS = ["per-vu", "per-session", "per-request", "shared:1", "shared:3"];
const TIMEOUTS = ["2ms", "10ms", "60ms"];
const GRACEFUL_STOPS = ["0s", "1ms", "30ms", "2s"];

/** Most are sound; a few are refused by the compiler. */
export function randomScenario(luck: Luck): Table {
  const isOpen = luck.oneIn(2);
  const load = isOpen ? openLoad(luck) : closedLoad(luck);
  const data = luck.several(0, 2, (n) => dataTable(luck, n, load));
  const cells = data.flatMap(({ name }) => [`${name}.id`, `${name}.word`]);
  const transport = luck.maybe(10, ["fetch"]);
  const hasMessages = transport === undefined && luck.oneIn(2);
  const targets = targetsOf(luck, hasMessages);
  const grpcTargets = Object.entries(targets ?? {}).flatMap(([name, { protocol }]) =>
    protocol === "h2" ? [name] : []
  );
  const begun = { targets: Object.keys(targets ?? {}), grpcTargets, hasMessages, steps: 0 };
  const ofSetup: Known = {
    ...begun,
    requests: [],
    streams: [],
    waiting: [],
    groups: [],
    handed: [],
    captured: [],
    cells: [],
  };
  const setup = luck.oneIn(4) ? { step: randomSteps(luck, ofSetup, 3) } : undefined;
  const handed = setup === undefined ? [] : ofSetup.captured.map((name) => `setup.${name}`);
  const known: Known = {
    ...begun,
    cells,
    requests: [],
    streams: [],
    waiting: [],
    groups: [],
    handed,
    captured: [],
    steps: ofSetup.steps,
  };
  const isTagged = luck.oneIn(3);
  const flow = luck.several(1, 3, (n) => {
    known.captured = [];
    return {
      name: `f${n + 1}`,
      weight: luck.maybe(3, [1, 2, 7]),
      tags: isTagged && n === 0 ? ["read"] : luck.maybe(8, [["write"]]),
      step: randomSteps(luck, known, 5),
    };
  });
  const stages = typeof load.stages === "object" ? load.stages as readonly Table[] : [];
  const ofTeardown: Known = {
    ...known,
    requests: [],
    streams: [],
    waiting: [],
    groups: [],
    captured: [],
    cells: [],
  };
  const teardown = luck.oneIn(5) ? { step: randomSteps(luck, ofTeardown, 3) } : undefined;
  const own = [ofSetup, known, ofTeardown];
  const requests = own.flatMap((it) => [...it.requests, ...it.waiting]);
  return {
    name: "random",
    seed: luck.below(1_000_000),
    allow: luck.maybe(3, [["Z1951"]]),
    proto: grpcTargets.length > 0 ? ["shop.proto"] : undefined,
    target: { ...target(luck, "http://127.0.0.1:8080/api", true, hasMessages), transport },
    targets,
    load,
    data: data.length === 0 ? undefined : data,
    setup,
    flow,
    teardown,
    threshold: thresholds(luck, known, stages, { isBound: isOpen || "iterations" in load, isTagged }),
    simulation: luck.oneIn(8) ? undefined : randomSimulation(luck, requests),
  };
}

function target(luck: Luck, base: string, mayAuthorize: boolean, mayBeHttp2: boolean): Table {
  const isHttp2 = mayBeHttp2 && luck.oneIn(2);
  const connections = luck.maybe(2, CONNECTIONS);
  const isShared = connections?.startsWith("shared") === true;
  const isSecured = base.startsWith("https");
  return {
    base,
    protocol: isHttp2 ? "h2" : isSecured && mayBeHttp2 ? luck.maybe(3, ["auto"]) : undefined,
    streams: isHttp2 && isShared ? luck.maybe(2, [2, 5]) : undefined,
    tls: isSecured ? luck.maybe(3, [{ insecure: true }, { server_name: "shop.test" }]) : undefined,
    connections,
    timeout: luck.oneIn(8) ? undefined : luck.pick(TIMEOUTS),
    cookies: luck.maybe(3, [true]),
    redirects: luck.maybe(3, [1, 2, 5]),
    headers: luck.maybe(5, [{ accept: "text/plain", "x-run": "${uuid}" }]),
    auth: mayAuthorize ? luck.maybe(10, [oauth2("run"), oauth2("session")]) : undefined,
  };
}

function oauth2(per: string): Table {
  return { oauth2: { token_url: "/token", client_id: "me", client_secret: "${secret.KEY}", per } };
}

function targetsOf(luck: Luck, hasMessages: boolean): Readonly<Record<string, Table>> | undefined {
  if (!luck.oneIn(hasMessages ? 2 : 3)) return undefined;
  const cdn = target(luck, "https://cdn.test:8443", false, hasMessages);
  if (luck.oneIn(2)) return { cdn };
  return { cdn, again: target(luck, "http://127.0.0.1:8080/again", false, hasMessages) };
}

/** At most some 200 sessions. */
function openLoad(luck: Luck): Table {
  const stages = luck.several(1, 3, (n) => {
    const [length, rates] = luck.pick<[string, readonly string[]]>([
      ["40ms", ["200/s", "2k/s", "0/s..1000/s", "0/s"]],
      ["300ms", ["10/s", "200/s", "100/s..300/s", "33.3/s"]],
      ["2s", ["1/s", "40/s", "50/s..0/s", "600/min"]],
    ]);
    return stage(luck, n, length, { rate: luck.pick(rates) });
  });
  return {
    model: "open",
    arrivals: luck.maybe(2, ["uniform", "poisson", "burst:4", "burst:10"]),
    max_vus: luck.pick([1, 2, 3, 10, 40, 200]),
    graceful_stop: luck.maybe(2, GRACEFUL_STOPS),
    stages,
  };
}

function closedLoad(luck: Luck): Table {
  const shared = { model: "closed", graceful_stop: luck.maybe(2, GRACEFUL_STOPS) };
  const pace = luck.maybe(3, ["1ms", "7ms", "50ms"]);
  if (luck.oneIn(2)) {
    return {
      ...shared,
      vus: luck.from(1, 6),
      iterations: luck.pick([1, 5, 17, 60]),
      for: luck.maybe(3, ["20ms", "1s"]),
      pace,
    };
  }
  const stages = luck.several(1, 3, (n) => {
    const length = luck.pick(["10ms", "30ms", "60ms"]);
    return stage(luck, n, length, { vus: luck.pick<Value>([1, 3, 8, "0..6", "1..5", "7..1", "4..0"]) });
  });
  return { ...shared, stages, pace };
}

function stage(luck: Luck, n: number, length: string, rest: Table): Table {
  return {
    name: luck.oneIn(2) ? undefined : `s${n + 1}`,
    for: length,
    ...rest,
    warmup: n === 0 ? luck.maybe(5, [true]) : undefined,
  };
}

function dataTable(luck: Luck, n: number, { model, stages, iterations }: Table): Table {
  const isBound = model === "open" || iterations !== undefined;
  const pick = luck.maybe(1, ["sequential", "shuffle", "random", isBound ? "unique" : "shuffle"]);
  const rows = pick !== "unique" ? luck.from(1, 7) : stages === undefined ? 60 : 500;
  const row = (id: number): Table => ({ id, word: ["one", "zwei & drei", "é", ""][id % 4] });
  return { name: `d${n}`, pick, rows: Array.from({ length: rows }, (_, id) => row(id)) };
}

const LIMITS: readonly Table[] = [
  { metric: "response_time", p99: "< 4ms" },
  { metric: "response_time", p50: "< 2ms", max: "< 1s" },
  { metric: "service_time", "p99.9": "< 100ms", avg: "< 5ms" },
  { metric: "first_byte", p90: "< 3ms" },
  { metric: "connect", max: "< 1ms" },
  { metric: "lag", p99: "< 1ms", invalidates: true },
  { metric: "blocked", p95: "< 1ms" },
  { metric: "session_time", p95: "< 30ms", min: "> 1ms" },
  { metric: "errors", ratio: "< 5%" },
  { metric: "errors", count: "< 10" },
  { metric: "checks", ratio: "> 90%" },
  { metric: "drops", count: "<= 3" },
  { metric: "rate", avg: "> 10/s" },
  { metric: "bytes", total: "< 10MB" },
];
const OF_MESSAGES: readonly Table[] = [
  { metric: "first_message", p90: "< 3ms" },
  { metric: "message_gap", max: "< 4ms", avg: "< 2ms" },
  { metric: "message_gap", max: "< 6ms" },
  { metric: "messages", count: "< 60" },
  { metric: "messages", count: "> 20" },
  { metric: "messages", rate: "> 50/s" },
  { metric: "tls", p50: "< 1ms" },
];
const OF_STEPS = ["response_time", "service_time", "first_byte", "errors", "checks", "bytes", "rate"];
const NEVER_ABORT = ["avg", "min", "total", "rate"];

function thresholds(
  luck: Luck,
  { requests, streams, waiting, groups, hasMessages }: Known,
  stages: readonly Table[],
  { isBound, isTagged }: Readonly<{ isBound: boolean; isTagged: boolean }>,
): Table[] | undefined {
  const list = luck.several(0, 3, (): Table => {
    if (groups.length > 0 && luck.oneIn(4)) {
      return { metric: "group_time", p90: "< 9ms", step: luck.pick(groups) };
    }
    if (hasMessages && luck.oneIn(3)) {
      const steps = [...streams, ...waiting];
      const limit = luck.pick(OF_MESSAGES);
      const step = steps.length > 0 ? luck.maybe(3, steps) : undefined;
      return { ...limit, step, abort: mayAbort(limit, isBound) ? luck.maybe(2, [true]) : undefined };
    }
    const limit = luck.pick(LIMITS);
    const isOfSteps = OF_STEPS.includes(String(limit.metric));
    const step = isOfSteps && requests.length > 0 ? luck.maybe(4, [...requests, ...waiting]) : undefined;
    const flow = step === undefined && limit.metric !== "drops" ? luck.maybe(5, ["f1"]) : undefined;
    const tag = isOfSteps && isTagged ? luck.maybe(6, ["read"]) : undefined;
    const { name: stage } = stages.length > 0 && luck.oneIn(4) ? luck.pick(stages) : {};
    const abort = mayAbort(limit, isBound) ? luck.maybe(2, [true]) : undefined;
    return { ...limit, step, flow, tag, stage, abort };
  });
  return list.length === 0 ? undefined : list;
}

/** Whether a run can know before its end that this limit is missed. */
function mayAbort(limit: Table, isBound: boolean): boolean {
  if (NEVER_ABORT.some((key) => key in limit) || String(limit.count).startsWith(">")) return false;
  if (["rate", "checks"].includes(String(limit.metric))) return false;
  const isAlwaysKnown = !Object.keys(limit).some((key) => /^p\d/.test(key)) &&
    ("max" in limit || "count" in limit);
  return isBound || isAlwaysKnown;
}
