/** What else was seen while response times were others: errors, load, and the generator itself. */
import type { Meanwhile } from "./diagnosis.ts";
import { quantileTicks, type Stretches } from "./table.ts";
import { type DiagnosedRun, errorKind, ppmOf, sumOf } from "./run.ts";
import { LATE_TICKS } from "./counts.ts";
import { ROWS } from "./rows.ts";
import { rounded } from "../rounding.ts";
import { plannedColumns } from "../timeline_plan.ts";

/** Errors are told from this share of what ended at their step on, … */
const ERRORS_SHARE_PPM = 10_000;
const ERRORS_LEAST = 5;
/** … where it is so many times the share outside of the spans. */
const ERRORS_TIMES = 3;
const ERRORS_TOLD = 2;
/** The load is told where it changed by this factor. */
const LOAD_FACTOR = 1.25;
const THOUSANDTHS = 1000;
const SECOND = 1_000_000;
/** A stage that began at most this part of the run away began then. */
const NEAR_SHARE = 0.02;
/** The generator is fine while its lag is at most this part of the change, and its gaps of the time. */
const LAG_SHARE = 0.1;
const GAPS_SHARE = 0.05;

/** `spans`: when it was so; `before`: to compare with; `changeTicks`: by how much response time changed. */
export function meanwhile(
  run: DiagnosedRun,
  spans: readonly Stretches[],
  before: readonly Stretches[],
  changeTicks: number,
): Meanwhile {
  return {
    errors: errorsIn(run, spans, before),
    stage: stageAt(run, spans[0].from),
    load: loadIn(run, spans, before),
    generator: generatorIn(run, spans, changeTicks),
  };
}

function errorsIn(
  run: DiagnosedRun,
  spans: readonly Stretches[],
  before: readonly Stretches[],
): Meanwhile["errors"] {
  return run.errors.flatMap(({ step, what, counts }) => {
    const count = sumOf(counts, spans);
    const sharePpm = ppmOf(count, run.endedAt(step, spans));
    const usualPpm = ppmOf(sumOf(counts, before), run.endedAt(step, before));
    if (count < ERRORS_LEAST || sharePpm < ERRORS_SHARE_PPM || sharePpm < ERRORS_TIMES * usualPpm) return [];
    return [{ what: errorKind(what), ...run.nameOf(step), count, sharePpm }];
  }).sort((one, other) => other.count - one.count).slice(0, ERRORS_TOLD);
}

/** The one that began nearest to it, other than with measured time. */
function stageAt({ plan, counts, length, measuredFromTick }: DiagnosedRun, stretch: number): string | null {
  const near = Math.max(1, NEAR_SHARE * length);
  const distance = (startTick: number) => Math.abs(startTick / counts.widthTicks - stretch);
  return plan.load.stages
    .filter(({ startTick }) => startTick > measuredFromTick && distance(startTick) <= near)
    .sort((one, other) => distance(one.startTick) - distance(other.startTick))
    .at(0)?.name ?? null;
}

/** By the plan, so that chance has no part in it. */
function loadIn(
  { plan, counts, length, summary: { shards } }: DiagnosedRun,
  spans: readonly Stretches[],
  before: readonly Stretches[],
): Meanwhile["load"] {
  const share = shards.length / shards[0].count;
  const columns = plannedColumns(plan, counts.widthTicks, length, share)
    .filter(({ stage }) => !plan.load.stages[stage].warmup);
  const isClosed = plan.load.model === "closed";
  const average = (of: readonly Stretches[]) => {
    let sum = 0;
    let stretches = 0;
    for (const { from, to } of of) {
      for (let at = from; at < to; at++) {
        const planned = columns.reduce((all, { values }) => all + values[at], 0);
        if (planned === 0) continue;
        sum += planned;
        stretches++;
      }
    }
    const each = stretches === 0 ? 0 : sum / stretches / THOUSANDTHS;
    return rounded(isClosed ? each : each * SECOND / counts.widthTicks);
  };
  const load = { before: average(before), after: average(spans) };
  const factor = Math.max(load.after / load.before, load.before / load.after);
  if (load.before === 0 || load.after === 0 || factor < LOAD_FACTOR) return null;
  return { unit: isClosed ? "users" : "arrivals-per-second", ...load };
}

function generatorIn(
  run: DiagnosedRun,
  spans: readonly Stretches[],
  changeTicks: number,
): Meanwhile["generator"] {
  const { gaps, processor } = run.summary.generator;
  const rows = new Float64Array(ROWS);
  for (const { from, to } of spans) {
    for (let at = from * ROWS; at < to * ROWS; at++) rows[at % ROWS] += run.counts.lag[at];
  }
  // Of lags, the long ones were counted; the others are below.
  const issued = run.tables.reduce((sum, { step }) => sum + run.endedAt(step, spans), 0);
  const late = rows.reduce((sum, count) => sum + count, 0);
  rows[0] = Math.max(0, issued - late);
  const p99 = quantileTicks(rows, 990_000);
  const lagP99Ticks = p99 < LATE_TICKS ? null : p99;
  const gapTicks = gaps.longest.reduce(
    (sum, { fromTick, lengthTicks }) =>
      sum + spans.reduce((inSpans, { from, to }) => {
        const end = Math.min(fromTick + lengthTicks, run.tickOf(to));
        return inSpans + Math.max(0, end - Math.max(fromTick, run.tickOf(from)));
      }, 0),
    0,
  );
  const ticks = spans.reduce((sum, span) => sum + run.ticksOf(span), 0);
  const isBusy = processor?.isBusy ?? false;
  const isFine = (lagP99Ticks ?? 0) <= LAG_SHARE * changeTicks && gapTicks <= GAPS_SHARE * ticks && !isBusy;
  return { lagP99Ticks, gapTicks, isBusy, isFine };
}
