/**
 * What monitoring systems are told of a run: every figure once, in base units. Counters and gauges have a family for the
 * whole run and another for its steps, so that no sum counts anything twice. docs/exports.md lists them.
 */
import type {
  Distribution,
  PartDistribution,
  RequestTotals,
  Summary,
  ThresholdResult,
} from "../reduce/summary.ts";

export type Labels = Readonly<Record<string, string>>;
export type Sample = Readonly<{ labels: Labels; value: number }>;
/** Of times, in seconds. */
export type SummarySample = Readonly<
  { labels: Labels; quantiles: readonly (readonly [string, number])[]; sum: number; count: number }
>;
/** Named as Prometheus does. */
export type Family =
  | Readonly<{ name: string; type: "counter" | "gauge"; help: string; samples: readonly Sample[] }>
  | Readonly<{ name: string; type: "summary"; help: string; samples: readonly SummarySample[] }>;

/** Those that have samples. */
export function metricFamilies(summary: Summary): Family[] {
  return families(summary).filter(({ samples }) => samples.length > 0);
}

function families(summary: Summary): Family[] {
  const { run, verdict, sessions, data, checks, connections, time, generator, messages } = summary;
  const stepParts = summary.steps.map(({ flow, step, requests, responseTime }) => ({
    labels: { flow, step },
    requests,
    responseTime,
  }));
  const perSecond = summary.requests.perSecond;
  return [
    gauge("z6c_run_info", "What was run; always 1.", [one(1, {
      plan_sha256: run.planSha256,
      seed: String(run.seed),
      target: run.target,
      model: run.model,
      simulated: String(run.simulated),
      started: run.started,
      z6c: run.z6c,
    })]),
    gauge(
      "z6c_verdict",
      "1 for the verdict of the run, 0 for the others.",
      ["passed", "failed", "invalid", "interrupted"].map((word) =>
        one(Number(word === verdict.verdict), { verdict: word })
      ),
    ),
    gauge("z6c_exit_code", "Exit code of the run.", [one(verdict.exitCode)]),
    gauge("z6c_measured_seconds", "Measured time of the run.", [one(seconds(time.measuredTicks))]),
    ...thresholdFamilies(summary.thresholds),
    gauge(
      "z6c_validity_kept",
      "1 where the generator kept its promise, 0 where not.",
      summary.validity.map(({ name, ok }) => one(Number(ok), { promise: name })),
    ),
    counter("z6c_sessions_started_total", "Arrivals that found a free VU.", [one(sessions.started)]),
    counter("z6c_sessions_completed_total", "Sessions that did all their steps.", [one(sessions.completed)]),
    counter("z6c_sessions_ended_early_total", "Sessions that a failed step ended.", [
      one(sessions.endedEarly),
    ]),
    counter("z6c_sessions_stopped_total", "Sessions under way when the run ended.", [one(sessions.stopped)]),
    counter("z6c_sessions_dropped_total", "Arrivals that found no free VU.", [one(sessions.dropped)]),
    ...requestFamilies("z6c_requests", "", [{ labels: {}, requests: summary.requests }]),
    gauge(
      "z6c_requests_per_second",
      "Requests issued, by measured time.",
      perSecond === null ? [] : [one(perSecond)],
    ),
    ...requestFamilies("z6c_step_requests", " of the step", stepParts),
    counter(
      "z6c_responses_total",
      "Whole responses, by status.",
      summary.statuses.map(({ status, name, count }) => one(count, { status: name ?? String(status) })),
    ),
    counter(
      "z6c_errors_total",
      "Requests without a whole response, by error.",
      summary.errors.map(({ code, name, count }) => one(count, { code: `Z${code}`, error: name })),
    ),
    counter("z6c_checks_passed_total", "Single checks of responses that passed.", [one(checks.passed)]),
    counter("z6c_checks_failed_total", "Single checks of responses that failed.", [one(checks.failed)]),
    counter(
      "z6c_connections_opened_total",
      "Connections that stood.",
      connections === null ? [] : [one(connections.opened)],
    ),
    counter(
      "z6c_connections_reused_total",
      "Responses on a connection that an earlier request had opened.",
      connections === null ? [] : [one(connections.reused)],
    ),
    counter("z6c_sent_bytes_total", "Bytes of requests as rendered.", [one(data.sentBytes)]),
    counter("z6c_received_bytes_total", "Bytes of responses as received.", [one(data.receivedBytes)]),
    counter(
      "z6c_messages_sent_total",
      "Messages handed to WebSockets.",
      messages === null ? [] : [one(messages.sent)],
    ),
    counter(
      "z6c_messages_received_total",
      "Messages that came.",
      messages === null ? [] : [one(messages.received)],
    ),
    ...timeFamilies("z6c_response_time", "Response time, from due to the last byte", [
      [{}, summary.responseTime],
    ]),
    ...timeFamilies("z6c_service_time", "Service time, from issued to the last byte", [
      [{}, summary.serviceTime],
    ]),
    ...timeFamilies("z6c_first_byte", "From issued to the first byte", [[{}, summary.phases.firstByte]]),
    ...timeFamilies("z6c_connect", "TCP connects", [[{}, summary.phases.connect]]),
    ...timeFamilies("z6c_tls", "TLS handshakes", [[{}, summary.phases.tls]]),
    ...timeFamilies("z6c_session_time", "Sessions that completed all their steps", [
      [{}, summary.sessionTime],
    ]),
    ...timeFamilies("z6c_lag", "How much later than due requests were issued", [[{}, generator.lag]]),
    ...timeFamilies(
      "z6c_step_response_time",
      "Response time of the step",
      stepParts.map(({ labels, responseTime }) => [labels, responseTime]),
    ),
  ];
}

