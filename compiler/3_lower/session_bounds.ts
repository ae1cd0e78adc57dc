/** How many sessions a run can begin at most. */
import type { Load, OpenStage } from "../../runtime/plan.ts";

/** Sessions of the stages that are asked for; null where only time bounds them. */
export function mostSessions(load: Load, wanted: (stage: number) => boolean = () => true): number | null {
  const stages = load.stages.map((_, stage) => stage).filter(wanted);
  if (load.model === "closed") {
    if (stages.length === 0) return 0;
    return load.iterations > 0 ? load.iterations : null;
  }
  const chosen = stages.map((stage) => load.stages[stage]);
  return load.arrivals === "poisson"
    ? mostPoisson(chosen)
    : chosen.reduce((sum, { sessions }) => sum + sessions, 0);
}

/** Taken to stay within six standard deviations above the mean, which all but one run in a thousand million do. */
function mostPoisson(stages: readonly OpenStage[]): number {
  if (stages.length === 0) return 0;
  // The area below the rates, times 2 · perTicks.
  const area = stages.reduce(
    (sum, { rateStart, rateEnd, lengthTicks }) => sum + BigInt(rateStart + rateEnd) * BigInt(lengthTicks),
    0n,
  );
  const unit = 2n * BigInt(stages[0].perTicks);
  const mean = Number((area + unit - 1n) / unit);
  return mean + Math.ceil(Math.sqrt(36 * mean));
}
