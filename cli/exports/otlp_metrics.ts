/**
 * A run's figures as metrics of OpenTelemetry: an export for each stretch of time, as a program would have sent them
 * while it ran. Counters and histograms are cumulative, from when measured time began; what only the whole run has,
 * those of the Prometheus report by names without units, stands in the last export.
 */
import type { Plan } from "../../runtime/plan.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { measuredStart } from "../../runtime/reduce/measured_start.ts";
import { isOfLoad } from "../../runtime/reduce/scope.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import { type Family, type Labels, metricFamilies } from "../../runtime/report/metric_families.ts";
import {
  addTo,
  BOUNDS,
  type Cell,
  COUNTED,
  type Counted,
  type DurationName,
  DURATIONS,
  emptyCell,
  readSeries,
  type Series,
} from "./otlp_series.ts";
import { attributes, nanoClock, resourceOf, SCOPE } from "./otlp_value.ts";

const CUMULATIVE = 2;

/** Prints lines, each an ExportMetricsServiceRequest in JSON. The last is of the run's end. */
export function writeOtlpMetrics(
  ledgers: readonly ReducibleLedger[],
  summary: Summary,
  print: (text: string) => void,
): void {
  const [{ header }] = ledgers;
  const clock = nanoClock(header);
  const lastTick = summary.time.elapsedTicks;
  const startTick = Math.min(measuredStart(header.plan), lastTick);
  const startTimeUnixNano = clock(startTick);
  const series = readSeries(ledgers, lastTick);
  const grown = new Grown(series, header.plan);
  const families = metricFamilies(summary);
  const resource = resourceOf(header);
  for (let stretch = 0; stretch < series.length; stretch++) {
    grown.add(stretch);
    const isLast = stretch === series.length - 1;
    const endTick = isLast ? lastTick : (stretch + 1) * series.widthTicks;
    if (!isLast && (endTick <= startTick || endTick >= lastTick)) continue;
    const span = { startTimeUnixNano, timeUnixNano: clock(endTick) };
    const metrics = [
      ...families.flatMap((family) => {
        const samples = grown.samplesOf(family);
        if (samples === null && !isLast) return [];
        return [metric(samples === null ? family : { ...family, type: "counter", samples }, span)];
      }),
      ...grown.durations(span),
    ];
    print(
      JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: SCOPE, metrics }] }] }) + "\n",
    );
  }
}

type Span = Readonly<{ startTimeUnixNano: string; timeUnixNano: string }>;
type Counter = Readonly<{ labels: Labels; value: number }>;

/** What there is by the end of a stretch. */
class Grown {
  readonly #counts: Readonly<Record<Counted, Float64Array>>;
  #started = 0;
  #dropped = 0;
  readonly #durations: readonly Cell[];
  /** Positions of the steps that send requests. */
  readonly #asking: readonly number[];

  constructor(private readonly series: Series, private readonly plan: Plan) {
    const row = () => new Float64Array(series.rows);
    this.#counts = { issued: row(), responded: row(), failed: row(), unexpected: row(), cancelled: row() };
    this.#durations = series.durations.map(emptyCell);
    this.#asking = [...plan.steps.keys()].filter((step) =>
      plan.steps[step].kind === "request" && isOfLoad(plan, plan.steps[step])
    );
  }

  add(stretch: number): void {
    const { rows, counts, started, dropped, durations } = this.series;
    this.#started += started[stretch];
    this.#dropped += dropped[stretch];
    for (const name of COUNTED) {
      for (let row = 0; row < rows; row++) this.#counts[name][row] += counts[name][stretch * rows + row];
    }
    durations.forEach(({ cells }, at) => {
      const cell = cells.get(stretch);
      if (cell !== undefined) addTo(this.#durations[at], cell);
    });
  }

  /** Null of what is not told by stretches. */
  samplesOf({ name }: Family): Counter[] | null {
    if (name === "z6c_sessions_started_total") return [{ labels: {}, value: this.#started }];
    if (name === "z6c_sessions_dropped_total") return [{ labels: {}, value: this.#dropped }];
    const [, ofStep, counted] = /^z6c_(step_)?requests_(\w+)_total$/.exec(name) ?? [];
    const of = counted === "errors"
      ? (row: number) => this.#counts.failed[row] + this.#counts.unexpected[row]
      : isCounted(counted)
      ? (row: number) => this.#counts[counted][row]
      : null;
    if (of === null) return null;
    if (ofStep === undefined) return [{ labels: {}, value: of(0) }];
    const { steps, flows } = this.plan;
    return this.#asking.map((step) => ({
      labels: { flow: flows[steps[step].flow].name, step: steps[step].name },
      value: of(step + 1),
    }));
  }

  /** Those that have samples by now. */
  durations(span: Span): object[] {
    return (Object.keys(DURATIONS) as DurationName[]).flatMap((name) => {
      const dataPoints = this.series.durations.flatMap((series, at) =>
        series.name !== name || this.#durations[at].count === 0
          ? []
          : [{ ...span, attributes: series.attributes, ...histogramPoint(this.#durations[at]) }]
      );
      if (dataPoints.length === 0) return [];
      const histogram = { aggregationTemporality: CUMULATIVE, dataPoints };
      return [{ name, description: DURATIONS[name], unit: "s", histogram }];
    });
  }
}

function isCounted(name: string | undefined): name is Counted {
  return COUNTED.some((one) => one === name);
}

function histogramPoint({ count, sum, min, max, buckets }: Cell): object {
  return {
    count: String(count),
    sum: sum / 1_000_000,
    min: min / 1_000_000,
    max: max / 1_000_000,
    bucketCounts: buckets.map(String),
    explicitBounds: BOUNDS,
  };
}

function metric(family: Family, span: Span): object {
  const about = { name: nameOf(family.name), description: family.help, unit: unitOf(family.name) };
  switch (family.type) {
    case "summary": {
      const dataPoints = family.samples.map(({ labels, quantiles, sum, count }) => ({
        ...span,
        attributes: attributes(labels),
        count: String(count),
        sum,
        quantileValues: quantiles.map(([quantile, value]) => ({ quantile: Number(quantile), value })),
      }));
      return { ...about, summary: { dataPoints } };
    }
    case "gauge":
      return { ...about, gauge: { dataPoints: points(family.samples, span) } };
    case "counter": {
      const dataPoints = points(family.samples, span);
      return { ...about, sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
    }
  }
}

function points(samples: readonly Counter[], span: Span): object[] {
  return samples.map(({ labels, value }) => ({
    ...span,
    attributes: attributes(labels),
    ...(Number.isInteger(value) ? { asInt: String(value) } : { asDouble: value }),
  }));
}

/** `z6c_response_time_seconds` is `z6c.response_time`, `z6c_requests_issued_total` is `z6c.requests_issued`. */
function nameOf(name: string): string {
  return name.replace(/_(?:total|seconds)$/, "").replace("z6c_", "z6c.");
}

function unitOf(name: string): string {
  if (name.endsWith("_seconds")) return "s";
  if (name.endsWith("_bytes_total")) return "By";
  return name.endsWith("_per_second") ? "1/s" : "1";
}
