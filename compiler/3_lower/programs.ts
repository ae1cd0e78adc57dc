/** Flows → programs: one instruction a step, and jumps where steps repeat or depend on what was seen. */
import type { Condition, Flow, Instruction, Plan, Request, Step } from "../../runtime/plan.ts";
import type {
  Condition as SourceCondition,
  Flow as SourceFlow,
  Step as SourceStep,
} from "../2_check/scenario.ts";
import { lowerRequest, type RequestContext } from "./requests.ts";
import { lowerThink } from "./thinks.ts";

export type Programs = Pick<Plan, "flows" | "steps" | "requests" | "captures" | "secrets">;

/** Steps, requests and captures of all flows are numbered through, in the order of the source. */
export function lowerPrograms(
  flows: readonly SourceFlow[],
  stepSalts: readonly number[],
  context: RequestContext,
): Programs {
  const steps: Step[] = [];
  const requests: Request[] = [];
  const captures: string[] = [];
  const secrets: string[] = [];
  const lowered = flows.map((flow, index): Flow => {
    const program: Instruction[] = [];
    const firstCapture = captures.length;
    captures.push(...flow.captures.map((name) => `${flow.name}/${name}`));
    const captureAt = (name: string) => firstCapture + flow.captures.indexOf(name);
    const secretAt = (name: string) => positionOf(secrets, name);
    for (const step of flow.steps) {
      const number = steps.length;
      steps.push({ flow: index, name: step.name, kind: step.kind, salt: stepSalts[number] });
      appendStep(program, step, number, requests.length, captureAt);
      if (step.kind === "request") requests.push(lowerRequest(step, context, { captureAt, secretAt }));
    }
    return { name: flow.name, weight: flow.weight, program };
  });
  return { flows: lowered, steps, requests, captures, secrets };
}

/** Names that key the draws of steps. */
export function stepNames(flows: readonly SourceFlow[]): string[] {
  return flows.flatMap((flow) => flow.steps.map((step) => `${flow.name}/${step.name}`));
}

/** Where the name is in the list, which it joins where it is not. */
function positionOf(names: string[], name: string): number {
  const found = names.indexOf(name);
  return found < 0 ? names.push(name) - 1 : found;
}

/** One condition inside the other, then the repeat, then what the step does. */
function appendStep(
  program: Instruction[],
  source: SourceStep,
  step: number,
  request: number,
  captureAt: (name: string) => number,
): void {
  const once: Instruction = source.kind === "request"
    ? { kind: "request", step, request }
    : { kind: "think", step, ...lowerThink(source.time) };
  const passes = repeated(program.length + source.when.length, source, step, once);
  const firstEnd = program.length + source.when.length + passes.length;
  for (const [depth, condition] of source.when.entries()) {
    const end = firstEnd + source.when.length - 1 - depth;
    program.push({ kind: "when", step, condition: lowerCondition(condition, captureAt), end });
  }
  program.push(...passes, ...source.when.map((): Instruction => ({ kind: "end", step })));
}

/** What runs exactly once needs no jump; anything else lies between a `repeat`, at position `at`, and its `again`. */
function repeated(at: number, { repeat }: SourceStep, step: number, once: Instruction): Instruction[] {
  if (repeat === null || (repeat.min === 1 && repeat.max === 1)) return [once];
  const { min, max } = repeat;
  return [{ kind: "repeat", step, min, max, again: at + 2 }, once, { kind: "again", step, repeat: at }];
}

function lowerCondition(condition: SourceCondition, captureAt: (name: string) => number): Condition {
  switch (condition.kind) {
    case "captured":
      return { kind: "captured", capture: captureAt(condition.capture), exists: condition.exists };
    case "equals": {
      const { text, negated } = condition;
      return { kind: "equals", capture: captureAt(condition.capture), text, negated };
    }
    case "matches":
      return { kind: "matches", capture: captureAt(condition.capture), pattern: condition.pattern };
    case "status":
      return { kind: "status", ranges: condition.ranges };
  }
}
