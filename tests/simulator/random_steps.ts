/** Steps at random, as the language lets one write them. */
import type { Luck } from "./luck.ts";
import { events, grpc, type Spoken, webSocket } from "./random_messages.ts";
import type { Table, Value } from "./scenario_data.ts";

/** What steps may speak of. Grows while a flow is written. */
export type Known = {
  /** Captured in front, in this flow. */
  captured: string[];
  /** Captured by the setup, with its prefix; empty within it. */
  readonly handed: readonly string[];
  /** `table.column` */
  readonly cells: readonly string[];
  readonly targets: readonly string[];
  /** Those that speak HTTP/2 for sure: gRPC goes there. */
  readonly grpcTargets: readonly string[];
  /** WebSockets and events can be had. */
  readonly hasMessages: boolean;
  /** Requests so far, of all flows. */
  readonly requests: string[];
  /** Those of them that are answered in messages, or open a WebSocket. */
  readonly streams: string[];
  /** What waits on a WebSocket, with the name of the step that opens it. */
  readonly waiting: string[];
  /** The same of groups. */
  readonly groups: string[];
  steps: number;
};

const METHODS = ["get", "get", "get", "post", "put", "patch", "delete", "options", "head"];
const DRAWN = [
  "session",
  "loop",
  "stage",
  "uuid",
  "vu",
  "now.iso",
  "random.int(1, 3)",
  "random.int(-5, 1000000)",
  "random.choice('x', 'ü y', '&')",
  "secret.KEY",
];
const EXPECTATIONS: readonly Table[] = [
  { status: 200 },
  { status: ["2xx", 404] },
  { status: "5xx" },
  { within: "1500us" },
  { within: "20ms", headers: { etag: { exists: true }, a: "b" } },
  { json: { "/id": { exists: true }, "/n": { min: 1, max: 5 }, "/t": { type: "list" } } },
  { json: { "/name": { matches: "^[a-f]{2,4}$" }, "/gone": { exists: false } } },
  { body: { contains: "hello", min_bytes: 100 } },
  { body: { matches: "a+b" }, status: [200, 201] },
  { body: { max_bytes: 10 } },
];
const EXTRACTIONS: readonly Table[] = [
  { json: "/token" },
  { json: "/items/0/id", optional: true },
  { header: "x-token" },
  { header: "location", optional: true },
  { cookie: "sid" },
  { regex: "id=([a-z0-9]+)" },
  { json: "/list", regex: "b(.)" },
];
const RETRIES: readonly Table[] = [
  { times: 1 },
  { times: 3, on: ["connect", "wait", "5xx"], wait: "1ms..5ms" },
  { times: 2, on: ["timeout", "reset", "closed", "refused", 404], wait: "100us..100us" },
  { times: 5, on: [200], wait: "1us..1us" },
];
const THINKS = [
  "0s",
  "1us",
  "3ms",
  "1ms..20ms",
  "0s..1us",
  "normal(5ms, 3ms)",
  "exponential(4ms)",
  "lognormal(3ms, 0.8)",
];
const REPEATS: readonly Value[] = [2, 3, "0..2", "1..4", "0..1"];
const TAGS = ["read", "write", "slow"];
const WHEN_STATUS: readonly Value[] = ["2xx", [404, "5xx"], 200, ["3xx", "4xx"]];

export function randomSteps(luck: Luck, known: Known, most: number, depth = 0): Table[] {
  return luck.several(1, most, () => {
    if (depth < 3 && luck.oneIn(7)) return group(luck, known, depth);
    if (known.hasMessages && luck.oneIn(6)) return messaging(luck, known);
    return luck.oneIn(4) ? think(luck, known) : request(luck, known);
  });
}

function group(luck: Luck, known: Known, depth: number): Table {
  const name = `g${++known.steps}`;
  known.groups.push(name);
  const when = luck.oneIn(4) ? condition(luck, known) : undefined;
  return {
    name,
    tags: luck.maybe(5, [TAGS, ["read"], []]),
    when,
    repeat: luck.maybe(3, REPEATS),
    step: randomSteps(luck, known, 3, depth + 1),
  };
}

function think(luck: Luck, known: Known): Table {
  const name = `t${++known.steps}`;
  const when = luck.oneIn(8) ? condition(luck, known) : undefined;
  return { name, think: luck.pick(THINKS), when, repeat: luck.maybe(8, REPEATS) };
}

