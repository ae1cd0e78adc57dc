import type { Plan, Tick } from "../plan.ts";

/** Where measured time begins: the start of the first stage that is no warm-up. */
export function measuredStart(plan: Plan): Tick {
  return plan.load.stages.find((stage) => !stage.warmup)?.startTick ?? Infinity;
}
