/** What stands out in a run, the weightiest first: the whole of it on one screen. docs/report.md has the rules. */
import type { Plan } from "../../plan.ts";
import type { Diagnosis, ErrorsFinding, Finding, ResponseTimeRose } from "./diagnosis.ts";
import type { DiagnosisCounts } from "./counts.ts";
import { errorFindings } from "./errors.ts";
import { arrivalsDropped, blocked, fellBehind } from "./load.ts";
import { periodicStalls } from "./periods.ts";
import { responseFindings } from "./response.ts";
import { DiagnosedRun, type Undiagnosed } from "./run.ts";
import { thresholdsMissed } from "./thresholds.ts";

const FINDINGS_MOST = 5;
/** Errors of this share of all that ended at their steps come before everything. */
const GRAVE_PPM = 500_000;
/** Errors of which this part is told with a rise are not told again. */
const TOLD_SHARE = 0.9;

/** `counts`: of all ledgers; null where there are none. `summary`: of the same. */
export function diagnose(plan: Plan, counts: DiagnosisCounts | null, summary: Undiagnosed): Diagnosis {
  if (counts === null || summary.requests.issued === 0) return [];
  const run = new DiagnosedRun(plan, counts, summary);
  const periods = periodicStalls(run);
  const response = responseFindings(run, periods?.everyTicks ?? 0);
  const errors = errorFindings(run).filter((finding) => !isToldWith(finding, response.rises));
  const isGrave = ({ sharePpm }: ErrorsFinding) => sharePpm >= GRAVE_PPM;
  const findings: (Finding | null)[] = [
    ...errors.filter(isGrave),
    ...response.rises,
    ...errors.filter((finding) => !isGrave(finding)),
    arrivalsDropped(run),
    fellBehind(run),
    periods,
    blocked(run),
    response.start,
    ...response.falls,
    ...thresholdsMissed(run),
  ];
  return findings.filter((finding) => finding !== null).slice(0, FINDINGS_MOST);
}

/** Errors of one step that came while its response times were high are told there. */
function isToldWith(errors: ErrorsFinding, rises: readonly ResponseTimeRose[]): boolean {
  return errors.stepsInAll === 1 &&
    rises.some(({ meanwhile }) =>
      meanwhile.errors.some(({ what, flow, step, count }) =>
        count >= TOLD_SHARE * errors.count && flow === errors.steps[0].flow &&
        step === errors.steps[0].step &&
        JSON.stringify(what) === JSON.stringify(errors.what)
      )
    );
}
