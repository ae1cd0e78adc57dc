/** Errors of one kind: when, where, and how large a share. */
import type { ErrorsFinding } from "./diagnosis.ts";
import { type DiagnosedRun, errorKind, ppmOf, type StepErrors, sumOf } from "./run.ts";
import type { Stretches } from "./table.ts";

/** Told from this share of all that ended at their steps, … */
const SHARE_PPM = 10_000;
/** … or from so many, where they are together in so much of the run at most. */
const LEAST = 5;
const TOGETHER_SHARE = 0.25;
/** Errors that are so far apart, as a part of the run, are of two spans; more spans than that are one. */
const APART_SHARE = 0.03;
const APART_STRETCHES = 2;
const SPANS = 3;
/** Scattered errors are those of the whole run where it is no farther to its edges than so many times from one to the next. */
const EDGE_TIMES = 3;
const STEPS_TOLD = 3;

/** The weightiest first. */
export function errorFindings(run: DiagnosedRun): ErrorsFinding[] {
  const byKind = Map.groupBy(run.errors, ({ what }) => what);
  return [...byKind].flatMap(([what, ofSteps]) => findingOf(run, what, ofSteps) ?? [])
    .sort((one, other) => other.count - one.count);
}

function findingOf(run: DiagnosedRun, what: number, ofSteps: readonly StepErrors[]): ErrorsFinding | null {
  const spans = spansOf(run, ofSteps);
  const steps = ofSteps.map(({ step, counts }) => ({ step, count: sumOf(counts, spans) }))
    .sort((one, other) => other.count - one.count || one.step - other.step);
  const count = steps.reduce((sum, one) => sum + one.count, 0);
  const ended = (of: readonly Stretches[]) => steps.reduce((sum, { step }) => sum + run.endedAt(step, of), 0);
  const isTogether = spans.reduce((sum, { from, to }) => sum + to - from, 0) <=
    TOGETHER_SHARE * (run.length - run.first);
  if (ppmOf(count, ended([run.whole])) < SHARE_PPM && !(count >= LEAST && isTogether)) return null;
  return {
    kind: "errors",
    what: errorKind(what),
    count,
    requests: ended(spans),
    sharePpm: ppmOf(count, ended(spans)),
    firstTick: firstTick(run, what),
    spans: spans.map((span) => run.spanOf(span)),
    steps: steps.slice(0, STEPS_TOLD).map(({ step, count }) => ({
      ...run.nameOf(step),
      count,
      sharePpm: ppmOf(count, run.endedAt(step, spans)),
    })),
    stepsInAll: steps.length,
  };
}

/** At most three spans of several errors each, without a long pause, or one from the first to the last of them. */
function spansOf({ first, length }: DiagnosedRun, ofSteps: readonly StepErrors[]): Stretches[] {
  const apart = Math.max(APART_STRETCHES, APART_SHARE * (length - first));
  const spans: { from: number; to: number; count: number }[] = [];
  for (let stretch = 0; stretch < length; stretch++) {
    const count = ofSteps.reduce((sum, { counts }) => sum + counts[stretch], 0);
    if (count === 0) continue;
    const last = spans.at(-1);
    if (last !== undefined && stretch - last.to <= apart) {
      last.to = stretch + 1;
      last.count += count;
    } else {
      spans.push({ from: stretch, to: stretch + 1, count });
    }
  }
  const isFew = spans.length <= SPANS && spans.every(({ count }) => count >= LEAST);
  const [{ from }] = spans;
  const { to } = spans[spans.length - 1];
  const count = spans.reduce((sum, one) => sum + one.count, 0);
  // Errors that are far from each other anyway are those of the whole run where nothing else separates them from it.
  const edge = isFew ? APART_STRETCHES : Math.max(APART_STRETCHES, EDGE_TIMES * (to - from) / count);
  return (isFew ? spans : [{ from, to }]).map((span) => ({
    from: span.from - first <= edge ? first : span.from,
    to: length - span.to <= edge ? length : span.to,
  }));
}

/** When the first of them ended; of unexpected responses, whose checks are not told by status, its stretch's beginning. */
function firstTick(run: DiagnosedRun, what: number): number {
  const ofCode = run.summary.errors.find(({ code }) => code === what);
  if (ofCode !== undefined) return ofCode.firstTick;
  const first = run.errors.filter((it) => it.what === what)
    .map(({ counts }) => counts.findIndex((count) => count > 0));
  return run.tickOf(Math.min(...first));
}