/** A WebSocket, a stream of events, or a call of gRPC. */
function messaging(luck: Luck, known: Known): Table {
  const name = `m${++known.steps}`;
  known.requests.push(name);
  known.streams.push(name);
  const when = luck.oneIn(8) ? condition(luck, known) : undefined;
  const spoken: Spoken = {
    captured: known.captured,
    waiting: [],
    text: () => text(luck, known),
    known: () => {
      const names = [...spoken.captured, ...known.handed, ...known.cells];
      return names.length === 0 ? null : `\${${luck.pick(names)}}`;
    },
    newName: (front) => `${front}${++known.steps}`,
  };
  const isGrpc = known.grpcTargets.length > 0 && luck.oneIn(3);
  const own = isGrpc ? { target: luck.pick(known.grpcTargets), ...grpc(luck, spoken) } : luck.oneIn(2)
    ? {
      target: known.targets.length > 0 ? luck.maybe(4, known.targets) : undefined,
      ...webSocket(luck, spoken),
    }
    : { get: "/events", events: events(luck, spoken), expect: luck.maybe(4, [{ json: { "/id": 3 } }]) };
  known.captured = [...new Set(spoken.captured)];
  known.waiting.push(...spoken.waiting.map((it) => `${name}.${it}`));
  return {
    name,
    ...own,
    when,
    repeat: luck.maybe(8, REPEATS),
    on_error: luck.maybe(3, ["continue", "end-session"]),
    timeout: luck.maybe(3, ["3ms", "50ms"]),
    tags: luck.maybe(6, [["read"]]),
  };
}

function request(luck: Luck, known: Known): Table {
  const name = `r${++known.steps}`;
  known.requests.push(name);
  const isGraphql = luck.oneIn(15);
  const method = isGraphql ? "graphql" : luck.pick(METHODS);
  const hasBody = !isGraphql && method !== "get" && method !== "head" && luck.oneIn(2);
  const when = luck.oneIn(6) ? condition(luck, known) : undefined;
  const step: Table = {
    name,
    [method]: url(luck, known),
    target: known.targets.length > 0 ? luck.maybe(4, known.targets) : undefined,
    ...(isGraphql
      ? { query: "query Find($q: String) { find(q: $q) { id } }", variables: { q: text(luck, known) } }
      : { query: luck.oneIn(6) ? { q: text(luck, known), "a b": text(luck, known) } : undefined }),
    headers: luck.oneIn(5) ? { "x-one": text(luck, known) } : undefined,
    ...(hasBody ? body(luck, known) : {}),
    auth: luck.oneIn(10) ? auth(luck, known) : undefined,
    expect: luck.maybe(3, EXPECTATIONS),
    retry: luck.maybe(6, RETRIES),
    redirects: luck.maybe(6, [0, 1, 3]),
    when,
    repeat: luck.maybe(6, REPEATS),
    on_error: luck.maybe(4, ["continue", "end-session", "end-session", "stop-run"]),
    timeout: luck.maybe(6, ["1ms", "3ms", "50ms"]),
    tags: luck.maybe(5, [["read"], ["write", "slow"]]),
  };
  const capture = luck.oneIn(4) ? captures(luck, known) : undefined;
  return { ...step, capture };
}

function captures(luck: Luck, known: Known): Table {
  const entries = luck.several(1, 2, (): [string, Value] => {
    const again = known.captured.length > 0 && luck.oneIn(4);
    const name = again ? luck.pick(known.captured) : `c${++known.steps}`;
    return [name, luck.pick(EXTRACTIONS)];
  });
  known.captured = [...new Set([...known.captured, ...entries.map(([name]) => name)])];
  return Object.fromEntries(entries);
}

/** Of what was captured in front, or of the last status. */
function condition(luck: Luck, known: Known): Table {
  const names = [...known.captured, ...known.handed];
  if (names.length === 0 || luck.oneIn(3)) return { status: luck.pick(WHEN_STATUS) };
  const more = luck.oneIn(4) ? { status: luck.pick(WHEN_STATUS) } : {};
  const tests: readonly Value[] = [
    "exists",
    "missing",
    { equals: "simulated" },
    { not: "simulated" },
    { matches: "[a-m]" },
  ];
  return { [luck.pick(names)]: luck.pick(tests), ...more };
}

function url(luck: Luck, known: Known): string {
  const names = [...known.captured, ...known.handed];
  if (names.length > 0 && luck.oneIn(10)) return `\${${luck.pick(names)}}`;
  return `/${luck.pick(["", "list", "item/"])}${luck.oneIn(2) ? text(luck, known) : ""}`;
}

function body(luck: Luck, known: Known): Table {
  return luck.pick<() => Table>([
    () => ({ body: text(luck, known) }),
    () => ({ json: { a: text(luck, known), b: [1, true, text(luck, known)] } }),
    () => ({ form: { a: text(luck, known), "é": text(luck, known) } }),
    () => ({ multipart: { a: text(luck, known), b: "x" } }),
    () => ({ body_file: "body.bin" }),
  ])();
}

function auth(luck: Luck, known: Known): Table {
  return luck.oneIn(2) ? { bearer: text(luck, known) } : { basic: ["me", text(luck, known)] };
}

function text(luck: Luck, known: Known): string {
  const variables = [...DRAWN, ...known.cells, ...known.captured, ...known.handed];
  const words = ["a", "-", "x1", "é", "q%", "$${b}"];
  return luck.several(1, 3, () => luck.oneIn(3) ? luck.pick(words) : `\${${luck.pick(variables)}}`).join("");
}
