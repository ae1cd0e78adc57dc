/** Counters and series to the Summary: totals, distributions, and what the plan calls them. */
import type { DecisionDigestResult } from "../decisions/decision_digest.ts";
import type { LedgerHeader } from "../ledger/header.ts";
import type { Integrity } from "../ledger/reader.ts";
import type { Target } from "../plan.ts";
import type { Counters, RequestCounts } from "./counters.ts";
import { type Course, longestGaps } from "./course.ts";
import { diagnose } from "./diagnosis/diagnose.ts";
import type { Undiagnosed } from "./diagnosis/run.ts";
import { distribution } from "./distributions.ts";
import { measuredStart } from "./measured_start.ts";
import { messageSummary } from "./messages.ts";
import {
  groupSummaries,
  requestTotals,
  sessionTotals,
  stageSummaries,
  stepSummaries,
  tagSummaries,
} from "./parts.ts";
import { busiestShard } from "./processor_share.ts";
import type { SeriesSet } from "./sample_routes.ts";
import { ALL } from "./scope.ts";
import { mergedIntegrity, missingShards, sharedOut } from "./shards.ts";
import type { ConnectionTotals, HostFacts, RunFacts, ShardSummary, Summary } from "./summary.ts";
import { errorSummaries, failedCheckSummaries } from "./tallies.ts";
import { grpcStatusName } from "./status_name.ts";
import { judgeThresholds } from "./thresholds.ts";
import { judgeValidity } from "./validity.ts";
import { reachVerdict } from "./verdict.ts";

/** A ledger that was read once. */
export type ReadShard = Readonly<{
  header: LedgerHeader;
  integrity: Integrity;
  course: Course;
  /** Started and issued in it, outside of warm-up. */
  sessions: number;
  requests: number;
}>;

/** `read` is sorted by shard. `wanted`: numbers of the shards that should be there. */
export function summarise(
  read: readonly ReadShard[],
  counters: Counters,
  series: SeriesSet,
  decisions: DecisionDigestResult,
  wanted: readonly number[],
): Summary {
  const headers = read.map(({ header }) => header);
  const courses = read.map(({ course }) => course);
  const [{ plan, shard }] = headers;
  const missing = missingShards(headers, wanted);
  const integrity = mergedIntegrity(headers, read.map((one) => one.integrity), missing);
  const once = read.flatMap(({ course, header }) => course.onceSummaries(header.shard.index));
  const measuredTicks = Math.max(0, counters.lastEndTick - measuredStart(plan));
  const counts = counters.requestsOf(ALL, false);
  const all = counters.requestsOf(ALL, false, "all");
  const requests = requestTotals(counts, measuredTicks);
  const sessions = sessionTotals(plan, counters, courses, -1, false);
  const thresholds = judgeThresholds(plan, counters, courses, series, measuredTicks);
  const processor = busiestShard(read.map(({ course, header }) => ({ shard: header.shard.index, course })));
  const validity = judgeValidity(plan.validity, {
    transport: plan.transport,
    lagP99Ticks: series.find("lag").quantile(990_000),
    issued: requests.issued,
    started: sessions.started,
    dropped: sessions.dropped,
    courses,
    cpuPpm: processor?.usedPpm ?? null,
    integrity,
  });
  const stops = courses.flatMap((course) => course.stops);
  const summary: Undiagnosed = {
    format: 1,
    run: runFacts(headers, wanted),
    verdict: reachVerdict({ thresholds, validity, integrity, requests, stops, once }),
    thresholds,
    validity,
    integrity,
    shards: read.map(shardSummary),
    missingShards: missing,
    decisions,
    once,
    time: { elapsedTicks: Math.max(...courses.map(({ lastTick }) => lastTick)), measuredTicks },
    sessions,
    requests,
    checks: { passed: all.checksPassed, failed: all.checksFailed },
    connections: plan.transport === "fetch" ? null : connectionTotals(counts),
    data: { sentBytes: all.bytesSent, receivedBytes: all.bytesReceived },
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
      gaps: allGaps(read),
      processor,
    },
    steps: stepSummaries(plan, counters, series, measuredTicks),
    messages: messageSummary(plan, counters, series, measuredTicks),
    groups: groupSummaries(plan, counters, series),
    tags: tagSummaries(plan, counters, series, measuredTicks),
    stages: stageSummaries(plan, counters, courses, series, read.length / shard.count),
    statuses: [...counters.statuses].flatMap((count, status) =>
      count > 0 ? [{ status, name: grpcStatusName(status), count }] : []
    ),
    errors: errorSummaries(plan, counters.errors),
    failedChecks: failedCheckSummaries(plan, counters.failedChecks),
  };
  return { ...summary, diagnosis: diagnose(plan, counters.diagnosis, summary) };
}

function runFacts(headers: readonly LedgerHeader[], wanted: readonly number[]): RunFacts {
  const [{ plan, ...header }] = headers;
  return {
    name: plan.name,
    description: plan.description,
    planSha256: header.plan_sha256,
    seed: header.seed,
    simulated: header.simulated === true,
    target: targetUrl(plan.targets[0]),
    targets: plan.targets.map((target) => ({
      name: target.name,
      url: targetUrl(target),
      insecure: target.tls?.insecure === true,
    })),
    model: plan.load.model,
    shard: sharedOut(header.shard.count, wanted),
    overrides: [...new Set(headers.flatMap(({ overrides }) => overrides))],
    started: headers.map(({ started }) => started).reduce((one, other) => one < other ? one : other),
    z6c: header.z6c,
    deno: header.deno,
    host: hostFacts(header.host),
  };
}

function connectionTotals(
  { opened, reused, secured, resumed, securedHttp2 }: RequestCounts,
): ConnectionTotals {
  return { opened, reused, secured, resumed, securedHttp2 };
}

/** With the port, even where it is the scheme's own. */
function targetUrl({ scheme, host, port }: Target): string {
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function hostFacts({ os, arch, kernel, cores, memory_bytes }: LedgerHeader["host"]): HostFacts {
  return { os, arch, kernel, cores, memoryBytes: memory_bytes };
}

function shardSummary({ header, integrity, sessions, requests }: ReadShard): ShardSummary {
  const { state, records, digest, problem } = integrity;
  const { shard: { index, count }, started } = header;
  const host = hostFacts(header.host);
  return { index, count, started, host, state, records, digest, problem, sessions, requests };
}

function allGaps(read: readonly ReadShard[]): Summary["generator"]["gaps"] {
  const longest = read.flatMap(({ course, header: { shard } }) =>
    course.longest.map((gap) => ({ shard: shard.index, ...gap }))
  );
  return read.reduce((all, { course: { gaps } }) => ({
    ...all,
    count: all.count + gaps.count,
    longestTicks: Math.max(all.longestTicks, gaps.longestTicks),
    totalTicks: all.totalTicks + gaps.totalTicks,
  }), { count: 0, longestTicks: 0, totalTicks: 0, longest: longestGaps(longest) });
}
