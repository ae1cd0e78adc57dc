/** Prometheus' text, read back: every sample in it, against the JSON report. */
import assert from "node:assert/strict";
import type { Distribution, PartDistribution, RequestTotals, Summary } from "../runtime/reduce/summary.ts";

/** By name and labels, as the text has them. */
type Samples = Map<string, number>;

/** All that should be there, and nothing else. */
export function assertPrometheus(text: string, summary: Summary): void {
  const found: Samples = new Map();
  for (const line of text.trimEnd().split("\n").filter((line) => !line.startsWith("#"))) {
    const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    found.set(keyOf(name, labelsOf(labels)), Number(value));
  }
  const wanted = wantedSamples(summary);
  assert.deepEqual([...found].sort(), [...wanted].sort());
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(
    pairs.map(([, key, value]) => [key, value.replace(/\\(.)/g, (_, it) => it === "n" ? "\n" : it)]),
  );
}

function wantedSamples(summary: Summary): Samples {
  const { run, verdict, thresholds, validity, sessions, requests, checks, connections, data } = summary;
  const { time, steps, statuses, errors, messages, phases, generator } = summary;
  const samples: Samples = new Map();
  const put = (
    name: string,
    value: number | null | undefined,
    labels: Readonly<Record<string, string>> = {},
  ) => {
    if (value === null || value === undefined) return;
    samples.set(keyOf(`z6c_${name}`, { scenario: run.name, ...labels }), value);
  };
  const totals = (prefix: string, of: RequestTotals, labels: Readonly<Record<string, string>> = {}) => {
    const { issued, responded, failed, unexpected, errors, cancelled, redirected, retried } = of;
    const all = { issued, responded, failed, unexpected, errors, cancelled, redirected, retried };
    for (const [name, value] of Object.entries(all)) put(`${prefix}_${name}_total`, value, labels);
  };
  const times = (
    name: string,
    of: Distribution | PartDistribution | null,
    labels: Readonly<Record<string, string>> = {},
  ) => {
    if (of === null) return;
    const quantiles = { "0.5": of.p50, "0.95": of.p95, "0.99": of.p99 };
    const more = "p999" in of ? { "0.9": of.p90, "0.999": of.p999 } : {};
    for (const [quantile, ticks] of Object.entries({ ...quantiles, ...more })) {
      put(`${name}_seconds`, ticks / 1_000_000, { ...labels, quantile });
    }
    put(`${name}_seconds_sum`, of.sum / 1_000_000, labels);
    put(`${name}_seconds_count`, of.count, labels);
    put(`${name}_min_seconds`, of.min / 1_000_000, labels);
    put(`${name}_max_seconds`, of.max / 1_000_000, labels);
  };
  const { planSha256, seed, target, model, simulated, started, z6c } = run;
  const info = {
    plan_sha256: planSha256,
    seed: `${seed}`,
    target,
    model,
    simulated: `${simulated}`,
    started,
    z6c,
  };
  put("run_info", 1, info);
  for (const word of ["passed", "failed", "invalid", "interrupted"]) {
    put("verdict", word === verdict.verdict ? 1 : 0, { verdict: word });
  }
  put("exit_code", verdict.exitCode);
  put("measured_seconds", time.measuredTicks / 1_000_000);
  for (const { text, metric, passed, actual, limit, unit } of thresholds) {
    const labels = { threshold: text, metric };
    const divisor = { ticks: 1e6, ppm: 1e6, count: 1, bytes: 1, "millis-per-second": 1e3 }[unit];
    put("threshold_passed", passed ? 1 : 0, labels);
    put("threshold_actual", actual === null ? null : actual / divisor, labels);
    put("threshold_limit", limit / divisor, labels);
  }
  for (const { name, ok } of validity) put("validity_kept", ok ? 1 : 0, { promise: name });
  put("sessions_started_total", sessions.started);
  put("sessions_completed_total", sessions.completed);
  put("sessions_ended_early_total", sessions.endedEarly);
  put("sessions_stopped_total", sessions.stopped);
  put("sessions_dropped_total", sessions.dropped);
  totals("requests", requests);
  put("requests_per_second", requests.perSecond);
  for (const { status, name, count } of statuses) {
    put("responses_total", count, { status: name ?? `${status}` });
  }
  for (const { code, name, count } of errors) put("errors_total", count, { code: `Z${code}`, error: name });
  put("checks_passed_total", checks.passed);
  put("checks_failed_total", checks.failed);
  put("connections_opened_total", connections?.opened);
  put("connections_reused_total", connections?.reused);
  put("sent_bytes_total", data.sentBytes);
  put("received_bytes_total", data.receivedBytes);
  put("messages_sent_total", messages?.sent);
  put("messages_received_total", messages?.received);
  times("response_time", summary.responseTime);
  times("service_time", summary.serviceTime);
  times("first_byte", phases.firstByte);
  times("connect", phases.connect);
  times("tls", phases.tls);
  times("session_time", summary.sessionTime);
  times("lag", generator.lag);
  for (const { flow, step, requests, responseTime } of steps) {
    totals("step_requests", requests, { flow, step });
    times("step_response_time", responseTime, { flow, step });
  }
  return samples;
}
