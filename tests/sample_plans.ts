import type {
  Condition,
  Instruction,
  Load,
  OpenLoad,
  Plan,
  Request,
  SimulatedFault,
  Simulation,
  Step,
  Table,
  Target,
} from "../runtime/plan.ts";
import type { MessageMatch } from "../runtime/plan_messages.ts";
import type { MessageType } from "../runtime/plan_messages.ts";
import type { Template } from "../runtime/plan_templates.ts";

/**
 * A step of a sample plan: a request (with what differs from a plain GET), a think time, a group of steps, or a
 * WebSocket and what is done on it.
 */
export type SampleStep = SampleRequest | SampleThink | SampleGroup | SampleWebSocket | SampleAction;
type Common = Readonly<{
  repeat?: readonly [number, number];
  when?: Condition;
  /** Positions in the plan's tags; not handed down. */
  tags?: readonly number[];
}>;
type SampleRequest = Common & Readonly<{ get: string; request?: Partial<Request> }>;
type SampleThink = Common & Readonly<{ think: readonly [number, number]; quantiles?: readonly number[] }>;
type SampleGroup = Common & Readonly<{ group: string; steps: readonly SampleStep[] }>;
type SampleWebSocket =
  & Common
  & Readonly<{ webSocket: string; request?: Partial<Request>; exchange: readonly SampleStep[] }>;
/** A text message; any message, or one that is told of; a ping's payload; a close's code. */
type SampleAction =
  & Common
  & Readonly<{ request?: Partial<Request> }>
  & (
    | Readonly<{ send: Template }>
    | Readonly<{ receive: Partial<MessageMatch> }>
    | Readonly<{ ping: string }>
    | Readonly<{ close: number }>
  );

/** Plans by hand, for tests of what comes behind the compiler. Everything has a plain default. */
export function samplePlan(
  changes: Readonly<{
    flows?: readonly (readonly SampleStep[])[];
    setup?: readonly SampleStep[];
    teardown?: readonly SampleStep[];
    load?: Load;
    seed?: number;
    transport?: Plan["transport"];
    /** What differs in the first target, and whole further ones, but for their slots. */
    target?: Partial<Target>;
    targets?: readonly (Partial<Target> & Pick<Target, "name">)[];
    vus?: number;
    tables?: readonly Table[];
    tags?: readonly string[];
    captures?: readonly string[];
    messageTypes?: readonly MessageType[];
    secrets?: readonly string[];
    requestBytes?: number;
    thresholds?: Plan["thresholds"];
    simulation?: Partial<Simulation>;
  }> = {},
): Plan {
  const steps: Step[] = [];
  const requests: Request[] = [];
  const made = (name: string, flow: readonly SampleStep[], number: number) => ({
    name,
    weight: 1,
    program: inPlace(
      flow.flatMap((step) => programOf(step, { flow: number, group: -1, depth: 0 }, steps, requests)),
    ),
  });
  const flows = (changes.flows ?? [[{ get: "/" }]]).map((flow, number) =>
    made(`flow-${number}`, flow, number)
  );
  const choice = flows.map((_, other) => ({ keep: 2 ** 32, other }));
  const setup = changes.setup === undefined ? -1 : flows.length;
  if (changes.setup !== undefined) flows.push(made("setup", changes.setup, setup));
  const teardown = changes.teardown === undefined ? -1 : flows.length;
  if (changes.teardown !== undefined) flows.push(made("teardown", changes.teardown, teardown));
  const load = changes.load ?? constantLoad(100, 1_000_000);
  const vus = changes.vus ?? load.maxVus;
  const opening = new Set(requests.filter(({ kind }) => kind === "webSocket").map(({ target }) => target));
  const targets = targetsOf([{ name: "", ...changes.target }, ...(changes.targets ?? [])], vus, opening);
  return {
    format: 3,
    name: "sample",
    description: "",
    seed: changes.seed ?? 1,
    transport: changes.transport ?? "socket",
    targets,
    load: { ...load, maxVus: vus },
    choice,
    flows,
    setup,
    teardown,
    steps,
    requests,
    messageTypes: changes.messageTypes ?? [],
    tables: changes.tables ?? [],
    tags: changes.tags ?? [],
    captures: changes.captures ?? [],
    secrets: changes.secrets ?? [],
    thresholds: changes.thresholds ?? [],
    validity: { lagP99Ticks: 10_000, dropsPpm: 10_000, gapsPpm: 10_000 },
    simulation: { ...PLAIN_SIMULATION, ...changes.simulation },
    bounds: {
      vus,
      connections: targets.reduce((sum, { slots }) => sum + slots, opening.size * vus),
      sessions: 0,
      peakRate: 0,
      requestBytes: changes.requestBytes ?? 1024,
      captureBytes: 64,
      repeatDepth: deepest(flows, "repeat", "again"),
      groupDepth: deepest(flows, "group", "groupEnd"),
      endTick: 0,
      ledgerBytes: 0,
    },
  };
}

