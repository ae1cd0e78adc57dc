/** The steps of a flow in the order of the source: those in groups behind their group, what is done on a WebSocket behind its step. */
import type { Path } from "../1_parse/document.ts";
import type { Action, ExchangeItem, Flow, Scenario, Step } from "./scenario.ts";

/** Everything that has a name. */
export function allSteps(steps: readonly Step[]): (Step | Action)[] {
  return steps.flatMap((step): (Step | Action)[] => {
    switch (step.kind) {
      case "group":
        return [step, ...allSteps(step.steps)];
      case "webSocket":
        return [step, ...allActions(step.exchange)];
      default:
        return [step];
    }
  });
}

/** Those that are repeated, too. */
export function allActions(exchange: readonly ExchangeItem[]): Action[] {
  return exchange.flatMap((item) => item.kind === "repeat" ? allActions(item.exchange) : [item]);
}

/** The steps of a flow and of its groups, each with its path in the document; `owner` is that of the flow. */
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
