/**
 * How the load went on, second by second: a row for the whole load, and one for each step that did something. Warm-up,
 * setup and teardown are left out, so that sums are those of the report. Quantiles are exact, by nearest rank.
 */
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { nearestRank } from "../../runtime/reduce/nearest_rank.ts";
import { TimelineSamples } from "../../runtime/reduce/timeline_samples.ts";
import { SECOND_TICKS, SecondCounts, SecondFold } from "./second_fold.ts";
import { columns, type RowWriter, type Value } from "./table.ts";

export const SECOND_COLUMNS = [
  ...columns("whole", "second"),
  ...columns("text", "flow?", "step?"),
  ...columns("whole", "sessions_started?", "sessions_dropped?"),
  ...columns("whole", "issued", "responded", "failed", "unexpected", "errors", "cancelled"),
  ...columns("whole", "sent_bytes", "received_bytes", "samples", "min_ticks?", "p50_ticks?", "p90_ticks?"),
  ...columns("whole", "p95_ticks?", "p99_ticks?", "p999_ticks?", "max_ticks?", "lag_max_ticks?"),
] as const;

const QUANTILES_PPM = [0, 500_000, 900_000, 950_000, 990_000, 999_000, 1_000_000] as const;

/** Cells of a window: all that is counted takes at most 64 MiB or so. */
const MOST_CELLS = 1 << 19;

/**
 * Reads the ledgers once for as many seconds as memory has room for: up to 16 million requests, and half a million
 * seconds × steps. `lastTick`: of the run. `mostKept`: samples that are kept at once, where that is not the usual number.
 */
export function writeSeconds(
  ledgers: readonly ReducibleLedger[],
  lastTick: number,
  to: RowWriter,
  mostKept?: number,
): void {
  const [{ header: { plan } }] = ledgers;
  const seconds = Math.floor(lastTick / SECOND_TICKS) + 1;
  const rows = plan.steps.length + 1;
  const window = Math.max(1, Math.floor(MOST_CELLS / rows));
  for (let from = 0; from < seconds;) {
    const samples = new TimelineSamples(from, Math.min(seconds, from + window), mostKept);
    const counts = new SecondCounts(from, samples.end, rows);
    for (const { header, scan } of ledgers) {
      const fold = new SecondFold(header.plan, counts, seconds, (second, row, ticks) => {
        samples.add(second, ticks * rows + row);
      });
      scan((block) => fold.visit(block));
    }
    for (; from < samples.end; from++) {
      const byRow = samplesByRow(samples.takeSorted(from), rows, counts.inAll);
      writeSecond(plan.steps.map(({ flow, name }) => [plan.flows[flow].name, name]), counts, from, byRow, to);
    }
  }
}

/** Ascending, as they came; row 0 has those of all rows that count for the whole load. */
function samplesByRow(sorted: Float64Array, rows: number, inAll: readonly boolean[]): number[][] {
  const byRow: number[][] = Array.from({ length: rows }, () => []);
  for (const sample of sorted) {
    const row = sample % rows;
    const ticks = (sample - row) / rows;
    byRow[row].push(ticks);
    if (inAll[row]) byRow[0].push(ticks);
  }
  return byRow;
}

function writeSecond(
  names: readonly (readonly [flow: string, step: string])[],
  counts: SecondCounts,
  second: number,
  byRow: readonly (readonly number[])[],
  to: RowWriter,
): void {
  for (let row = 0; row <= names.length; row++) {
    const at = counts.place(second, row);
    if (row > 0 && counts.isIdle(at)) continue;
    const [flow, step] = row === 0 ? [null, null] : names[row - 1];
    const samples = byRow[row];
    const values: Value[] = [
      second,
      flow,
      step,
      row === 0 ? counts.started[second - counts.from] : null,
      row === 0 ? counts.dropped[second - counts.from] : null,
      counts.issued[at],
      counts.responded[at],
      counts.failed[at],
      counts.unexpected[at],
      counts.failed[at] + counts.unexpected[at],
      counts.cancelled[at],
      counts.sentBytes[at],
      counts.receivedBytes[at],
      samples.length,
      ...QUANTILES_PPM.map((ppm) =>
        samples.length === 0 ? null : samples[nearestRank(ppm, samples.length) - 1]
      ),
      counts.lagMax[at] < 0 ? null : counts.lagMax[at],
    ];
    to.row(values);
  }
}
