/** Which times are samples of what, and what is made of them: lists and sorting. */
import { requestError } from "../../runtime/ledger/errors.ts";
import type { Threshold } from "../../runtime/plan.ts";
import type { Asked } from "./naive_story.ts";

type Figures = Readonly<Record<string, unknown>>;

/** `part / whole` is the statistic. */
export function statisticOf(values: number[], statistic: Threshold["statistic"]) {
  const whole = statistic.kind === "avg" ? values.length : 1;
  const part = {
    quantile: () => statistic.kind === "quantile" ? rank(values, statistic.ppm) : 0,
    avg: () => sum(values, (value) => value),
    min: () => Math.min(...values),
    max: () => Math.max(...values),
    ratio: () => 0,
    count: () => values.length,
    total: () => sum(values, (value) => value),
    rate: () => 0,
  }[statistic.kind];
  return { part: values.length === 0 ? 0 : part(), whole, samples: values.length };
}

type Sampled =
  | "response_time"
  | "service_time"
  | "first_byte"
  | "dns"
  | "connect"
  | "tls"
  | "lag"
  | "blocked";

/** docs/metrics.md, "Times". */
export function samples(requests: readonly Asked[], metric: Sampled): number[] {
  const timed = requests.filter((it) =>
    it.outcome === "responded" || (it.outcome === "failed" && requestError(it.code).name.endsWith(".timeout"))
  );
  switch (metric) {
    case "response_time":
      return timed.map(({ endTick, issuedTick, lag, blocked }) => endTick - (issuedTick - lag - blocked));
    case "service_time":
      return timed.map(({ endTick, issuedTick }) => endTick - issuedTick);
    case "first_byte":
      return requests.filter(({ outcome }) => outcome === "responded").map(({ firstByte }) => firstByte);
    case "lag":
    case "blocked":
      return requests.map((it) => it[metric]);
    case "tls":
      return requests.flatMap(({ opened, secured }) => secured === null ? [] : [opened?.tls ?? NaN]);
    default:
      return requests.flatMap(({ opened }) => opened === null ? [] : [opened[metric]]);
  }
}

/** Nearest rank. */
function rank(values: readonly number[], ppm: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((ppm * sorted.length) / 1_000_000)) - 1];
}

/** Of a part of the run; null of nothing. */
export function part(values: readonly number[]): Figures | null {
  if (values.length === 0) return null;
  return {
    count: values.length,
    sum: sum(values, (value) => value),
    avg: rounded(sum(values, (value) => value) / values.length),
    min: Math.min(...values),
    p50: rank(values, 500_000),
    p95: rank(values, 950_000),
    p99: rank(values, 990_000),
    max: Math.max(...values),
  };
}

/** Of the run. */
export function distribution(values: readonly number[]): Figures | null {
  const own = part(values);
  return own === null ? null : { ...own, p90: rank(values, 900_000), p999: rank(values, 999_000) };
}

export function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}

/** To three decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
