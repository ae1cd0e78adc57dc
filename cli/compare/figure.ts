/** What is asked of both runs: a statistic of a metric in a place. */
import type { Metric, Plan, Statistic, Threshold } from "../../runtime/plan.ts";
import type { Unit } from "../../runtime/reduce/summary.ts";
import { type Part, type Place, placeKey, scopeOf } from "./place.ts";

/** Of these, samples are taken. */
export const TIMES = [
  "response_time",
  "service_time",
  "session_time",
  "group_time",
  "first_byte",
  "connect",
  "tls",
  "first_message",
  "message_gap",
  "lag",
  "blocked",
] as const satisfies readonly Metric[];
export type Time = (typeof TIMES)[number];

/** Of these, shares are taken. */
export const RATIOS = ["errors", "drops"] as const satisfies readonly Metric[];
export type Ratio = (typeof RATIOS)[number];

export type Compared = Time | Ratio | "rate";

export type Figure = Readonly<{ metric: Compared; statistic: Statistic; place: Place }>;

const quantile = (ppm: number): Statistic => ({ kind: "quantile", ppm });

/** What is shown of every time. */
const SHOWN: readonly Statistic[] = [
  { kind: "avg" },
  ...[500_000, 900_000, 950_000, 990_000, 999_000].map(quantile),
  { kind: "max" },
];

/** All that is compared of one part, in the order in which it is shown. */
export function figuresOf({ kind, place }: Part): Figure[] {
  const times = (metrics: readonly Time[]) =>
    metrics.flatMap((metric) => SHOWN.map((statistic): Figure => ({ metric, statistic, place })));
  const ratio = (metric: Ratio): Figure => ({ metric, statistic: { kind: "ratio" }, place });
  switch (kind) {
    case "all":
      return [
        { metric: "rate", statistic: { kind: "rate" }, place },
        ratio("errors"),
        ratio("drops"),
        ...times(["response_time", "service_time", "session_time", "first_message", "message_gap", "lag"]),
      ];
    case "group":
      return times(["group_time"]);
    case "step":
    case "tag":
    case "stage":
      return [ratio("errors"), ...times(["response_time", "service_time"])];
  }
}

/** Asks a plan's reduction for the figure; null where the plan has no such place. */
export function asThreshold(plan: Plan, { metric, statistic, place }: Figure): Threshold | null {
  const scope = scopeOf(plan, place);
  if (scope === null) return null;
  const nothing = { abortAfter: -1, invalidates: false, text: "" };
  return { metric, statistic, comparison: ">=", limit: 0, ...scope, ...nothing };
}

/** The same figure, as a key of a map. */
export function figureKey({ metric, statistic, place }: Figure): string {
  return `${metric} ${statisticName(statistic)} ${placeKey(place)}`;
}

/** `p99.9`, `avg`, `ratio`. */
export function statisticName(statistic: Statistic): string {
  return statistic.kind === "quantile" ? `p${statistic.ppm / 10_000}` : statistic.kind;
}

/** What the figure's value is counted in. */
export function unitOf({ metric }: Pick<Figure, "metric">): Unit {
  return metric === "rate" ? "millis-per-second" : isRatio(metric) ? "ppm" : "ticks";
}

/** Whether samples are taken of it. */
export function isTime(metric: Compared): metric is Time {
  return (TIMES as readonly string[]).includes(metric);
}

function isRatio(metric: Compared): metric is Ratio {
  return (RATIOS as readonly string[]).includes(metric);
}
