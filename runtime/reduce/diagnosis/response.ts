/** Response times that rose, fell, or were high at the beginning. Each step is looked at by itself. */
import type { ResponseTimeFell, ResponseTimeRose, SlowStart, StepChange } from "./diagnosis.ts";
import { type Changes, changesOf, isHigher, type Quantile, QUANTILES } from "./changes.ts";
import { meanwhile } from "./meanwhile.ts";
import type { DiagnosedRun } from "./run.ts";
import { relativeTable, type StepTable, type Stretches } from "./table.ts";

/** Findings of each kind at most. */
const FINDINGS = 2;
const SPANS_TOLD = 3;
const STEPS_TOLD = 3;
/** Two steps rose together where so much of the shorter one's time is the other's, too. */
const OVERLAP = 0.5;
/** A start is looked for in so much time, and at least in so many stretches. */
const START_TICKS = 1_000_000;
const START_STRETCHES = 2;
/** … and is so many times slower at least. */
const START_FACTOR = 3;
const START_SAMPLES = 20;

/** Of one step. */
type StepChanges = StepTable & Readonly<{ changes: Changes }>;

export type ResponseFindings = Readonly<{
  rises: readonly ResponseTimeRose[];
  falls: readonly ResponseTimeFell[];
  start: SlowStart | null;
}>;

/** `notWithinTicks`: rises shorter than that are told otherwise. */
export function responseFindings(run: DiagnosedRun, notWithinTicks: number): ResponseFindings {
  const own = run.tables.flatMap(({ step, table }): StepChanges[] => {
    const changes = changesOf(table, "p99", false) ?? changesOf(table, "p50", false);
    return changes === null ? [] : [{ step, table, changes }];
  });
  const all = own.length > 0 ? own : changesOfAll(run);
  return {
    rises: rises(run, all, notWithinTicks),
    falls: falls(run, all),
    start: slowStart(run, all),
  };
}

/** Where no step has enough requests by itself, all of them have. */
function changesOfAll(run: DiagnosedRun): StepChanges[] {
  if (run.tables.length < 2) return [];
  const relative = relativeTable(run.counts, run.tables);
  const changes = changesOf(relative, "p99", true) ?? changesOf(relative, "p50", true);
  if (changes === null) return [];
  return run.tables.flatMap(({ step, table }) => {
    const rises = changes.rises.filter((rise) =>
      isHigher(table, changes.quantile, [rise], changes.usual, false)
    );
    return rises.length === 0
      ? []
      : [{ step, table, changes: { ...changes, rises, fall: null, startEnd: null } }];
  });
}

function rises(run: DiagnosedRun, all: readonly StepChanges[], notWithinTicks: number): ResponseTimeRose[] {
  const left = all.flatMap((one) => {
    const rises = one.changes.rises.filter((rise) => run.ticksOf(rise) >= notWithinTicks);
    if (rises.length === 0) return [];
    const change = stepChange(run, one, one.changes.usual, rises);
    return [{ ...one, rises, change, weight: weightOf(one.table, rises, change) }];
  }).sort((one, other) => other.weight - one.weight || one.step - other.step);
  const found: ResponseTimeRose[] = [];
  while (left.length > 0 && found.length < FINDINGS) {
    const [head] = left;
    const together = left.filter((it) => it === head || overlap(it.rises, head.rises));
    for (const one of together) left.splice(left.indexOf(one), 1);
    const { beforeTicks, afterTicks } = head.change;
    found.push({
      kind: "response-time-rose",
      quantile: head.changes.quantile,
      spans: head.rises.slice(0, SPANS_TOLD).map((rise) => run.spanOf(rise)),
      spansInAll: head.rises.length,
      steps: together.slice(0, STEPS_TOLD).map(({ change }) => change),
      stepsInAll: together.length,
      meanwhile: meanwhile(run, head.rises, head.changes.usual, afterTicks - beforeTicks),
    });
  }
  return found;
}

function falls(run: DiagnosedRun, all: readonly StepChanges[]): ResponseTimeFell[] {
  const fell = all.flatMap(({ step, table, changes }) => {
    if (changes.fall === null) return [];
    const before = { from: changes.startEnd ?? run.first, to: changes.fall };
    const change = stepChange(run, { step, table, changes }, [before], changes.usual);
    return [{ before, changes, at: changes.fall, change, weight: weightOf(table, [before], change) }];
  }).sort((one, other) => other.weight - one.weight);
  if (fell.length === 0) return [];
  const [{ before, changes, at, change }] = fell;
  const ticks = change.beforeTicks - change.afterTicks;
  return [{
    kind: "response-time-fell",
    quantile: changes.quantile,
    atTick: run.tickOf(at),
    steps: fell.slice(0, STEPS_TOLD).map((one) => one.change),
    stepsInAll: fell.length,
    meanwhile: meanwhile(run, [{ from: at, to: run.length }], [before], ticks),
  }];
}

