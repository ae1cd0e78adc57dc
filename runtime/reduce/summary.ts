/**
 * What a run amounts to: types only, all of it JSON. docs/metrics.md defines every number once.
 *
 * Times are in ticks (microseconds), whole numbers but for averages; ratios are in parts of a million; rates are per
 * second. Averages, ratios and rates are rounded to three decimals. Null: there was nothing to tell it from.
 * Warm-up is in none of the numbers but `warmup` and the counts of its own stages.
 */
import type { DecisionDigestResult } from "../decisions/decision_digest.ts";
import type { Metric, Step, Tick } from "../plan.ts";
import type { Diagnosis } from "./diagnosis/diagnosis.ts";
import type { Integrity } from "../ledger/reader.ts";

export type Summary = Readonly<{
  /** Version of this shape; fields may be added to it without a new one. */
  format: 1;
  run: RunFacts;
  verdict: Verdict;
  thresholds: readonly ThresholdResult[];
  validity: readonly ValidityResult[];
  /** Of all ledgers together; the digest is null where there are several. */
  integrity: Integrity;
  /** The ledgers this was made from, by their shards' numbers. */
  shards: readonly ShardSummary[];
  /** Numbers of shards that should have been there. */
  missingShards: readonly number[];
  /** What the sessions decided, as one number. */
  decisions: DecisionDigestResult;
  /** Setups and teardowns, by shard; they are in no other figure. */
  once: readonly OnceSummary[];
  time: Readonly<{
    /** From the run's start to the last thing it saw. */
    elapsedTicks: Tick;
    /** From the start of the first stage that is no warm-up to the last end of a request. */
    measuredTicks: Tick;
  }>;
  sessions: SessionTotals;
  requests: RequestTotals;
  checks: Readonly<{ passed: number; failed: number }>;
  /** Null where the transport does not tell of connections (`fetch`). */
  connections: ConnectionTotals | null;
  data: Readonly<{ sentBytes: number; receivedBytes: number }>;
  /** What was left out. */
  warmup: Readonly<{ sessions: number; requests: number; dropped: number }>;
  responseTime: Distribution | null;
  serviceTime: Distribution | null;
  sessionTime: Distribution | null;
  phases: Readonly<{
    dns: Distribution | null;
    connect: Distribution | null;
    tls: Distribution | null;
    firstByte: Distribution | null;
  }>;
  generator: Readonly<{
    lag: Distribution | null;
    blocked: Distribution | null;
    gaps: Readonly<
      /** `longest`: at most five of them, the longest first. */
      { count: number; longestTicks: Tick; totalTicks: Tick; longest: readonly LoopGap[] }
    >;
    /** Of the busiest shard; null where the system does not tell, or nothing was used. */
    processor: ProcessorShare | null;
  }>;
  /** Of steps that send requests, in the plan's order. */
  steps: readonly StepSummary[];
  /** Null where no step sends or receives messages. */
  messages: MessageSummary | null;
  /** Steps that are groups, in the plan's order. */
  groups: readonly GroupSummary[];
  /** Tags of steps that send requests, in the plan's order. A request is counted under each of its tags. */
  tags: readonly TagSummary[];
  stages: readonly StageSummary[];
  /** In ascending order. */
  statuses: readonly StatusCount[];
  /** The most frequent first. */
  errors: readonly ErrorSummary[];
  failedChecks: readonly FailedCheckSummary[];
  /** What stands out; empty where nothing does. */
  diagnosis: Diagnosis;
}>;

/** The generator's loop did not turn from `fromTick` on; only the part in measured time. */
export type LoopGap = Readonly<{ shard: number; fromTick: Tick; lengthTicks: Tick }>;

/**
 * The share of measured time in which the thread of a shard used the processor, without looking for what is due, 1,000,000
 * at most. `isBusy`: it is 90 % or more, so that response times hold some of the generator's own work.
 */
export type ProcessorShare = Readonly<{ shard: number; usedPpm: number; isBusy: boolean }>;

