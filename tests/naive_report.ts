/**
 * Every number of a JSON report once more, by docs/metrics.md, from exported records: what tests/simulator/naive_figures.ts
 * makes, and all that stands around it.
 */
import { requestError } from "../runtime/ledger/errors.ts";
import type { LedgerHeader } from "../runtime/ledger/header.ts";
import type { Integrity } from "../runtime/ledger/reader.ts";
import { END, SESSION, STOP } from "../runtime/ledger/record.ts";
import type { Plan } from "../runtime/plan.ts";
import { naiveFigures } from "./simulator/naive_figures.ts";
import { rounded, sum } from "./simulator/naive_samples.ts";
import { naiveStory, type Story } from "./simulator/naive_story.ts";
import type { Told } from "./simulator/told_records.ts";

/** A ledger as it was exported, and what its reader found of its bytes. */
export type NaiveLedger = Readonly<{ header: LedgerHeader; records: readonly Told[]; integrity: Integrity }>;

/** Texts, and what the bytes of a file are: these are no figures of its records. By path, `*` for any place in a list. */
export const NOT_OF_RECORDS: readonly string[] = [
  "verdict.reasons",
  "validity.*.advice",
  "integrity.problem",
  "integrity.blocks",
  "integrity.bytesRead",
  "integrity.bytesLost",
  "integrity.recordsLost",
  "integrity.digest",
  "shards.*.digest",
  "shards.*.problem",
  "decisions.sha256",
  "decisions.whole",
  "decisions.lacking",
  "once.*.trouble",
  "failedChecks.*.expected",
  "diagnosis",
];

/** The tree without what is left out. */
export function without(tree: unknown, paths: readonly string[], at = ""): unknown {
  if (Array.isArray(tree)) return tree.map((one) => without(one, paths, `${at}*.`));
  if (typeof tree !== "object" || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      paths.includes(at + key) ? [] : [[key, without(value, paths, `${at}${key}.`)]]
    ),
  );
}

type Figures = Readonly<Record<string, unknown>>;
/** What `naiveFigures` has of it. */
type Known = Readonly<{
  generator: Readonly<{
    lag: Readonly<{ p99: number }> | null;
    blocked: unknown;
    gaps: Figures;
    busyPpm: number | null;
  }>;
  sessions: Readonly<{ started: number; dropped: number }>;
  requests: Readonly<{ issued: number; responded: number }>;
  thresholds: readonly Readonly<{ actual: number | null; passed: boolean }>[];
  groups: readonly Figures[];
  stages: readonly Figures[];
  statuses: readonly Readonly<{ status: number }>[];
  errors: readonly Readonly<{ code: number }>[];
}>;

/** `ledgers` are of one run, by their shards' numbers; all of its shards are asked for. */
export function naiveReport(ledgers: readonly NaiveLedger[]): Figures {
  const [{ header, header: { plan, shard } }] = ledgers;
  const stories = ledgers.map(({ records }) => naiveStory(plan, records));
  const figures = naiveFigures(plan, ledgers.map(({ records }) => records));
  const known = figures as Known;
  const missing = Array.from({ length: shard.count }, (_, at) => at + 1)
    .filter((index) => ledgers.length > 1 && ledgers.every((one) => one.header.shard.index !== index));
  const once = ledgers.flatMap((ledger) => onceOf(ledger));
  const states = ledgers.map(({ integrity }) => integrity.state);
  const integrity = {
    state: states.includes("damaged")
      ? "damaged"
      : states.includes("partial") || missing.length > 0
      ? "partial"
      : "whole",
    records: sum(ledgers, ({ records }) => recordsOf(records)),
  };
  const validity = validityOf(plan, known, stories, integrity);
  const { busyPpm, gaps, lag, blocked } = known.generator;
  return {
    ...figures,
    format: 1,
    run: runOf(ledgers.map(({ header }) => header), missing),
    verdict: verdictOf(ledgers, known, validity, integrity.state, once),
    thresholds: plan.thresholds.map(({ metric, comparison, limit, invalidates, statistic }, at) => ({
      ...known.thresholds[at],
      metric,
      comparison,
      limit,
      invalidates,
      unit: statistic.kind === "ratio"
        ? "ppm"
        : ["errors", "checks", "drops"].includes(metric) || statistic.kind === "count"
        ? "count"
        : metric === "bytes"
        ? "bytes"
        : metric === "rate" || statistic.kind === "rate"
        ? "millis-per-second"
        : "ticks",
    })),
    validity,
    integrity,
    shards: ledgers.map(({ header, records, integrity }, at) => ({
      index: header.shard.index,
      count: header.shard.count,
      started: header.started,
      host: hostOf(header),
      state: integrity.state,
      records: recordsOf(records),
      sessions: stories[at].sessions.filter(({ stage }) => !plan.load.stages[stage].warmup).length,
      requests:
        stories[at].requests.filter(({ kind, session }) =>
          kind === "request" && !plan.load.stages[session.stage].warmup
        ).length,
    })),
    missingShards: missing,
    decisions: { sessions: new Set(ledgers.flatMap(({ records }) => endedOf(records))).size },
    once,
    generator: {
      lag,
      blocked,
      gaps: { ...gaps, longest: longestOf(plan, ledgers, stories) },
      processor: busyPpm === null ? null : {
        shard: header.shard.index,
        usedPpm: busyPpm,
        isBusy: busyPpm >= 900_000,
      },
    },
    groups: plan.steps.filter(({ kind, flow }) =>
      kind === "group" && flow !== plan.setup && flow !== plan.teardown
    ).map((group, at) => ({ ...known.groups[at], depth: depthOf(plan, group.group) })),
    stages: plan.load.stages.map(({ warmup, startTick, lengthTicks }, at) => ({
      ...known.stages[at],
      warmup,
      startTick,
      lengthTicks,
      planned: plannedOf(plan, at, ledgers.length / shard.count),
    })),
    statuses: known.statuses.map((one) => ({ ...one, name: GRPC[one.status - 600] ?? null })),
    errors: known.errors.map((one) => {
      const { name, cause, action } = requestError(one.code);
      return { ...one, name, cause, action };
    }),
  };
}

