/** Quantiles of response times, and the heat map, of one stretch of time after another. */
import { heatRow } from "./heat_rows.ts";
import type { TimelineColumn } from "./timeline.ts";
import { NamedColumns } from "./timeline_columns.ts";
import { OUTCOMES } from "./timeline_outcomes.ts";
import type { TimelineParts } from "./timeline_parts.ts";

const TOLD = [["p50", 500_000], ["p90", 900_000], ["p99", 990_000], ["max", 1_000_000]] as const;
const HEAT_ROWS = 256;

/** A sample's time and the step × stage × outcome it comes from are one number, so that sorting is of plain numbers. */
export class TimelineQuantiles {
  private readonly columns: NamedColumns<(typeof TOLD)[number][0]>;
  private readonly heat: NamedColumns<"heat">;
  private readonly cells: number;
  /** Times above it count as it: with 12 outcomes, 10 stages and 100 steps 8 days. */
  private readonly most: number;
  /** By step × stage × outcome: the parts of the run that it is in. */
  private readonly sums: (readonly number[])[] = [];
  /** Of the stretch at hand, by part: how many samples, how many of them went by, and which rank is sought next. */
  private readonly counts: Float64Array;
  private readonly passed: Float64Array;
  private readonly sought: Uint8Array;
  private readonly ranks: Float64Array;

  constructor(private readonly parts: TimelineParts, length: number, private readonly heatStretches: number) {
    this.columns = new NamedColumns(TOLD.map(([name]) => name), length, -1);
    this.heat = new NamedColumns(["heat"], Math.ceil(length / heatStretches));
    this.cells = parts.outcomeCells;
    this.most = Math.floor(Number.MAX_SAFE_INTEGER / this.cells) - 1;
    this.counts = new Float64Array(parts.sums);
    this.passed = new Float64Array(parts.sums);
    this.sought = new Uint8Array(parts.sums);
    this.ranks = new Float64Array(parts.sums);
  }

  /** For `TimelineSamples`. */
  sample(ticks: number, outcomeCell: number): number {
    return Math.min(ticks, this.most) * this.cells + outcomeCell;
  }

  /** The times in samples, and the step × stage that each comes from. */
  forEach(samples: Float64Array, visit: (ticks: number, cell: number) => void): void {
    for (const sample of samples) {
      const outcomeCell = sample % this.cells;
      visit((sample - outcomeCell) / this.cells, Math.floor(outcomeCell / OUTCOMES.length));
    }
  }

  /** All samples of a stretch, ascending. */
  stretch(stretch: number, samples: Float64Array): void {
    const counts = this.countCells(samples);
    const touched = this.begin(counts);
    const heatPlace = Math.floor(stretch / this.heatStretches);
    for (const sample of samples) {
      const cell = sample % this.cells;
      const ticks = (sample - cell) / this.cells;
      this.heat.of(cell * HEAT_ROWS + heatRow(ticks)).heat[heatPlace]++;
      for (const sum of this.sums[cell]) {
        if (++this.passed[sum] === this.ranks[sum]) this.found(sum, stretch, ticks);
      }
    }
    for (const sum of touched) this.counts[sum] = this.passed[sum] = 0;
  }

  told(): TimelineColumn[] {
    const { parts } = this;
    return [
      ...this.columns.told((sum) => parts.sumPart(sum)),
      ...this.heat.told((key) => ({
        ...parts.outcomeCell(Math.floor(key / HEAT_ROWS)),
        code: key % HEAT_ROWS,
      })),
    ];
  }

  private countCells(samples: Float64Array): Map<number, number> {
    const counts = new Map<number, number>();
    for (const sample of samples) {
      const cell = sample % this.cells;
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
    return counts;
  }

  private begin(counts: Map<number, number>): Set<number> {
    const touched = new Set<number>();
    for (const [cell, count] of counts) {
      this.sums[cell] ??= this.parts.sumsOf(cell);
      for (const sum of this.sums[cell]) {
        this.counts[sum] += count;
        touched.add(sum);
      }
    }
    for (const sum of touched) {
      this.sought[sum] = 0;
      this.ranks[sum] = this.rankOf(sum);
    }
    return touched;
  }

  /** One sample may be several of the wanted quantiles. */
  private found(sum: number, stretch: number, ticks: number): void {
    const columns = this.columns.of(sum);
    while (this.sought[sum] < TOLD.length && this.ranks[sum] === this.passed[sum]) {
      columns[TOLD[this.sought[sum]][0]][stretch] = ticks;
      this.sought[sum]++;
      this.ranks[sum] = this.sought[sum] < TOLD.length ? this.rankOf(sum) : 0;
    }
  }

  /** Nearest rank. */
  private rankOf(sum: number): number {
    const [, ppm] = TOLD[this.sought[sum]];
    return Math.max(1, Math.ceil((ppm * this.counts[sum]) / 1_000_000));
  }
}