type Part = Readonly<{ labels: Labels; requests: RequestTotals }>;

function requestFamilies(prefix: string, of: string, parts: readonly Part[]): Family[] {
  const family = (name: keyof RequestTotals, help: string) =>
    counter(
      `${prefix}_${name}_total`,
      help.replace("#", of),
      parts.map(({ labels, requests }) => one(requests[name] ?? 0, labels)),
    );
  return [
    family("issued", "Requests# handed to the network."),
    family("responded", "Whole responses# of any status."),
    family("failed", "Requests# without a whole response."),
    family("unexpected", "Responses# with a failed check."),
    family("errors", "Requests# that failed, and unexpected responses."),
    family("cancelled", "Requests# in flight when the run ended."),
    family("redirected", "Responses# whose redirect was followed."),
    family("retried", "Requests# that ended and were tried again."),
  ];
}

/** In base units: seconds, parts of one, bytes, per second. */
function thresholdFamilies(thresholds: readonly ThresholdResult[]): Family[] {
  const labels = ({ text, metric }: ThresholdResult) => ({ threshold: text, metric });
  return [
    gauge(
      "z6c_threshold_passed",
      "1 where the threshold is met, 0 where it is missed.",
      thresholds.map((it) => one(Number(it.passed), labels(it))),
    ),
    gauge(
      "z6c_threshold_actual",
      "What was found: in seconds, as a ratio, a count, in bytes, or per second.",
      thresholds.flatMap((it) => it.actual === null ? [] : [one(it.actual / DIVISORS[it.unit], labels(it))]),
    ),
    gauge(
      "z6c_threshold_limit",
      "What was wanted, in the same unit.",
      thresholds.map((it) => one(it.limit / DIVISORS[it.unit], labels(it))),
    ),
  ];
}

const DIVISORS: Readonly<Record<ThresholdResult["unit"], number>> = {
  ticks: 1_000_000,
  ppm: 1_000_000,
  count: 1,
  bytes: 1,
  "millis-per-second": 1000,
};

type Times =
  & PartDistribution
  & Partial<Distribution>;

/** A summary with its quantiles, and the least and greatest as gauges. */
function timeFamilies(
  name: string,
  help: string,
  parts: readonly (readonly [Labels, Times | null])[],
): Family[] {
  const there = parts.flatMap(([labels, times]) => times === null ? [] : [{ labels, times }]);
  const extreme = (which: "min" | "max", word: string) =>
    gauge(
      `${name}_${which}_seconds`,
      `${help}: the ${word}.`,
      there.map(({ labels, times }) => one(seconds(times[which]), labels)),
    );
  return [
    {
      name: `${name}_seconds`,
      type: "summary",
      help: `${help}; quantiles are of all samples, by nearest rank.`,
      samples: there.map(({ labels, times }) => ({
        labels,
        quantiles: quantilesOf(times),
        sum: seconds(times.sum),
        count: times.count,
      })),
    },
    extreme("min", "least"),
    extreme("max", "greatest"),
  ];
}

function quantilesOf({ p50, p90, p95, p99, p999 }: Times): [string, number][] {
  const all = [["0.5", p50], ["0.9", p90], ["0.95", p95], ["0.99", p99], ["0.999", p999]] as const;
  return all.flatMap(([quantile, ticks]): [string, number][] =>
    ticks === undefined ? [] : [[quantile, seconds(ticks)]]
  );
}

function seconds(ticks: number): number {
  return ticks / 1_000_000;
}

function one(value: number, labels: Labels = {}): Sample {
  return { labels, value };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: "counter", help, samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: "gauge", help, samples };
}
