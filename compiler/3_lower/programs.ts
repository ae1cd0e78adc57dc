/** Flows → programs: one instruction a step, and a jump where steps repeat. */
import type { Flow, Instruction, Plan, Request, Step } from "../../runtime/plan.ts";
import type { Flow as SourceFlow, Step as SourceStep } from "../2_check/scenario.ts";
import { lowerRequest, type RequestContext } from "./requests.ts";
import { salts } from "./salt.ts";

export type Programs = Pick<Plan, "flows" | "steps" | "requests">;

/** Steps and requests of all flows are numbered through, in the order of the source. */
export function lowerPrograms(flows: readonly SourceFlow[], context: RequestContext): Programs {
  const steps: Step[] = [];
  const requests: Request[] = [];
  const stepSalts = salts(flows.flatMap((flow) => flow.steps.map((step) => `${flow.name}/${step.name}`)));
  const lowered = flows.map((flow, index): Flow => {
    const program: Instruction[] = [];
    for (const step of flow.steps) {
      const number = steps.length;
      steps.push({ flow: index, name: step.name, kind: step.kind, salt: stepSalts[number] });
      appendStep(program, step, number, requests.length);
      if (step.kind === "request") requests.push(lowerRequest(step, context));
    }
    return { name: flow.name, weight: flow.weight, program };
  });
  return { flows: lowered, steps, requests };
}

/** A step that runs exactly once needs no jump; any other lies between a `repeat` and its `again`. */
function appendStep(program: Instruction[], source: SourceStep, step: number, request: number): void {
  const once: Instruction = source.kind === "request"
    ? { kind: "request", step, request }
    : { kind: "think", step, minTicks: source.minTicks, maxTicks: source.maxTicks };
  if (source.repeat === null || (source.repeat.min === 1 && source.repeat.max === 1)) {
    program.push(once);
    return;
  }
  const { min, max } = source.repeat;
  const repeat = program.length;
  program.push({ kind: "repeat", step, min, max, again: repeat + 2 }, once, { kind: "again", step, repeat });
}
