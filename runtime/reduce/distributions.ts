import { rounded } from "./rounding.ts";
import type { Series } from "./series.ts";
import type { Distribution, PartDistribution } from "./summary.ts";

/** Of a series of which `RUN_PPMS` were wanted; null without samples. */
export function distribution(series: Series): Distribution | null {
  const part = partDistribution(series);
  if (part === null) return null;
  const { count, sum, avg, min, p50, p95, p99, max } = part;
  const p90 = series.quantile(900_000) ?? 0;
  const p999 = series.quantile(999_000) ?? 0;
  return { count, sum, avg, min, p50, p90, p95, p99, p999, max };
}

/** Of a series of which `PART_PPMS` were wanted; null without samples. */
export function partDistribution(series: Series): PartDistribution | null {
  const { count, sum, min, max } = series.histogram;
  const p50 = series.quantile(500_000);
  const p95 = series.quantile(950_000);
  const p99 = series.quantile(990_000);
  if (p50 === null || p95 === null || p99 === null) return null;
  return { count, sum, avg: rounded(sum / count), min, p50, p95, p99, max };
}
