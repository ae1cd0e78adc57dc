/** Checked scenarios by hand, for tests of what lowers them. Everything has a plain default. */
import type {
  CloseAction,
  ExchangeItem,
  Flow,
  GroupStep,
  RequestStep,
  Scenario,
  Step,
  Target,
  ThinkStep,
  Threshold,
  WebSocketStep,
} from "../compiler/2_check/scenario.ts";

/** Where everything stands. */
export const place = { line: 1, column: 1, endLine: 1, endColumn: 2 };

/** The first target, `http://shop.test`. */
export const sampleTarget: Target = {
  name: "",
  place,
  scheme: "http",
  host: "shop.test",
  port: 80,
  basePlace: place,
  headers: [],
  timeoutTicks: 10_000_000,
  protocol: "http/1.1",
  connections: { kind: "per-vu" },
  streams: 1,
  tls: null,
  cookies: false,
};

/** `GET /name`. */
export function sampleRequest(name: string, changes: Partial<RequestStep> = {}): RequestStep {
  return {
    kind: "request",
    name,
    place,
    tags: [],
    target: 0,
    method: "GET",
    url: [`/${name}`],
    urlPlace: place,
    query: [],
    headers: [],
    auth: { kind: "none" },
    body: { kind: "none" },
    expect: { status: [[200, 399]], withinTicks: 0, headers: [], json: [], body: [] },
    captures: [],
    stream: null,
    onError: "continue",
    timeoutTicks: 10_000_000,
    redirects: 0,
    retry: null,
    when: [],
    repeat: null,
    ...changes,
  };
}

/** Opens a WebSocket at `/name`, and closes it unless the exchange says otherwise. */
export function sampleWebSocket(
  name: string,
  exchange: readonly ExchangeItem[] = [sampleClose(`${name}.close`)],
  changes: Partial<WebSocketStep> = {},
): WebSocketStep {
  const expect = { status: [[101, 101]] as const, withinTicks: 0, headers: [], json: [], body: [] };
  return { ...sampleRequest(name), expect, kind: "webSocket", exchange, ...changes };
}

/** Closes with 1000. */
export function sampleClose(name: string): CloseAction {
  return { kind: "close", name, place, tags: [], timeoutTicks: 10_000_000, code: 1000, reason: "" };
}

/** Thinks for 5 to 9 ticks. */
export function sampleThink(name: string, changes: Partial<ThinkStep> = {}): ThinkStep {
  return {
    kind: "think",
    name,
    place,
    tags: [],
    time: { kind: "uniform", minTicks: 5, maxTicks: 9 },
    when: [],
    repeat: null,
    ...changes,
  };
}

/** Runs once, always. */
export function sampleGroup(
  name: string,
  steps: readonly Step[],
  changes: Partial<GroupStep> = {},
): GroupStep {
  return { kind: "group", name, place, tags: [], steps, when: [], repeat: null, ...changes };
}

/** Of weight 1, without captures. */
export function sampleFlow(name: string, steps: readonly Step[], changes: Partial<Flow> = {}): Flow {
  return { name, place, weight: 1, captures: [], steps, ...changes };
}

/** 100 sessions of one flow with one request, unless said otherwise. */
export function sampleScenario(changes: Partial<Scenario> = {}): Scenario {
  const rate = { sessions: 1, perTicks: 10_000 };
  return {
    file: "a.toml",
    name: "sample",
    description: "",
    seed: 1,
    transport: "socket",
    targets: [sampleTarget],
    load: {
      model: "open",
      place,
      arrivals: "uniform",
      burst: 1,
      maxVus: 10,
      gracefulStopTicks: 0,
      stages: [{
        name: "hold",
        place,
        warmup: false,
        lengthTicks: 1_000_000,
        rateStart: rate,
        rateEnd: rate,
        ratePlace: place,
      }],
    },
    tables: [],
    messageTypes: [],
    tags: [],
    flows: [sampleFlow("visit", [sampleRequest("home")])],
    setup: null,
    teardown: null,
    thresholds: [],
    validity: { lagP99Ticks: 10_000, dropsPpm: 10_000, gapsPpm: 10_000 },
    simulation: {
      service: { kind: "uniform", minTicks: 1_000, maxTicks: 1_000 },
      servers: 0,
      queue: 0,
      errorsPpm: 0,
      connect: { kind: "uniform", minTicks: 100, maxTicks: 100 },
      connections: 0,
      answers: [],
      faults: [],
    },
    ...changes,
  };
}

/** `lag max < 1`, of all. */
export function sampleThreshold(changes: Partial<Threshold> = {}): Threshold {
  return {
    place,
    metric: "lag",
    statistic: { kind: "max" },
    comparison: "<",
    limit: 1,
    flow: -1,
    step: null,
    stage: -1,
    tag: -1,
    abort: false,
    abortPlace: place,
    invalidates: false,
    text: "t",
    ...changes,
  };
}
