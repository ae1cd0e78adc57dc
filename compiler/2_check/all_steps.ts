/** The steps of a flow in the order of the source, those in groups behind their group. */
import type { Path } from "../1_parse/document.ts";
import type { Flow, Scenario, Step } from "./scenario.ts";

export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => step.kind === "group" ? [step, ...allSteps(step.steps)] : [step]);
}

/** The same, each with its path in the document; `owner` is that of the flow. */
export function stepsWithPaths(steps: readonly Step[], owner: Path): { step: Step; path: Path }[] {
  return steps.flatMap((step, index) => {
    const path = [...owner, "step", index];
    return [{ step, path }, ...(step.kind === "group" ? stepsWithPaths(step.steps, path) : [])];
  });
}

/** Every flow with its path: those of the load, then those that run once. */
export function allFlows({ flows, setup, teardown }: Scenario): { flow: Flow; path: Path }[] {
  const load = flows.map((flow, index) => ({ flow, path: ["flow", index] }));
  const once = [setup, teardown].flatMap((flow) => flow === null ? [] : [{ flow, path: [flow.name] }]);
  return [...load, ...once];
}
