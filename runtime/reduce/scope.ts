/** Which part of a run a figure speaks of. */
import type { Plan, Step } from "../plan.ts";

/** Positions in the plan; −1 for all. A step says more than its flow. Tags and steps say nothing of whole sessions. */
export type Scope = Readonly<{ flow: number; step: number; stage: number; tag: number }>;

/** The whole load. */
export const ALL: Scope = { flow: -1, step: -1, stage: -1, tag: -1 };

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