/** As gRPC numbers them. */
const GRPC = ("OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS " +
  "PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL " +
  "UNAVAILABLE DATA_LOSS UNAUTHENTICATED").split(" ");

/** Records with those that carry their texts, 28 bytes each. */
function recordsOf(records: readonly Told[]): number {
  return sum(records, ({ text }) => 1 + Math.ceil(new TextEncoder().encode(text).length / 28));
}

function endedOf(records: readonly Told[]): (number | null)[] {
  return records.filter(({ name, a }) => name === "sessionEnded" && a !== END.runStopped)
    .map(({ session }) => session);
}

function runOf(headers: readonly LedgerHeader[], missing: readonly number[]): Figures {
  const [{ plan, ...header }] = headers;
  const urls = plan.targets.map(({ scheme, host, port }) => `${scheme}://${host}:${port}`);
  return {
    name: plan.name,
    description: plan.description,
    planSha256: header.plan_sha256,
    seed: header.seed,
    simulated: header.simulated === true,
    target: urls[0],
    targets: plan.targets.map(({ name, tls }, at) => {
      return { name, url: urls[at], insecure: tls !== null && tls.insecure };
    }),
    model: plan.load.model,
    shard: headers.length + missing.length > 1 ? { index: 1, count: 1 } : header.shard,
    overrides: [...new Set(headers.flatMap(({ overrides }) => overrides))],
    started: headers.map(({ started }) => started).sort()[0],
    z6c: header.z6c,
    deno: header.deno,
    host: hostOf(headers[0]),
  };
}

function hostOf({ host: { memory_bytes, ...host } }: LedgerHeader): Figures {
  return { ...host, memoryBytes: memory_bytes };
}

type Once = Readonly<{ phase: string; outcome: string }>;

/** docs/metrics.md, "Setup and teardown". */
function onceOf({ header: { plan, shard }, records }: NaiveLedger): Once[] {
  return ([["setup", SESSION.setup], ["teardown", SESSION.teardown]] as const).flatMap(([phase, number]) => {
    const own = records.filter(({ session }) => session === number);
    if (own.length === 0) return [];
    const issued = own.filter(({ name }) => name === "requestIssued");
    const end = own.find(({ name }) => name === "sessionEnded")?.a ?? -1;
    const isBroken = own.findLastIndex(({ name }) => name === "checkFailed" || name === "requestFailed") >
      own.findLastIndex(({ name }) => name === "retried");
    return [{
      phase,
      shard: shard.index,
      outcome: end === END.completed ? "completed" : end === END.stepFailed || isBroken ? "failed" : "cut",
      lengthTicks: Math.max(...own.map(({ tick }) => tick)) -
        (own.find(({ name }) => name === "sessionStarted")?.tick ?? 0),
      requests: issued.filter(({ step }) => plan.steps[step ?? -1].kind === "request").length,
      steps: [...new Set(issued.map(({ step }) => plan.steps[step ?? -1].name))],
    }];
  });
}

type Promised = Readonly<
  { name: string; unit: string; ok: boolean; actual: number | null; limit: number | null }
>;

