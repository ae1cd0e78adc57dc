import type { Condition, Instruction, Load, OpenLoad, Plan, Request, Step, Table } from "../runtime/plan.ts";

/** A step of a sample plan: a request (with what differs from a plain GET), or a think time. */
export type SampleStep = SampleRequest | SampleThink;
type SampleRequest = Readonly<{
  get: string;
  request?: Partial<Request>;
  repeat?: readonly [number, number];
  when?: Condition;
}>;
type SampleThink = Readonly<{
  think: readonly [number, number];
  quantiles?: readonly number[];
  when?: Condition;
}>;

/** Plans by hand, for tests of what comes behind the compiler. Everything has a plain default. */
export function samplePlan(
  changes: Readonly<{
    flows?: readonly (readonly SampleStep[])[];
    load?: Load;
    seed?: number;
    target?: Partial<Plan["target"]>;
    vus?: number;
    tables?: readonly Table[];
    captures?: readonly string[];
    secrets?: readonly string[];
    requestBytes?: number;
    thresholds?: Plan["thresholds"];
  }> = {},
): Plan {
  const target = {
    scheme: "http",
    host: "127.0.0.1",
    port: 8080,
    transport: "socket",
    connections: { kind: "per-vu" },
    cookies: false,
    ...changes.target,
  } as const;
  const steps: Step[] = [];
  const requests: Request[] = [];
  const flows = (changes.flows ?? [[{ get: "/" }]]).map((flow, number) => ({
    name: `flow-${number}`,
    weight: 1,
    program: inPlace(flow.flatMap((step) => programOf(step, number, steps, requests))),
  }));
  const load = changes.load ?? constantLoad(100, 1_000_000);
  const vus = changes.vus ?? load.maxVus;
  const connections = target.connections.kind === "shared" ? target.connections.size : vus;
  return {
    format: 1,
    name: "sample",
    description: "",
    seed: changes.seed ?? 1,
    target,
    load: { ...load, maxVus: vus },
    choice: flows.map((_, other) => ({ keep: 2 ** 32, other })),
    flows,
    steps,
    requests,
    tables: changes.tables ?? [],
    captures: changes.captures ?? [],
    secrets: changes.secrets ?? [],
    thresholds: changes.thresholds ?? [],
    validity: { lagP99Ticks: 10_000, dropsPpm: 10_000, gapsPpm: 10_000 },
    bounds: {
      vus,
      connections,
      sessions: 0,
      peakRate: 0,
      requestBytes: changes.requestBytes ?? 1024,
      captureBytes: 64,
      repeatDepth: 1,
      endTick: 0,
      ledgerBytes: 0,
    },
  };
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

/** What a response must be where a step says nothing else. */
export const ANY_SUCCESS: Request["expect"] = {
  status: [[200, 399]],
  withinTicks: 0,
  headers: [],
  json: [],
  body: [],
};

/** Jumps are measured from the instruction itself; `inPlace` makes positions of them. */
function programOf(step: SampleStep, flow: number, steps: Step[], requests: Request[]): Instruction[] {
  const id = steps.length;
  const name = "get" in step ? step.get : `think-${id}`;
  steps.push({ flow, name, kind: "get" in step ? "request" : "think", salt: 1000 + id });
  const program = "get" in step ? requestOf(step, id, requests) : [thinkOf(step, id)];
  if (step.when === undefined) return program;
  const end = program.length + 1;
  return [{ kind: "when", step: id, condition: step.when, end }, ...program, { kind: "end", step: id }];
}

function thinkOf({ think: [minTicks, maxTicks], quantiles = [] }: SampleThink, step: number) {
  return { kind: "think", step, minTicks, maxTicks, quantiles } as const;
}

function requestOf(step: SampleRequest, id: number, requests: Request[]): Instruction[] {
  requests.push({
    method: "GET",
    head: [`GET ${step.get} HTTP/1.1\r\nhost: `, { slot: "authority" }, "\r\n\r\n"],
    body: [],
    timeoutTicks: 10_000_000,
    onError: "continue",
    expect: ANY_SUCCESS,
    captures: [],
    redirects: 0,
    retry: null,
    ...step.request,
  });
  const request: Instruction = { kind: "request", step: id, request: requests.length - 1 };
  if (step.repeat === undefined) return [request];
  const [min, max] = step.repeat;
  return [{ kind: "repeat", step: id, min, max, again: 2 }, request, { kind: "again", step: id, repeat: -2 }];
}

function inPlace(program: readonly Instruction[]): Instruction[] {
  return program.map((it, at) => {
    switch (it.kind) {
      case "when":
        return { ...it, end: at + it.end };
      case "repeat":
        return { ...it, again: at + it.again };
      case "again":
        return { ...it, repeat: at + it.repeat };
      default:
        return it;
    }
  });
}
