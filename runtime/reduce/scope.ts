/** Which part of a run a figure speaks of. */
import type { Plan, Step } from "../plan.ts";

/** Positions in the plan; −1 for all. A step says more than its flow. Tags and steps say nothing of whole sessions. */
export type Scope = Readonly<{ flow: number; step: number; stage: number; tag: number }>;

/** The whole load. */
export const ALL: Scope = { flow: -1, step: -1, stage: -1, tag: -1 };

/**
 * What a figure is made of where it is asked of no step: requests of HTTP and gRPC (an upgrade is one), all that is
 * sent, all that is sent or waited for, or messages that come. Of a step, it is made of what that step does.
 */
export type Made = "requests" | "sent" | "all" | "messages";

/** Positions of the steps that a figure of the scope is made of. */
export function stepsOf(plan: Plan, made: Made, scope: Scope): number[] {
  const steps = [...plan.steps.keys()].filter((position) => holdsStep(scope, plan.steps[position], position));
  if (scope.step < 0) return steps.filter((position) => isMadeOf(made, plan.steps[position]));
  if (made !== "messages") return steps;
  return [...new Set(steps.flatMap((step) => [step, ...stepsOnWebSocket(plan, step)]))];
}

function isMadeOf(made: Made, step: Step): boolean {
  switch (made) {
    case "requests":
      return !isOnWebSocket(step);
    case "sent":
      return step.kind !== "receive";
    case "all":
    case "messages":
      return true;
  }
}

/** It is done on a WebSocket that stands, and is no request. */
export function isOnWebSocket({ kind }: Step): boolean {
  return kind === "send" || kind === "receive" || kind === "ping" || kind === "close";
}

/** Steps between the one that opens a WebSocket and its end; of any other step, none. */
function stepsOnWebSocket({ flows, steps }: Plan, step: number): number[] {
  const { program } = flows[steps[step].flow];
  return program.flatMap((it, at) =>
    it.kind === "webSocket" && it.step === step
      ? program.slice(at + 1, it.end).map((inside) => inside.step).filter((inside) => inside !== step)
      : []
  );
}

/** The step and what it does are in the scope. */
export function holdsStep(scope: Scope, step: Step, position: number): boolean {
  if (scope.tag >= 0 && !step.tags.includes(scope.tag)) return false;
  return scope.step >= 0 ? scope.step === position : scope.flow < 0 || scope.flow === step.flow;
}

/** The stage is in the scope. Whether it is warm-up is not asked. */
export function holdsStage(scope: Scope, position: number): boolean {
  return scope.stage < 0 || scope.stage === position;
}

/** Steps of what runs before and after the load are in none of its figures. */
export function isOfLoad({ setup, teardown }: Plan, { flow }: Step): boolean {
  return flow !== setup && flow !== teardown;
}
