/** What a plan intends over time. */
import type { ClosedStage, OpenStage, Plan, Tick } from "../plan.ts";
import type { TimelineColumn } from "./timeline.ts";

/**
 * A column for each stage: sessions that should arrive in each stretch, or the users that should be there on average, in
 * thousandths. `share`: of the plan's load, what the ledgers' shards take. Nothing of a stage without an end.
 */
export function plannedColumns(
  { load }: Plan,
  widthTicks: Tick,
  length: number,
  share: number,
): TimelineColumn[] {
  const values = (stage: OpenStage | ClosedStage, thousandths: (from: Tick, to: Tick) => number) =>
    Array.from({ length }, (_, stretch) => {
      const from = Math.max(stage.startTick, stretch * widthTicks);
      const to = Math.min(stage.startTick + stage.lengthTicks, (stretch + 1) * widthTicks);
      return to <= from ? 0 : Math.round(thousandths(from - stage.startTick, to - stage.startTick) * share);
    });
  const part = { flow: -1, step: -1, outcome: -1, code: 0, from: 0 };
  if (load.model === "closed") {
    return load.stages.map((it, stage) => ({
      ...part,
      name: "plannedUsers",
      stage,
      values: values(
        it,
        (from, to) =>
          1000 * meanBetween(it.vusStart, it.vusEnd, it.lengthTicks, from, to) * (to - from) / widthTicks,
      ),
    }));
  }
  return load.stages.map((it, stage) => ({
    ...part,
    name: "plannedSessions",
    stage,
    values: values(
      it,
      (from, to) =>
        1000 * meanBetween(it.rateStart, it.rateEnd, it.lengthTicks, from, to) * (to - from) / it.perTicks,
    ),
  }));
}

/** Of a straight line from `start` to `end` over `length`, the mean between two places: its value halfway. */
function meanBetween(start: number, end: number, length: number, from: number, to: number): number {
  return start + ((end - start) * (from + to)) / (2 * length);
}
