/** How many tests passed and failed, as `deno test` says on its last lines. */

export type Counts = Readonly<{ passed: number; failed: number }>;

const SUMMARY = /^(?:ok|FAILED) \| (\d+) passed[^|]*\| (\d+) failed/gm;
// deno-lint-ignore no-control-regex -- colours
const COLOUR = /\x1b\[[0-9;]*m/g;

/** The counts in `stdout`. A run that failed without naming a failure, or that says nothing, counts as one failure. */
export function testCounts(stdout: string, success: boolean): Counts {
  const summaries = [...stdout.replace(COLOUR, "").matchAll(SUMMARY)];
  const last = summaries.at(-1);
  if (last === undefined) return { passed: 0, failed: 1 };
  const counts = { passed: Number(last[1]), failed: Number(last[2]) };
  return success || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** The sum of both. */
export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}
