/** Thresholds: what was wanted against what was. Judged exactly, as fractions of whole numbers. */
import { holds } from "../comparison.ts";
import type { Plan, Statistic, Threshold } from "../plan.ts";
import type { Counters } from "./counters.ts";
import type { Course } from "./course.ts";
import { rounded } from "./rounding.ts";
import type { SeriesSet } from "./sample_routes.ts";
import { SAMPLED, type Series } from "./series.ts";
import { stageTicks } from "./stage_time.ts";
import type { ThresholdResult, Unit } from "./summary.ts";

/** `part · scale / whole` in the statistic's unit, all whole numbers; `samples` 0 where there was nothing to judge. */
type Measured = { part: number; scale?: number; whole: number; samples: number };

/** A threshold over nothing is missed: a test that measured nothing must not pass. */
export function judgeThresholds(
  plan: Plan,
  counters: Counters,
  courses: readonly Course[],
  series: SeriesSet,
  measuredTicks: number,
): ThresholdResult[] {
  return plan.thresholds.map((threshold) => {
    const { text, metric, comparison, limit, invalidates } = threshold;
    const { part, scale = 1, whole, samples } = measure(
      threshold,
      plan,
      counters,
      courses,
      series,
      measuredTicks,
    );
    const known = samples > 0 && whole > 0;
    return {
      text,
      metric,
      unit: unitOf(threshold),
      comparison,
      limit,
      actual: known ? rounded((part * scale) / whole) : null,
      passed: known && holds(BigInt(part) * BigInt(scale), comparison, BigInt(limit) * BigInt(whole)),
      invalidates,
      samples,
    };
  });
}

function measure(
  threshold: Threshold,
  plan: Plan,
  counters: Counters,
  courses: readonly Course[],
  series: SeriesSet,
  measuredTicks: number,
): Measured {
  const { metric, statistic, flow, step, stage, tag } = threshold;
  const scope = { flow, step, stage, tag };
  const sampled = SAMPLED.find((name) => name === metric);
  if (sampled !== undefined) return ofSeries(series.find(sampled, scope), statistic);
  const perSecond = (times: number) => {
    const ticks = stage < 0 ? measuredTicks : stageTicks(plan.load, stage, courses);
    return { part: times, scale: 1_000_000_000, whole: ticks, samples: times };
  };
  const all = counters.requestsOf(scope, false, "all");
  switch (metric) {
    case "errors":
      return share(all.failed + all.unexpected, all.responded + all.failed, statistic);
    case "checks":
      return share(all.checksPassed, all.checksPassed + all.checksFailed, statistic);
    case "drops": {
      const dropped = counters.droppedOf(scope, false);
      return share(dropped, dropped + counters.sessionsOf(scope, false).started, statistic);
    }
    case "rate":
      return perSecond(counters.requestsOf(scope, false).issued);
    case "bytes":
      return { part: all.bytesReceived, whole: 1, samples: all.responded + all.failed };
    case "messages": {
      const { received } = counters.messagesOf(scope, false);
      return statistic.kind === "rate"
        ? perSecond(received)
        : { part: received, whole: 1, samples: received };
    }
    default:
      throw new Error(`metric ${metric} has no statistic ${statistic.kind}`);
  }
}

function ofSeries(series: Series, statistic: Statistic): Measured {
  const { count, sum, min, max } = series.histogram;
  if (count === 0) return { part: 0, whole: 1, samples: 0 };
  switch (statistic.kind) {
    case "quantile":
      return { part: series.quantile(statistic.ppm) ?? 0, whole: 1, samples: count };
    case "avg":
      return { part: sum, whole: count, samples: count };
    case "min":
      return { part: min, whole: 1, samples: count };
    case "max":
      return { part: max, whole: 1, samples: count };
    case "total":
      return { part: sum, whole: 1, samples: count };
    case "count":
      return { part: count, whole: 1, samples: count };
    default:
      throw new Error(`metric ${series.metric} has no statistic ${statistic.kind}`);
  }
}

function share(part: number, whole: number, statistic: Statistic): Measured {
  if (statistic.kind === "ratio") return { part, scale: 1_000_000, whole, samples: whole };
  return { part, whole: 1, samples: whole };
}

function unitOf({ metric, statistic }: Threshold): Unit {
  switch (statistic.kind) {
    case "ratio":
      return "ppm";
    case "rate":
      return "millis-per-second";
    case "count":
      return "count";
    default:
      return metric === "bytes" ? "bytes" : metric === "rate" ? "millis-per-second" : "ticks";
  }
}
