/** The figures of a run's parts: steps, groups, tags and stages. */
import type { Plan } from "../plan.ts";
import type { Counters, RequestCounts } from "./counters.ts";
import type { Course } from "./course.ts";
import { partDistribution } from "./distributions.ts";
import { perSecond } from "./rounding.ts";
import type { SeriesSet } from "./sample_routes.ts";
import { ALL, isOfLoad, stepsOf } from "./scope.ts";
import { stageTicks } from "./stage_time.ts";
import type {
  GroupSummary,
  RequestTotals,
  SessionTotals,
  StageSummary,
  StepSummary,
  TagSummary,
} from "./summary.ts";

export function requestTotals(counts: RequestCounts, ticks: number): RequestTotals {
  const { issued, responded, failed, unexpected, cancelled, redirected, retried } = counts;
  return {
    issued,
    responded,
    failed,
    unexpected,
    cancelled,
    errors: failed + unexpected,
    redirected,
    retried,
    perSecond: perSecond(issued, ticks),
  };
}

/** Of one stage, or of all stages that are no warm-up (stage −1). */
export function sessionTotals(
  plan: Plan,
  counters: Counters,
  courses: readonly Course[],
  stage: number,
  warmup: boolean,
): SessionTotals {
  const scope = { ...ALL, stage };
  const { started, completed, stepFailed } = counters.sessionsOf(scope, warmup);
  const dropped = counters.droppedOf(scope, warmup);
  let ticks = 0;
  plan.load.stages.forEach((one, position) => {
    if (stage < 0 ? !one.warmup : position === stage) ticks += stageTicks(plan.load, position, courses);
  });
  return {
    started,
    completed,
    endedEarly: stepFailed,
    stopped: started - completed - stepFailed,
    dropped,
    intendedPerSecond: perSecond(started + dropped, ticks),
    startedPerSecond: perSecond(started, ticks),
  };
}

/** Of steps of the load that send requests. */
export function stepSummaries(
  plan: Plan,
  counters: Counters,
  series: SeriesSet,
  ticks: number,
): StepSummary[] {
  return plan.steps.flatMap((step, position) =>
    step.kind !== "request" || !isOfLoad(plan, step) ? [] : [{
      flow: plan.flows[step.flow].name,
      step: step.name,
      requests: requestTotals(counters.requestsOf({ ...ALL, step: position }, false), ticks),
      responseTime: partDistribution(series.find("response_time", { step: position })),
    }]
  );
}

/** Of groups of the load. */
export function groupSummaries(plan: Plan, counters: Counters, series: SeriesSet): GroupSummary[] {
  return plan.steps.flatMap((step, position) =>
    step.kind !== "group" || !isOfLoad(plan, step) ? [] : [{
      flow: plan.flows[step.flow].name,
      group: step.name,
      depth: depthOf(plan, step.group),
      ...counters.groupOf({ ...ALL, step: position }),
      time: partDistribution(series.find("group_time", { step: position })),
      elapsed: partDistribution(series.find("group_elapsed", { step: position })),
    }]
  );
}

function depthOf({ steps }: Plan, group: number): number {
  let depth = 0;
  for (let outer = group; outer >= 0; outer = steps[outer].group) depth++;
  return depth;
}

/** Of tags of the load's requests. */
export function tagSummaries(plan: Plan, counters: Counters, series: SeriesSet, ticks: number): TagSummary[] {
  return plan.tags.flatMap((name, tag) => {
    const scope = { ...ALL, tag };
    const isUsed = stepsOf(plan, "requests", scope).some((position) =>
      plan.steps[position].kind === "request" && isOfLoad(plan, plan.steps[position])
    );
    return !isUsed ? [] : [{
      tag: name,
      requests: requestTotals(counters.requestsOf(scope, false), ticks),
      responseTime: partDistribution(series.find("response_time", scope)),
    }];
  });
}

/** `share`: of the plan's sessions, those that the ledgers' shards take. */
export function stageSummaries(
  plan: Plan,
  counters: Counters,
  courses: readonly Course[],
  series: SeriesSet,
  share: number,
): StageSummary[] {
  return plan.load.stages.map(({ name, warmup, startTick, lengthTicks }, stage) => {
    const planned = plannedSessions(plan, stage);
    const ticks = stageTicks(plan.load, stage, courses);
    return {
      name,
      warmup,
      startTick,
      lengthTicks,
      planned: planned === null ? null : Math.round(planned * share),
      sessions: sessionTotals(plan, counters, courses, stage, warmup),
      requests: requestTotals(counters.requestsOf({ ...ALL, stage }, warmup), ticks),
      responseTime: partDistribution(series.find("response_time", { stage })),
    };
  });
}

function plannedSessions({ load }: Plan, stage: number): number | null {
  if (load.model === "closed") return null;
  const { sessions, rateStart, rateEnd, lengthTicks, perTicks } = load.stages[stage];
  return load.arrivals === "uniform" ? sessions : ((rateStart + rateEnd) / 2) * (lengthTicks / perTicks);
}