/** docs/metrics.md, "Validity". */
function validityOf(
  { validity, load }: Plan,
  { generator, sessions, requests }: Known,
  stories: readonly Story[],
  integrity: Readonly<{ state: string; records: number }>,
): Promised[] {
  const start = Math.min(...load.stages.filter(({ warmup }) => !warmup).map(({ startTick }) => startTick));
  const arrivals = sessions.started + sessions.dropped;
  const gaps = stories.flatMap(({ gaps, lastTick }) => {
    const ticks = sum(gaps, (gap) => Math.max(0, Math.min(gap.ticks, gap.tick - start)));
    return lastTick > start ? [rounded((ticks * 1_000_000) / (lastTick - start))] : [];
  });
  const most = (name: string, unit: string, actual: number | null, limit: number) => {
    return { name, unit, actual, limit, ok: actual === null || actual <= limit };
  };
  return [
    most("lag", "ticks", generator.lag?.p99 ?? null, validity.lagP99Ticks),
    most(
      "drops",
      "ppm",
      arrivals === 0 ? null : rounded((sessions.dropped * 1_000_000) / arrivals),
      validity.dropsPpm,
    ),
    most("gaps", "ppm", gaps.length === 0 ? null : Math.max(...gaps), validity.gapsPpm),
    most("cpu", "ppm", generator.busyPpm, validity.cpuPpm ?? 1_000_000),
    { name: "samples", unit: "count", actual: requests.issued, limit: null, ok: requests.issued > 0 },
    {
      name: "ledger",
      unit: "count",
      actual: integrity.records,
      limit: null,
      ok: integrity.state === "whole" && stories.every(({ ended }) => ended),
    },
  ];
}

/** docs/metrics.md, "Verdict and exit code". */
function verdictOf(
  ledgers: readonly NaiveLedger[],
  { requests, thresholds }: Known,
  validity: readonly Promised[],
  state: string,
  once: readonly Once[],
): Figures {
  const [{ header: { plan } }] = ledgers;
  const stops = new Set(
    ledgers.flatMap(({ records }) => records.filter(({ name }) => name === "runStopped").map(({ a }) => a)),
  );
  const isInterrupted = stops.has(STOP.interrupted) || stops.has(STOP.halted);
  const neverBegan = stops.has(STOP.setupFailed) && requests.issued === 0;
  const counts = ({ name }: Promised) =>
    !(isInterrupted && (name === "samples" || (name === "ledger" && state !== "damaged"))) &&
    !(neverBegan && name === "samples");
  const missed = plan.thresholds.flatMap(({ invalidates }, at) =>
    thresholds[at].passed ? [] : [{ invalidates, actual: thresholds[at].actual }]
  );
  const isInvalid = stops.has(STOP.ledgerFull) || validity.some((one) => !one.ok && counts(one)) ||
    missed.some(({ invalidates, actual }) =>
      invalidates && !(actual === null && (isInterrupted || neverBegan))
    );
  const isFailed = missed.length > 0 || stops.has(STOP.stepFailed) || stops.has(STOP.setupFailed) ||
    (requests.issued > 0 && requests.responded === 0) ||
    once.some(({ phase, outcome }) => phase === "setup" && outcome === "failed");
  if (isInvalid) return { verdict: "invalid", exitCode: 97 };
  if (isInterrupted) return { verdict: "interrupted", exitCode: 105 };
  return isFailed ? { verdict: "failed", exitCode: 99 } : { verdict: "passed", exitCode: 0 };
}

function longestOf(plan: Plan, ledgers: readonly NaiveLedger[], stories: readonly Story[]): Figures[] {
  const start = Math.min(
    ...plan.load.stages.filter(({ warmup }) => !warmup).map(({ startTick }) => startTick),
  );
  return stories.flatMap(({ gaps }, at) =>
    gaps.map(({ tick, ticks }) => {
      const fromTick = Math.max(start, tick - ticks);
      return { shard: ledgers[at].header.shard.index, fromTick, lengthTicks: tick - fromTick };
    })
  ).filter(({ lengthTicks }) => lengthTicks > 0)
    .sort((a, b) => b.lengthTicks - a.lengthTicks || a.fromTick - b.fromTick).slice(0, 5);
}

function depthOf(plan: Plan, group: number): number {
  return group < 0 ? 0 : 1 + depthOf(plan, plan.steps[group].group);
}

function plannedOf({ load }: Plan, stage: number, share: number): number | null {
  if (load.model === "closed") return null;
  const { sessions, rateStart, rateEnd, perTicks, lengthTicks } = load.stages[stage];
  const mean = ((rateStart + rateEnd) * lengthTicks) / (2 * perTicks);
  return Math.round((load.arrivals === "uniform" ? sessions : mean) * share);
}
