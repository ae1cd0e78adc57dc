/** When response times of a table rose or fell persistently: change points of a quantile, confirmed on all samples. */
import { DOUBLING, quantileRow, rowMiddle } from "./rows.ts";
import { type Segment, segments } from "./segments.ts";
import type { SampleTable, Stretches } from "./table.ts";

export type Quantile = "p50" | "p99";

/** Parts of a million, and how many samples a block should have for it on average. */
export const QUANTILES = {
  p50: { ppm: 500_000, samples: 25 },
  p99: { ppm: 990_000, samples: 100 },
} as const;

/** Blocks of stretches whose quantiles are compared. */
const BLOCKS_MOST = 120;
const BLOCKS_LEAST = 8;
/** A change is by this factor or more (one doubling), and … */
export const FACTOR = 2;
const DOUBLINGS = Math.log2(FACTOR);
/** … by so much or more. */
export const LEAST_TICKS = 1000;
/** A rise is over where the level is less than so many doublings above the one before it. */
const OVER_DOUBLINGS = 0.75;
/** So much of a run, at most, is its start. */
const START_SHARE = 0.2;
/** Samples above the quantile from before: so many times the expected number, and so many more. */
const ABOVE_TIMES = 3;
const ABOVE_MORE = 10;

export type Changes = Readonly<{
  quantile: Quantile;
  /** High stretches; of the last, `to` is the table's length where it did not end. */
  rises: readonly Stretches[];
  /** Neither high nor before a fall nor of a slow start. */
  usual: readonly Stretches[];
  /** High before, low from there on. */
  fall: number | null;
  /** The end of a slow start. */
  startEnd: number | null;
}>;

type Block = Stretches & Readonly<{ level: number }>;

/** Null where nothing changed. For relative tables, `isRelative`: what is least in ticks is not asked. */
export function changesOf(table: SampleTable, quantile: Quantile, isRelative: boolean): Changes | null {
  const blocks = blocksOf(table, quantile);
  if (blocks.length < BLOCKS_LEAST) return null;
  const found = segments(blocks.map(({ level }) => level));
  if (found.length === 1) return null;
  const { rises, start, fall } = walk(found, blocks.length);
  const inTime = ({ from, to }: Stretches): Stretches => ({ from: blocks[from].from, to: blocks[to - 1].to });
  const begin = fall ?? start ?? 0;
  const usual = outside(rises, begin, blocks.length).map(inTime);
  const confirmed = (high: readonly Stretches[], low: readonly Stretches[]) =>
    isHigher(table, quantile, high, low, isRelative);
  const high = rises.filter((rise) => confirmed([inTime(rise)], usual));
  /** A fall from what was high from block `from` on, at block `at`. */
  const fallAt = (from: number, at: number | null) => {
    if (at === null) return null;
    const before = [inTime({ from, to: at })];
    if (!confirmed(before, usual)) return null;
    return new Edges(table, quantile, before, usual).between(blocks[at - 1].from, blocks[at].to, "fall");
  };
  const changes: Changes = {
    quantile,
    rises: high.map((rise) => refined(table, quantile, rise, blocks, usual)),
    usual,
    fall: fallAt(start ?? 0, fall),
    startEnd: fallAt(0, start),
  };
  return changes.rises.length === 0 && changes.fall === null && changes.startEnd === null ? null : changes;
}

/** As even as can be; those with few samples are left out. */
function blocksOf(table: SampleTable, quantile: Quantile): Block[] {
  const { ppm, samples } = QUANTILES[quantile];
  const { first, length } = table;
  const most = Math.min(BLOCKS_MOST, Math.floor(table.count(first, length) / samples));
  if (most < BLOCKS_LEAST) return [];
  const width = Math.ceil((length - first) / most);
  const blocks: Block[] = [];
  for (let from = first; from < length; from += width) {
    const to = Math.min(from + width, length);
    if (table.count(from, to) < samples / 4) continue;
    blocks.push({ from, to, level: quantileRow(table.pooled([{ from, to }]), ppm) / DOUBLING });
  }
  return blocks;
}

