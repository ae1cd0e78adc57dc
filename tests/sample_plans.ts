import type { Instruction, Load, OpenLoad, Plan, Request, Step } from "../runtime/plan.ts";

/** A step of a sample plan: a request (with what differs from a plain GET), or a think time. */
export type SampleStep = Readonly<
  | { get: string; request?: Partial<Request>; repeat?: readonly [number, number] }
  | { think: readonly [number, number] }
>;

/** Plans by hand, for tests of what comes behind the compiler. Everything has a plain default. */
export function samplePlan(
  changes: Readonly<{
    flows?: readonly (readonly SampleStep[])[];
    load?: Load;
    seed?: number;
    target?: Partial<Plan["target"]>;
    vus?: number;
    thresholds?: Plan["thresholds"];
  }> = {},
): Plan {
  const target = {
    scheme: "http",
    host: "127.0.0.1",
    port: 8080,
    transport: "socket",
    connections: { kind: "per-vu" },
    ...changes.target,
  } as const;
  const steps: Step[] = [];
  const requests: Request[] = [];
  const flows = (changes.flows ?? [[{ get: "/" }]]).map((flow, number) => ({
    name: `flow-${number}`,
    weight: 1,
    program: flow.flatMap((step) => programOf(step, number, steps, requests)),
  }));
  inPlace(flows);
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
    thresholds: changes.thresholds ?? [],
    validity: { lagP99Ticks: 10_000, dropsPpm: 10_000, gapsPpm: 10_000 },
    bounds: {
      vus,
      connections,
      sessions: 0,
      peakRate: 0,
      requestBytes: 1024,
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

function programOf(step: SampleStep, flow: number, steps: Step[], requests: Request[]): Instruction[] {
  const id = steps.length;
  const name = "get" in step ? step.get : `think-${id}`;
  steps.push({ flow, name, kind: "get" in step ? "request" : "think", salt: 1000 + id });
  if ("think" in step) return [{ kind: "think", step: id, minTicks: step.think[0], maxTicks: step.think[1] }];
  requests.push({
    method: "GET",
    head: [`GET ${step.get} HTTP/1.1\r\nhost: `, { slot: "authority" }, "\r\n\r\n"],
    body: [],
    timeoutTicks: 10_000_000,
    onError: "continue",
    expect: { status: [[200, 399]], body: [] },
    ...step.request,
  });
  const request: Instruction = { kind: "request", step: id, request: requests.length - 1 };
  if (step.repeat === undefined) return [request];
  const [min, max] = step.repeat;
  return [{ kind: "repeat", step: id, min, max, again: -1 }, request, {
    kind: "again",
    step: id,
    repeat: -1,
  }];
}

/** Joins every `repeat` with the `again` behind it. */
function inPlace(flows: { program: Instruction[] }[]): void {
  for (const { program } of flows) {
    program.forEach((it, at) => {
      if (it.kind !== "repeat") return;
      program[at] = { ...it, again: at + 2 };
      program[at + 2] = { kind: "again", step: it.step, repeat: at };
    });
  }
}
