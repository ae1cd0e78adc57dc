/** Thresholds, with steps by their number in the whole plan. */
import type { Threshold } from "../../runtime/plan.ts";
import type { Flow, Threshold as SourceThreshold } from "../2_check/scenario.ts";

/** `flows` are the scenario's: a threshold names a step by its place in its flow, a plan by its place in all of them. */
export function lowerThresholds(
  thresholds: readonly SourceThreshold[],
  flows: readonly Flow[],
): readonly Threshold[] {
  return thresholds.map(({ metric, statistic, comparison, limit, flow, step, stage, text }) => ({
    metric,
    statistic,
    comparison,
    limit,
    flow,
    step: step < 0 ? -1 : stepsBefore(flows, flow) + step,
    stage,
    text,
  }));
}

function stepsBefore(flows: readonly Flow[], flow: number): number {
  return flows.slice(0, flow).reduce((sum, { steps }) => sum + steps.length, 0);
}