/** In blocks: rises above the level before them, where the slow start ends, and where the level fell for good. */
function walk(
  found: readonly Segment[],
  blocks: number,
): { rises: Stretches[]; start: number | null; fall: number | null } {
  const rises: Stretches[] = [];
  let start: number | null = null;
  let fall: number | null = null;
  let usual = found[0].level;
  let begin = -1;
  for (const { from, level } of found) {
    if (begin >= 0 && level < usual + OVER_DOUBLINGS) {
      rises.push({ from: begin, to: from });
      begin = -1;
    }
    if (begin >= 0) continue;
    if (level >= usual + DOUBLINGS) begin = from;
    if (level > usual - DOUBLINGS) continue;
    usual = level;
    // A rise that ends lower than it began is told as a rise.
    if (rises.length > 0) continue;
    if (from <= START_SHARE * blocks) start = from;
    else fall = from;
  }
  if (begin >= 0) rises.push({ from: begin, to: blocks });
  return { rises, start, fall };
}

function outside(spans: readonly Stretches[], begin: number, end: number): Stretches[] {
  const left: Stretches[] = [];
  let from = begin;
  for (const span of spans) {
    if (span.from > from) left.push({ from, to: span.from });
    from = span.to;
  }
  if (from < end) left.push({ from, to: end });
  return left;
}

/** By pooled quantiles, and by the number of samples above the quantile of the low stretches. */
export function isHigher(
  table: SampleTable,
  quantile: Quantile,
  high: readonly Stretches[],
  low: readonly Stretches[],
  isRelative: boolean,
): boolean {
  const { ppm } = QUANTILES[quantile];
  const rows = table.pooled(high);
  const highRow = quantileRow(rows, ppm);
  const lowRow = quantileRow(table.pooled(low), ppm);
  if (lowRow < 0 || highRow < 0) return false;
  if (isRelative) {
    if (highRow - lowRow < DOUBLING * DOUBLINGS) return false;
  } else {
    const [before, after] = [rowMiddle(lowRow), rowMiddle(highRow)];
    if (after < FACTOR * before || after < before + LEAST_TICKS) return false;
  }
  const all = rows.reduce((sum, count) => sum + count, 0);
  const above = rows.subarray(lowRow + 1).reduce((sum, count) => sum + count, 0);
  const expected = all * (1 - ppm / 1_000_000);
  return above >= Math.min(ABOVE_TIMES * expected, (expected + all) / 2) && above >= expected + ABOVE_MORE;
}

/** The edges to a stretch. */
function refined(
  table: SampleTable,
  quantile: Quantile,
  { from, to }: Stretches,
  blocks: readonly Block[],
  usual: readonly Stretches[],
): Stretches {
  const inside = { from: blocks[from].from, to: blocks[to - 1].to };
  const edges = new Edges(table, quantile, [inside], usual);
  const rise = {
    from: from === 0 ? inside.from : edges.between(blocks[from - 1].from, blocks[from].to, "rise"),
    to: to === blocks.length ? table.length : edges.between(blocks[to - 1].from, blocks[to].to, "fall"),
  };
  return rise.to > rise.from ? rise : inside;
}

/** Where, to a stretch, many samples are high and where few are. */
class Edges {
  private readonly limit: number;
  private readonly even: number;

  constructor(
    private readonly table: SampleTable,
    quantile: Quantile,
    high: readonly Stretches[],
    low: readonly Stretches[],
  ) {
    const usual = quantileRow(table.pooled(low), QUANTILES[quantile].ppm);
    this.limit = Math.ceil(usual + DOUBLING * DOUBLINGS / 2);
    this.even = (this.shareAbove(high) + this.shareAbove(low)) / 2;
  }

  /** Of all ways to divide these stretches, the one with most high samples on one side and fewest on the other. */
  between(from: number, to: number, way: "rise" | "fall"): number {
    let best = from;
    for (let at = from, sum = 0, most = 0; at < to; at++) {
      const excess = this.above([{ from: at, to: at + 1 }]) - this.even * this.table.count(at, at + 1);
      sum += way === "rise" ? -excess : excess;
      if (sum > most) [most, best] = [sum, at + 1];
    }
    return best;
  }

  private shareAbove(spans: readonly Stretches[]): number {
    const all = spans.reduce((sum, { from, to }) => sum + this.table.count(from, to), 0);
    return this.above(spans) / Math.max(1, all);
  }

  private above(spans: readonly Stretches[]): number {
    return this.table.pooled(spans).subarray(this.limit).reduce((sum, count) => sum + count, 0);
  }
}
