/** The simulated target: names of steps become positions of requests, distributions tables. */
import type { Duration, Plan, SimulatedFault, Simulation } from "../../runtime/plan.ts";
import type { Simulation as SourceSimulation, StepName, ThinkTime } from "../2_check/scenario.ts";
import { lowerThink } from "./thinks.ts";

/** A fault that befalls several requests becomes one for each of them. */
export function lowerSimulation(
  source: SourceSimulation,
  plan: Pick<Plan, "flows" | "steps">,
): Simulation {
  const requests = requestsByName(plan);
  const requestOf = ({ flow, step }: StepName): number => {
    const request = requests.get(flow)?.get(step);
    if (request === undefined) throw new Error(`z6c has a bug: no request is called ${flow}/${step}`);
    return request;
  };
  return {
    service: lowerDuration(source.service),
    servers: source.servers,
    queue: source.queue,
    errorsPpm: source.errorsPpm,
    connect: lowerDuration(source.connect),
    connections: source.connections,
    answers: source.answers.map(({ of, service, errorsPpm, status, headers, body }) => ({
      request: requestOf(of),
      service: service === null ? null : lowerDuration(service),
      errorsPpm,
      status,
      headers,
      body,
    })),
    faults: source.faults.flatMap(({ kind, of, fromTick, toTick, ppm, ticks, status }): SimulatedFault[] =>
      (of === null ? [-1] : of.map(requestOf)).map((request) => ({
        kind,
        request,
        fromTick,
        toTick,
        ppm,
        ticks,
        status,
      }))
    ),
  };
}

function lowerDuration(time: ThinkTime): Duration {
  const { minTicks, maxTicks, quantiles } = lowerThink(time);
  return { minTicks, maxTicks, quantiles };
}

/** By flow and step. */
function requestsByName({ flows, steps }: Pick<Plan, "flows" | "steps">): Map<string, Map<string, number>> {
  return new Map(flows.map(({ name, program }) => [
    name,
    new Map(program.flatMap((it) => "request" in it ? [[steps[it.step].name, it.request]] : [])),
  ]));
}
