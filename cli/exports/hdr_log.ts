/**
 * Response times as an HdrHistogram log (format 1.3): a histogram of all requests for each stretch of time, and one with
 * the tag `flow/step` for each step. Values are microseconds, to three digits. Warm-up is left out.
 */
import { build, type Histogram, HistogramLogWriter } from "hdr-histogram-js";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { stretchWidth } from "../../runtime/reduce/timeline_width.ts";
import { SECOND_TICKS, SecondCounts, SecondFold } from "./second_fold.ts";

/** A longer run has longer stretches. */
const MOST_STRETCHES = 120;
/** Histograms in memory at once, of some 50 KiB each; where there are more, the ledgers are read again. */
const MOST_HISTOGRAMS = 1000;

/** `lastTick`: of the run. `print` takes the text piece by piece. */
export function writeHdrLog(
  ledgers: readonly ReducibleLedger[],
  lastTick: number,
  print: (text: string) => void,
): void {
  const [{ header: { plan, started } }] = ledgers;
  const rows = plan.steps.length + 1;
  const seconds = Math.floor(lastTick / SECOND_TICKS) + 1;
  const width = Math.max(1, stretchWidth(lastTick, MOST_STRETCHES) / SECOND_TICKS);
  const stretches = Math.ceil(seconds / width);
  const window = Math.max(1, Math.floor(MOST_HISTOGRAMS / rows));
  const tags = ["", ...plan.steps.map(({ flow, name }) => tagOf(`${plan.flows[flow].name}/${name}`))];
  const log = new HistogramLogWriter(print);
  writeHead(log, plan.name, Date.parse(started));
  for (let from = 0; from < stretches; from += window) {
    const end = Math.min(stretches, from + window);
    const histograms = histogramsOf(ledgers, { from, end, width, seconds, rows });
    for (let stretch = from; stretch < end; stretch++) {
      for (let row = 0; row < rows; row++) {
        const histogram = histograms.get(stretch * rows + row);
        if (histogram === undefined) continue;
        if (row > 0) histogram.tag = tags[row];
        log.outputIntervalHistogram(histogram, stretch * width, (stretch + 1) * width);
      }
    }
  }
}

/** Not by the writer's own `outputStartTime`: that tells the time in this machine's zone. */
function writeHead(log: HistogramLogWriter, name: string, startMs: number): void {
  log.outputLogFormatVersion();
  log.outputComment(
    `[response times of ${name.replace(/\s+/g, " ")} in microseconds, maxima in milliseconds]`,
  );
  log.outputComment(
    `[StartTime: ${(startMs / 1000).toFixed(3)} (seconds since epoch), ${new Date(startMs).toISOString()}]`,
  );
  log.outputLegend();
}

type Window = Readonly<{ from: number; end: number; width: number; seconds: number; rows: number }>;

/** By stretch × row. */
function histogramsOf(
  ledgers: readonly ReducibleLedger[],
  { from, end, width, seconds, rows }: Window,
): Map<number, Histogram> {
  const histograms = new Map<number, Histogram>();
  const record = (key: number, ticks: number) => {
    let histogram = histograms.get(key);
    if (histogram === undefined) {
      histogram = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 });
      histograms.set(key, histogram);
    }
    histogram.recordValue(ticks);
  };
  const counts = new SecondCounts(from * width, Math.min(end * width, seconds), rows);
  for (const { header, scan } of ledgers) {
    const fold = new SecondFold(header.plan, counts, seconds, (second, row, ticks) => {
      const stretch = Math.floor(second / width);
      record(stretch * rows + row, ticks);
      if (counts.inAll[row]) record(stretch * rows, ticks);
    });
    scan((block) => fold.visit(block));
  }
  return histograms;
}

/** A tag ends at a comma, and a line at its end. */
function tagOf(name: string): string {
  return name.replace(/[,\s]+/g, "_");
}
