/** What paired requests come to, as rows and a sentence, whatever they are written in. */
import { count, counted, percent } from "../../runtime/report/format.ts";
import type { Comparison, Finding, PairedStep } from "./comparison.ts";
import { differenceText, rangeText } from "./words.ts";

/** A step's; `longer`: which part of the pairs took longer in B. */
export type PairedRow = Readonly<
  { finding: Finding; step: string; pairs: string; difference: string; interval: string; longer: string }
>;

export const PAIRED_TITLE = "Request by request";
export const PAIRED_COLUMNS = { pairs: "pairs", difference: "mean of B − A", longer: "longer in B" } as const;

/** Empty where no request was paired. */
export function pairedRows({ pairedRequests: paired }: Comparison): PairedRow[] {
  if (paired === null) return [];
  const flows = new Set(paired.steps.map(({ flow }) => flow)).size;
  return paired.steps.map((of) => ({
    finding: of.finding,
    step: flows > 1 ? `${of.flow}/${of.step}` : of.step,
    pairs: count(of.pairs),
    difference: meanText(of),
    interval: rangeText(of.meanDifference, "ticks") ?? "",
    longer: percent((of.longer * 1_000_000) / of.pairs),
  }));
}

/** Averages of less than a tick are shown as none. */
function meanText({ meanDifference: { value } }: PairedStep): string {
  return differenceText(Math.abs(value) < 0.5 ? 0 : value, "ticks");
}

/** Which they are, and how many. */
export function pairedText({ pairedRequests: paired }: Comparison): string {
  if (paired === null) return "";
  const { pairs, of: { baseline, candidate } } = paired;
  const all = pairs === baseline && pairs === candidate;
  return "Response time of each request of B less that of the same request of A: the same place in the same " +
    "session, without further tries. " +
    (all
      ? `All ${counted(pairs, "request")} were paired.`
      : `${count(pairs)} were paired, of ${count(baseline)} in A and ${count(candidate)} in B.`);
}