function stepChange(
  run: DiagnosedRun,
  { step, table, changes }: StepChanges,
  before: readonly Stretches[],
  after: readonly Stretches[],
): StepChange {
  const { ppm } = QUANTILES[changes.quantile];
  return {
    ...run.nameOf(step),
    beforeTicks: run.quantileTicks(table, before, ppm),
    afterTicks: run.quantileTicks(table, after, ppm),
  };
}

/** More requests, or a larger change, weigh more. */
function weightOf(
  table: StepTable["table"],
  spans: readonly Stretches[],
  { beforeTicks, afterTicks }: StepChange,
): number {
  const count = spans.reduce((sum, { from, to }) => sum + table.count(from, to), 0);
  return count * Math.abs(afterTicks - beforeTicks);
}

function overlap(one: readonly Stretches[], other: readonly Stretches[]): boolean {
  return one.some((a) =>
    other.some((b) => {
      const both = Math.min(a.to, b.to) - Math.max(a.from, b.from);
      return both >= OVERLAP * Math.min(a.to - a.from, b.to - b.from);
    })
  );
}

/** The step with most requests in the beginning stands for it. */
function slowStart(run: DiagnosedRun, all: readonly StepChanges[]): SlowStart | null {
  const stretches = Math.max(START_STRETCHES, Math.ceil(START_TICKS / run.counts.widthTicks));
  const first = { from: run.first, to: Math.min(run.first + stretches, run.length) };
  const told = run.tables
    .map(({ step, table }) => ({ step, table, count: table.count(first.from, first.to) }))
    .sort((one, other) => other.count - one.count || one.step - other.step);
  for (const { step, table, count } of told.slice(0, 1)) {
    const changes = all.find((one) => one.step === step)?.changes;
    if (changes !== undefined && changes.startEnd !== null) {
      return startOf(run, table, changes.quantile, changes.startEnd, changes.usual);
    }
    if (count < START_SAMPLES || (changes?.fall ?? null) !== null) continue;
    // A run that is hardly longer than its start has none.
    const usual = changes?.usual ?? [{ from: first.to, to: run.length }];
    const later = usual.map(({ from, to }) => ({ from: Math.max(from, first.to), to }))
      .filter(({ from, to }) => to > from);
    if (later.reduce((sum, { from, to }) => sum + to - from, 0) < 3 * stretches) continue;
    for (const quantile of ["p50", "p99"] as const) {
      if (!isHigher(table, quantile, [first], later, false)) continue;
      const start = startOf(run, table, quantile, first.to, later);
      if (start.beforeTicks < START_FACTOR * start.afterTicks) continue;
      if (isSlowest(run, table, quantile, first, start.beforeTicks)) return start;
    }
  }
  return null;
}

/** No stretch of the same length is as slow later on, so that it is no burst as they come now and then. */
function isSlowest(
  run: DiagnosedRun,
  table: StepTable["table"],
  quantile: Quantile,
  first: Stretches,
  ticks: number,
): boolean {
  const width = first.to - first.from;
  for (let from = first.to; from < run.length; from += width) {
    const later = [{ from, to: Math.min(from + width, run.length) }];
    if (run.quantileTicks(table, later, QUANTILES[quantile].ppm) >= ticks) return false;
  }
  return true;
}

function startOf(
  run: DiagnosedRun,
  table: StepTable["table"],
  quantile: Quantile,
  to: number,
  later: readonly Stretches[],
): SlowStart {
  const { ppm } = QUANTILES[quantile];
  return {
    kind: "slow-start",
    fromTick: run.measuredFromTick,
    toTick: run.tickOf(to),
    quantile,
    beforeTicks: run.quantileTicks(table, [{ from: run.first, to }], ppm),
    afterTicks: run.quantileTicks(table, later, ppm),
    hasWarmup: run.plan.load.stages.some(({ warmup, startTick }) =>
      warmup && startTick < run.measuredFromTick
    ),
  };
}