export type RunFacts = Readonly<{
  name: string;
  description: string;
  planSha256: string;
  seed: number;
  /** The targets were models, and all that was seen of them is computed (docs/simulation.md). */
  simulated: boolean;
  /** `http://127.0.0.1:8080`, of the first target. */
  target: string;
  /** All of them; the first has no name. */
  targets: readonly TargetFacts[];
  model: "open" | "closed";
  /** What the figures are of, or should be: 1 of 1 where the ledgers of all shards were asked for. */
  shard: Readonly<{ index: number; count: number }>;
  overrides: readonly string[];
  /** RFC 3339; of several shards the earliest. */
  started: string;
  z6c: string;
  deno: string;
  /** Of several shards that of the first. */
  host: HostFacts;
}>;

/** `insecure`: its certificate was not looked at. */
export type TargetFacts = Readonly<{ name: string; url: string; insecure: boolean }>;

export type HostFacts = Readonly<
  { os: string; arch: string; kernel: string; cores: number; memoryBytes: number }
>;

/** One ledger. */
export type ShardSummary = Readonly<{
  /** From 1 to `count`. */
  index: number;
  count: number;
  /** RFC 3339. */
  started: string;
  host: HostFacts;
  state: Integrity["state"];
  records: number;
  digest: string | null;
  problem: string | null;
  /** Started and issued, outside of warm-up. */
  sessions: number;
  requests: number;
}>;

/** A setup or a teardown. */
export type OnceSummary = Readonly<{
  phase: "setup" | "teardown";
  /** The shard that ran it. */
  shard: number;
  /** Completed: it did all its steps; failed: a step ended it; cut: it was stopped, or its ledger ends before. */
  outcome: "completed" | "failed" | "cut";
  lengthTicks: Tick;
  /** Issued. */
  requests: number;
  /** Steps that sent requests, in the order in which they did. */
  steps: readonly string[];
  /** The last thing that went wrong. `code`: of an error; `what`: its name, or the check: `not status 200`. */
  trouble: Readonly<{ step: string; code: number | null; what: string; excerpt: string }> | null;
}>;

export type Verdict = Readonly<{
  verdict: "passed" | "failed" | "invalid" | "interrupted";
  /** Sentences without a full stop, at least one. */
  reasons: readonly string[];
  exitCode: number;
}>;

/** Of a number in a threshold: ticks, parts of a million, a count, bytes, or thousandths per second. */
export type Unit = "ticks" | "ppm" | "count" | "bytes" | "millis-per-second";

export type ThresholdResult = Readonly<{
  text: string;
  metric: Metric;
  unit: Unit;
  comparison: "<" | "<=" | ">" | ">=";
  limit: number;
  /** Null when there was nothing to judge, and then the threshold is missed. */
  actual: number | null;
  passed: boolean;
  /** When it is missed, the run is invalid. */
  invalidates: boolean;
  /** How many samples, requests, checks or arrivals `actual` is made of. */
  samples: number;
}>;

/** A promise of the generator. `actual` must not be above `limit`; both null for the ledger and null where nothing is known. */
export type ValidityResult = Readonly<{
  name: "lag" | "drops" | "gaps" | "cpu" | "ledger" | "samples";
  unit: Unit;
  actual: number | null;
  limit: number | null;
  ok: boolean;
  /** What to do when it is broken. */
  advice: string;
}>;

export type SessionTotals = Readonly<{
  started: number;
  completed: number;
  /** By a failed step. */
  endedEarly: number;
  /** By the end of the run, or still under way where the ledger ends. */
  stopped: number;
  /** Arrivals that found no free VU. */
  dropped: number;
  /** Started and dropped, per second of the stages. */
  intendedPerSecond: number | null;
  startedPerSecond: number | null;
}>;

export type RequestTotals = Readonly<{
  issued: number;
  responded: number;
  /** Ended with an error of the closed list, without a whole response. */
  failed: number;
  /** Responses with at least one failed check. */
  unexpected: number;
  /** Still in flight when the run ended. */
  cancelled: number;
  /** Failed and unexpected. */
  errors: number;
  /** Responses whose redirect was followed, and requests that were tried again: what followed is in `issued` too. */
  redirected: number;
  retried: number;
  /** Issued, per second of measured time. */
  perSecond: number | null;
}>;

/** `reused`: responses on a connection that an earlier request had opened. */
export type ConnectionTotals = Readonly<{
  opened: number;
  reused: number;
  /** Of those opened: with TLS, by resuming an earlier session of TLS, and those in which TLS chose HTTP/2. */
  secured: number;
  resumed: number;
  securedHttp2: number;
}>;

