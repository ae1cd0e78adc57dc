/** Thresholds, with steps by their number in the whole plan. */
import type { Threshold } from "../../runtime/plan.ts";
import type { Threshold as SourceThreshold } from "../2_check/scenario.ts";
import { type Diagnostic, problem } from "../diagnostic.ts";
import { abortAfter, type Judged } from "./abort.ts";

/** In the order of the scenario. */
export function lowerThresholds(thresholds: readonly SourceThreshold[], plan: Judged): readonly Threshold[] {
  return thresholds.map((source) => {
    const { metric, statistic, comparison, limit, flow, stage, tag, abort, invalidates, text } = source;
    const step = positionOf(source, plan);
    const threshold = { metric, statistic, comparison, limit, flow, step, stage, tag, invalidates, text };
    return { ...threshold, abortAfter: abort ? abortAfter(threshold, plan) ?? -1 : -1 };
  });
}

/** Thresholds that are to abort a run of which nobody knows how much it will measure. */
export function abortRefusals(
  thresholds: readonly SourceThreshold[],
  plan: Judged,
  file: string,
): readonly Diagnostic[] {
  return thresholds.flatMap((source) => {
    const threshold = { ...source, step: positionOf(source, plan) };
    if (!source.abort || abortAfter(threshold, plan) !== null) return [];
    const message = source.metric === "message_gap"
      ? "the target says how many messages there are; ask for max, or remove abort"
      : "nothing bounds how many sessions this load begins; set iterations, or remove abort";
    const lost = `${source.text} cannot be lost before the end: ${message}`;
    return [problem("Z1555", file, source.abortPlace, lost)];
  });
}

function positionOf({ flow, step }: SourceThreshold, { steps }: Judged): number {
  return step === null ? -1 : steps.findIndex((it) => it.flow === flow && it.name === step);
}
