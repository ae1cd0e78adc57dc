/** Counters and series to the Summary: totals, distributions, and what the plan calls them. */
import type { LedgerHeader } from "../ledger/header.ts";
import type { Plan } from "../plan.ts";
import type { Counters, RequestCounts } from "./counters.ts";
import { measuredStart } from "./fold.ts";
import type { Integrity } from "../ledger/reader.ts";
import { perSecond, rounded } from "./rounding.ts";
import type { SeriesSet } from "./sample_routes.ts";
import type { Series } from "./series.ts";
import { stageTicks } from "./stage_time.ts";
import type {
  Distribution,
  PartDistribution,
  RequestTotals,
  RunFacts,
  SessionTotals,
  StageSummary,
  StepSummary,
  Summary,
} from "./summary.ts";
import { errorSummaries, failedCheckSummaries } from "./tallies.ts";
import { judgeThresholds } from "./thresholds.ts";
import { judgeValidity } from "./validity.ts";
import { reachVerdict } from "./verdict.ts";

const ALL = { flow: -1, step: -1, stage: -1 };

export function summarise(
  header: LedgerHeader,
  integrity: Integrity,
  counters: Counters,
  series: SeriesSet,
): Summary {
  const { plan } = header;
  const startTick = measuredStart(plan);
  const measuredTicks = Math.max(0, counters.lastEndTick - startTick);
  const counts = counters.requestsOf(ALL, false);
  const requests = requestTotals(counts, measuredTicks);
  const sessions = sessionTotals(counters, plan, -1, false);
  const thresholds = judgeThresholds(plan, counters, series, measuredTicks);
  const validity = judgeValidity(plan.validity, {
    lagP99Ticks: series.find("lag").quantile(990_000),
    issued: requests.issued,
    started: sessions.started,
    dropped: sessions.dropped,
    gapTicks: counters.gaps.totalTicks,
    ticks: Math.max(0, counters.lastTick - startTick),
    integrity,
    ended: counters.ended,
  });
  const { stopReason } = counters;
  return {
    format: 1,
    run: runFacts(header),
    verdict: reachVerdict({ thresholds, validity, integrity, requests, stopReason }),
    thresholds,
    validity,
    integrity,
    time: { elapsedTicks: counters.lastTick, measuredTicks },
    sessions,
    requests,
    checks: { passed: counts.checksPassed, failed: counts.checksFailed },
    connections: header.plan.target.transport === "fetch"
      ? null
      : { opened: counts.opened, reused: counts.reused },
    data: { sentBytes: counts.bytesSent, receivedBytes: counts.bytesReceived },
    warmup: {
      sessions: counters.sessionsOf(ALL, true).started,
      requests: counters.requestsOf(ALL, true).issued,
      dropped: counters.droppedOf(ALL, true),
    },
    responseTime: distribution(series.find("response_time")),
    serviceTime: distribution(series.find("service_time")),
    sessionTime: distribution(series.find("session_time")),
    phases: {
      dns: distribution(series.find("dns")),
      connect: distribution(series.find("connect")),
      tls: distribution(series.find("tls")),
      firstByte: distribution(series.find("first_byte")),
    },
    generator: {
      lag: distribution(series.find("lag")),
      blocked: distribution(series.find("blocked")),
      gaps: counters.gaps,
    },
    steps: stepSummaries(plan, counters, series, measuredTicks),
    stages: plan.load.stages.map((_, stage) => stageSummary(header, counters, series, stage)),
    statuses: [...counters.statuses].flatMap((count, status) => count > 0 ? [{ status, count }] : []),
    errors: errorSummaries(plan, counters.errors),
    failedChecks: failedCheckSummaries(plan, counters.failedChecks),
  };
}

function runFacts({ plan, ...header }: LedgerHeader): RunFacts {
  const { os, arch, kernel, cores, memory_bytes } = header.host;
  const { scheme, host, port } = plan.target;
  return {
    name: plan.name,
    description: plan.description,
    planSha256: header.plan_sha256,
    seed: header.seed,
    target: `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    model: plan.load.model,
    shard: header.shard,
    overrides: header.overrides,
    started: header.started,
    z6c: header.z6c,
    deno: header.deno,
    host: { os, arch, kernel, cores, memoryBytes: memory_bytes },
  };
}

function requestTotals(counts: RequestCounts, ticks: number): RequestTotals {
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
function sessionTotals(counters: Counters, plan: Plan, stage: number, warmup: boolean): SessionTotals {
  const scope = { ...ALL, stage };
  const { started, completed, stepFailed } = counters.sessionsOf(scope, warmup);
  const dropped = counters.droppedOf(scope, warmup);
  let ticks = 0;
  plan.load.stages.forEach((one, position) => {
    if (stage < 0 ? !one.warmup : position === stage) ticks += stageTicks(plan.load, position, counters);
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

function stepSummaries(plan: Plan, counters: Counters, series: SeriesSet, ticks: number): StepSummary[] {
  return plan.steps.flatMap(({ kind, flow, name }, step) =>
    kind !== "request" ? [] : [{
      flow: plan.flows[flow].name,
      step: name,
      requests: requestTotals(counters.requestsOf({ ...ALL, step }, false), ticks),
      responseTime: partDistribution(series.find("response_time", { step })),
    }]
  );
}

function stageSummary(
  { plan, shard }: LedgerHeader,
  counters: Counters,
  series: SeriesSet,
  stage: number,
): StageSummary {
  const { name, warmup, startTick, lengthTicks } = plan.load.stages[stage];
  const ticks = stageTicks(plan.load, stage, counters);
  const planned = plannedSessions(plan, stage);
  return {
    name,
    warmup,
    startTick,
    lengthTicks,
    planned: planned === null ? null : Math.round(planned / shard.count),
    sessions: sessionTotals(counters, plan, stage, warmup),
    requests: requestTotals(counters.requestsOf({ ...ALL, stage }, warmup), ticks),
    responseTime: partDistribution(series.find("response_time", { stage })),
  };
}

function plannedSessions({ load }: Plan, stage: number): number | null {
  if (load.model === "closed") return null;
  const { sessions, rateStart, rateEnd, lengthTicks, perTicks } = load.stages[stage];
  return load.arrivals === "uniform" ? sessions : ((rateStart + rateEnd) / 2) * (lengthTicks / perTicks);
}

function distribution(series: Series): Distribution | null {
  const part = partDistribution(series);
  if (part === null) return null;
  const { count, avg, min, p50, p95, p99, max } = part;
  const p90 = series.quantile(900_000) ?? 0;
  const p999 = series.quantile(999_000) ?? 0;
  return { count, avg, min, p50, p90, p95, p99, p999, max };
}

function partDistribution(series: Series): PartDistribution | null {
  const { count, sum, min, max } = series.histogram;
  const p50 = series.quantile(500_000);
  const p95 = series.quantile(950_000);
  const p99 = series.quantile(990_000);
  if (p50 === null || p95 === null || p99 === null) return null;
  return { count, avg: rounded(sum / count), min, p50, p95, p99, max };
}