/** `name`: what gRPC calls it; null of HTTP. */
export type StatusCount = Readonly<{ status: number; name: string | null; count: number }>;

export type MessageTotals = Readonly<{
  /** On WebSockets, without control frames. `sentBytes`: of their frames. */
  sent: number;
  sentBytes: number;
  /** Of WebSockets, server-sent events and gRPC, without control frames. `receivedBytes`: of their payloads. */
  received: number;
  receivedBytes: number;
  /** Times that something was waited for on a WebSocket: a message, a pong, a close. */
  awaited: number;
  /** Times that it did not come, or was not as expected, or that a message could not be sent. */
  errors: number;
}>;

export type MessageSummary = Readonly<
  MessageTotals & {
    sentPerSecond: number | null;
    receivedPerSecond: number | null;
    firstMessage: Distribution | null;
    gap: Distribution | null;
    /** With which WebSockets were closed when we closed them; in ascending order. */
    closeCodes: readonly Readonly<{ code: number; count: number }>[];
    /** Of steps that send messages, wait for them, or are answered in them, in the plan's order. */
    steps: readonly MessageStep[];
    flows: readonly (MessageTotals & Readonly<{ flow: string }>)[];
    stages: readonly (MessageTotals & Readonly<{ stage: string }>)[];
  }
>;

export type MessageStep = Readonly<{
  flow: string;
  step: string;
  kind: Step["kind"];
  sent: number;
  sentBytes: number;
  /** Those that came while it was under way; with the step that opens a WebSocket, while nothing was. */
  received: number;
  receivedBytes: number;
  /** What it did: `issued` is how often, `responded` how often it got what it waited for. */
  done: RequestTotals;
  responseTime: PartDistribution | null;
  /** With a step that opens a WebSocket, of all that came on it. */
  firstMessage: PartDistribution | null;
  gap: PartDistribution | null;
}>;

export type Distribution = Readonly<{
  count: number;
  /** Of all samples, exactly. */
  sum: Tick;
  avg: number;
  min: Tick;
  p50: Tick;
  p90: Tick;
  p95: Tick;
  p99: Tick;
  p999: Tick;
  max: Tick;
}>;

/** Of response time. */
export type PartDistribution = Pick<
  Distribution,
  "count" | "sum" | "avg" | "min" | "p50" | "p95" | "p99" | "max"
>;

export type StepSummary = Readonly<{
  flow: string;
  step: string;
  requests: RequestTotals;
  responseTime: PartDistribution | null;
}>;

export type GroupSummary = Readonly<{
  flow: string;
  group: string;
  /** How many groups it stands in. */
  depth: number;
  /** Times it ended, and those of them in which all requests were good and it was done. */
  passes: number;
  wentThrough: number;
  /** Of passes that went through: `group_time`, which is without what was thought, and with it. */
  time: PartDistribution | null;
  elapsed: PartDistribution | null;
}>;

export type TagSummary = Readonly<{
  tag: string;
  requests: RequestTotals;
  responseTime: PartDistribution | null;
}>;

export type StageSummary = Readonly<{
  name: string;
  warmup: boolean;
  startTick: Tick;
  /** 0: until the iterations are done. */
  lengthTicks: Tick;
  /** Sessions that the plan holds for this stage (poisson: the mean; of a shard its part); null where only time bounds them. */
  planned: number | null;
  sessions: SessionTotals;
  /** Of the sessions that arrived in this stage; its rate is per second of the stage. */
  requests: RequestTotals;
  responseTime: PartDistribution | null;
}>;

export type ErrorSummary = Readonly<{
  code: number;
  name: string;
  cause: string;
  action: string;
  count: number;
  firstTick: Tick;
  /** The most frequent first; the system's own words for the first of them, or empty. */
  steps: readonly Readonly<{ flow: string; step: string; count: number; excerpt: string }>[];
}>;

export type FailedCheckSummary = Readonly<{
  flow: string;
  step: string;
  /** 0 is the status. */
  check: number;
  /** What was wanted: `status 200`. */
  expected: string;
  count: number;
  firstTick: Tick;
  /** What was found the first time, or empty. */
  excerpt: string;
}>;
