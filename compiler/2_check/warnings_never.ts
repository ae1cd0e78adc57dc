/** Steps that never run, and what is said of them all the same. */
import { type Diagnostic, quote, warning } from "../diagnostic.ts";
import { allFlows, allSteps } from "./all_steps.ts";
import type { Action, Condition, Scenario, Step } from "./scenario.ts";

/** Z1951 and Z1961. */
export function neverWarnings(scenario: Scenario): Diagnostic[] {
  const { file, simulation } = scenario;
  const never = allFlows(scenario).map(({ flow }) => ({ flow: flow.name, idle: idleSteps(flow.steps) }));
  const idle = never.flatMap((one) => one.idle).map(({ step, because }) => {
    const what = step.kind === "group" ? "group" : "step";
    const words = `${what} ${quote(step.name)} never runs: no step in front of it gets a response, ` +
      "whose status this asks for; put it behind a request";
    return warning("Z1951", file, because.place, words);
  });
  const answers = simulation.answers.filter(({ of }) =>
    never.some(({ flow, idle }) =>
      flow === of.flow && allSteps(idle.map(({ step }) => step)).some(({ name }) => name === of.step)
    )
  );
  const unasked = answers.map(({ of, place }) => {
    const words = `step ${
      quote(of.step)
    } never runs, so nothing asks for this answer; remove it, or let the step run`;
    return warning("Z1961", file, place, words);
  });
  return [...idle, ...unasked];
}

/** Steps that ask for the status of a response before there is any; of a group that does, not what it holds. */
function idleSteps(steps: readonly Step[]): { step: Step; because: Condition }[] {
  const idle: { step: Step; because: Condition }[] = [];
  let isAnswered = false;
  const look = (step: Step) => {
    const because = step.when.find((condition) => condition.kind === "status");
    if (because !== undefined && !isAnswered) idle.push({ step, because });
    else if (step.kind === "group") {
      // In a later pass, there is the answer of an earlier one.
      isAnswered ||= (step.repeat?.max ?? 1) > 1 && allSteps(step.steps).some(isAsking);
      step.steps.forEach(look);
    } else if (step.kind === "request" || step.kind === "webSocket") isAnswered = true;
  };
  steps.forEach(look);
  return idle;
}

function isAsking(step: Step | Action): boolean {
  return (step.kind === "request" || step.kind === "webSocket") &&
    step.when.every((condition) => condition.kind !== "status");
}
