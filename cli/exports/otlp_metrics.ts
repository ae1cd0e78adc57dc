/** A run's figures as metrics of OpenTelemetry: those of the Prometheus report, by names without units. */
import type { LedgerHeader } from "../../runtime/ledger/header.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import { type Family, metricFamilies } from "../../runtime/report/metric_families.ts";
import { attributes, nanoClock, resourceOf, SCOPE } from "./otlp_value.ts";

const CUMULATIVE = 2;

/** One line: an ExportMetricsServiceRequest in JSON. All points are of the run's end. */
export function otlpMetrics(header: LedgerHeader, summary: Summary): string {
  const clock = nanoClock(header);
  const span = {
    startTimeUnixNano: clock(0),
    timeUnixNano: clock(summary.time.elapsedTicks),
  };
  const metrics = metricFamilies(summary).map((family) => metric(family, span));
  return JSON.stringify({
    resourceMetrics: [{ resource: resourceOf(header), scopeMetrics: [{ scope: SCOPE, metrics }] }],
  }) + "\n";
}

type Span = Readonly<{ startTimeUnixNano: string; timeUnixNano: string }>;

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

function points(samples: Exclude<Family, { type: "summary" }>["samples"], span: Span): object[] {
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
