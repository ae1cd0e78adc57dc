/** Of a missed threshold: by how little, and which step is beyond its limit most. */
import type { Threshold } from "../../plan.ts";
import type { ThresholdMissed } from "./diagnosis.ts";
import { timeRow } from "./rows.ts";
import { type DiagnosedRun, ppmOf, sumOf } from "./run.ts";

/** Missed by so much of the limit at most. */
const NARROW_PPM = 50_000;
/** So much of what is beyond the limit is one step's. */
const STEP_PPM = 600_000;
/** Below the limit's hundredth part, or so few samples beyond it, nothing is said of a step. */
const BEYOND_LEAST = 10;

export function thresholdsMissed(run: DiagnosedRun): ThresholdMissed[] {
  return run.summary.thresholds.flatMap(({ passed, actual, limit, text }, position) => {
    if (passed || actual === null) return [];
    const by = limit === 0 ? Infinity : Math.abs(actual - limit) / limit;
    const byPpm = by * 1_000_000 > NARROW_PPM ? null : Math.round(by * 1_000_000);
    const step = stepOf(run, run.plan.thresholds[position]);
    return byPpm === null && step === null ? [] : [{ kind: "threshold-missed", text, byPpm, step }];
  });
}

/** Only where the threshold is one of all steps, and there are several. */
function stepOf(run: DiagnosedRun, threshold: Threshold): ThresholdMissed["step"] {
  const { metric, comparison, flow, step, stage, tag, limit } = threshold;
  if (step >= 0 || flow >= 0 || tag >= 0 || stage >= 0 || run.tables.length < 2) return null;
  if (comparison !== "<" && comparison !== "<=") return null;
  const counts = run.tables.map(({ step, table }) => {
    const beyond = metric === "response_time"
      ? table.pooled([run.whole]).subarray(timeRow(limit)).reduce((sum, count) => sum + count, 0)
      : metric === "errors"
      ? run.errors.filter((it) => it.step === step).reduce(
        (sum, it) => sum + sumOf(it.counts, [run.whole]),
        0,
      )
      : 0;
    return { step, beyond };
  }).sort((one, other) => other.beyond - one.beyond);
  const all = counts.reduce((sum, { beyond }) => sum + beyond, 0);
  const [most] = counts;
  const sharePpm = ppmOf(most.beyond, all);
  return all < BEYOND_LEAST || sharePpm < STEP_PPM ? null : { ...run.nameOf(most.step), sharePpm };
}