/** All that can go wrong at a simulated target. */
export const FAULT_KINDS: readonly SimulatedFault["kind"][] = [
  "drop",
  "delay",
  "reset",
  "refuse",
  "half-close",
  "slow-body",
  "corrupt",
  "status",
];

/** What a plan says of a simulated target where its scenario says nothing. */
export const PLAIN_SIMULATION: Simulation = {
  service: { minTicks: 1_000, maxTicks: 1_000, quantiles: [] },
  servers: 0,
  queue: 0,
  errorsPpm: 0,
  connect: { minTicks: 100, maxTicks: 100, quantiles: [] },
  connections: 0,
  answers: [],
  faults: [],
};

/** Each target's slots behind those of the one before; `opening`: positions of those with WebSockets. */
function targetsOf(
  targets: readonly (Partial<Target> & Pick<Target, "name">)[],
  vus: number,
  opening: ReadonlySet<number>,
): Target[] {
  let firstSlot = 0;
  return targets.map((changes, position) => {
    const { connections, streams } = { connections: { kind: "per-vu" } as const, streams: 1, ...changes };
    const slots = connections.kind === "shared" ? connections.size * streams : vus;
    const hasWebSockets = opening.has(position);
    const target: Target = {
      ...PLAIN_TARGET,
      scheme: "http",
      host: "127.0.0.1",
      port: 8080,
      cookies: false,
      ...changes,
      connections,
      firstSlot,
      slots,
      firstWebSocketSlot: hasWebSockets ? firstSlot + slots : -1,
    };
    firstSlot += hasWebSockets ? slots + vus : slots;
    return target;
  });
}

function deepest(flows: Plan["flows"], open: Instruction["kind"], close: Instruction["kind"]): number {
  let most = 0;
  for (const { program } of flows) {
    let depth = 0;
    for (const { kind } of program) {
      if (kind === open) most = Math.max(most, ++depth);
      if (kind === close) depth--;
    }
  }
  return most;
}

/** Uniform arrivals at a whole number a second. */
export function constantLoad(perSecond: number, lengthTicks: number, maxVus = 10): OpenLoad {
  return {
    model: "open",
    arrivals: "uniform",
    burst: 1,
    maxVus,
    gracefulStopTicks: 1_000_000,
    stages: [{
      name: "hold",
      warmup: false,
      startTick: 0,
      lengthTicks,
      rateStart: perSecond,
      rateEnd: perSecond,
      perTicks: 1_000_000,
      firstSession: 0,
      sessions: Math.ceil((perSecond * lengthTicks) / 1_000_000),
      lacking: 0,
      slotQuantiles: [],
    }],
  };
}

/** What is not said of a request that is no message. */
export const PLAIN_REQUEST = { kind: "http", isBinary: false, stream: null, grpc: null } as const;

/** What is not said of a target that is spoken to in cleartext HTTP/1.1. */
export const PLAIN_TARGET = { protocol: "http/1.1", tls: null, streams: 1, firstWebSocketSlot: -1 } as const;

/** What a response must be where a step says nothing else. */
export const ANY_SUCCESS: Request["expect"] = {
  status: [[200, 399]],
  withinTicks: 0,
  headers: [],
  json: [],
  body: [],
};

/** What opens a WebSocket is answered with. */
export const SWITCHING: Request["expect"] = { ...ANY_SUCCESS, status: [[101, 101]] };

/** Nothing is said of what comes back. */
export const ANYTHING: Request["expect"] = { ...ANY_SUCCESS, status: [] };

/** Where a step stands, and in how many repeats. */
type Standing = Readonly<{ flow: number; group: number; depth: number }>;

/** Jumps are measured from the instruction itself; `inPlace` makes positions of them. */
function programOf(step: SampleStep, standing: Standing, steps: Step[], requests: Request[]): Instruction[] {
  const id = steps.length;
  const { flow, group } = standing;
  steps.push({ flow, group, ...namedKind(step, id), tags: step.tags ?? [], salt: 1000 + id });
  const depth = step.repeat === undefined ? standing.depth : standing.depth + 1;
  let program = bodyOf(step, id, { ...standing, depth }, steps, requests);
  if (step.repeat !== undefined) {
    const [min, max] = step.repeat;
    const again = program.length + 1;
    program = [{ kind: "repeat", step: id, min, max, again }, ...program, {
      kind: "again",
      step: id,
      repeat: -again,
    }];
  }
  if (step.when === undefined) return program;
  const end = program.length + 1;
  return [{ kind: "when", step: id, condition: step.when, end }, ...program, { kind: "end", step: id }];
}

function namedKind(step: SampleStep, id: number): Pick<Step, "name" | "kind"> {
  if ("get" in step) return { name: step.get, kind: "request" };
  if ("webSocket" in step) return { name: step.webSocket, kind: "request" };
  if ("group" in step) return { name: step.group, kind: "group" };
  const kind = actionOf(step);
  return { name: `${kind}-${id}`, kind };
}

function actionOf(step: SampleAction | SampleThink): "think" | "send" | "receive" | "ping" | "close" {
  if ("think" in step) return "think";
  if ("send" in step) return "send";
  if ("receive" in step) return "receive";
  return "ping" in step ? "ping" : "close";
}

function bodyOf(
  step: SampleStep,
  id: number,
  standing: Standing,
  steps: Step[],
  requests: Request[],
): Instruction[] {
  if ("think" in step) {
    const [minTicks, maxTicks] = step.think;
    return [{ kind: "think", step: id, minTicks, maxTicks, quantiles: step.quantiles ?? [] }];
  }
  if ("group" in step) {
    const children = step.steps.flatMap((it) => programOf(it, { ...standing, group: id }, steps, requests));
    const end = children.length + 1;
    return [{ kind: "group", step: id, end }, ...children, { kind: "groupEnd", step: id, group: -end }];
  }
  if ("webSocket" in step) {
    const request = added(requests, { ...openingOf(step.webSocket), ...step.request });
    const exchange = step.exchange.flatMap((it) => programOf(it, standing, steps, requests));
    const end = exchange.length + 1;
    const { depth } = standing;
    return [
      { kind: "webSocket", step: id, request, end },
      ...exchange,
      { kind: "webSocketEnd", step: id, webSocket: -end, depth },
    ];
  }
  const made = "get" in step
    ? { head: [`GET ${step.get} HTTP/1.1\r\nhost: `, { slot: "authority" as const }, "\r\n\r\n"] }
    : { method: "", head: [], expect: ANYTHING, ...done(step) };
  return [{ kind: "request", step: id, request: added(requests, { ...made, ...step.request }) }];
}

function added(requests: Request[], changes: Partial<Request>): number {
  requests.push({
    ...PLAIN_REQUEST,
    target: 0,
    method: "GET",
    head: [],
    body: [],
    timeoutTicks: 10_000_000,
    onError: "continue",
    expect: ANY_SUCCESS,
    captures: [],
    redirects: 0,
    retry: null,
    ...changes,
  });
  return requests.length - 1;
}

function openingOf(path: string): Partial<Request> {
  const head: Template = [
    `GET ${path} HTTP/1.1\r\nhost: `,
    { slot: "authority" },
    "\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ",
    { slot: "websocket-key", use: 0 },
    "\r\n\r\n",
  ];
  return { kind: "webSocket", head, expect: SWITCHING };
}

function done(step: SampleAction): Partial<Request> {
  if ("send" in step) return { kind: "send", body: step.send };
  if ("receive" in step) {
    const isAny = Object.keys(step.receive).length === 0;
    const until = isAny ? null : { event: "", json: [], body: [], ...step.receive };
    return { kind: "receive", stream: { kind: "webSocket", until, count: 0 } };
  }
  if ("ping" in step) return { kind: "ping", body: [step.ping] };
  const code = Uint8Array.of(step.close >> 8, step.close & 0xff);
  return { kind: "close", body: [{ base64: code.toBase64() }] };
}

function inPlace(program: readonly Instruction[]): Instruction[] {
  return program.map((it, at) => {
    switch (it.kind) {
      case "when":
      case "group":
      case "webSocket":
        return { ...it, end: at + it.end };
      case "repeat":
        return { ...it, again: at + it.again };
      case "again":
        return { ...it, repeat: at + it.repeat };
      case "groupEnd":
        return { ...it, group: at + it.group };
      case "webSocketEnd":
        return { ...it, webSocket: at + it.webSocket };
      default:
        return it;
    }
  });
}
