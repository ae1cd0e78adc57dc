/** Quantiles of response times, and the heat map, of one stretch of time after another. */
import { heatRow } from "./heat_rows.ts";
import { nearestRank } from "./nearest_rank.ts";
import type { TimelineColumn } from "./timeline.ts";
import { NamedColumns } from "./timeline_columns.ts";
import { OUTCOMES } from "./timeline_outcomes.ts";
import type { TimelineParts } from "./timeline_parts.ts";

const TOLD = [["p50", 500_000], ["p90", 900_000], ["p99", 990_000], ["max", 1_000_000]] as const;
const HEAT_ROWS = 256;

/** Parts of the run that hold the same samples of the stretch at hand: their quantiles are the same. */
type Alike = {
  readonly sums: number[];
  /** How many samples, how many of them went by, and which of `TOLD` is sought next, at which rank. */
  count: number;
  passed: number;
  sought: number;
  rank: number;
};

/** A sample's time and the step × stage × outcome it comes from are one number, so that sorting is of plain numbers. */
export class TimelineQuantiles {
  private readonly columns: NamedColumns<(typeof TOLD)[number][0]>;
  private readonly heat: NamedColumns<"heat">;
  private readonly cells: number;
  /** Times above it count as it: with 12 outcomes, 10 stages and 100 steps 8 days. */
  private readonly most: number;
  /** By step × stage × outcome: the parts of the run that it is in. */
  private readonly sums: (readonly number[])[] = [];
  /** The same of the stretch at hand, those that are alike as one. */
  private readonly alike: (readonly Alike[])[] = [];
  /** By step × stage × outcome: the row of its latest sample, and that row's column. */
  private readonly heatRows: Int32Array;
  private readonly heatColumns: Float64Array[] = [];

  constructor(private readonly parts: TimelineParts, length: number, private readonly heatStretches: number) {
    this.columns = new NamedColumns(TOLD.map(([name]) => name), length, -1);
    this.heat = new NamedColumns(["heat"], Math.ceil(length / heatStretches));
    this.cells = parts.outcomeCells;
    this.most = Math.floor(Number.MAX_SAFE_INTEGER / this.cells) - 1;
    this.heatRows = new Int32Array(this.cells).fill(-1);
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
    this.begin(this.countCells(samples));
    const heatPlace = Math.floor(stretch / this.heatStretches);
    for (const sample of samples) {
      const cell = sample % this.cells;
      const ticks = (sample - cell) / this.cells;
      this.heatOf(cell, heatRow(ticks))[heatPlace]++;
      const alike = this.alike[cell];
      for (let n = 0; n < alike.length; n++) {
        if (++alike[n].passed === alike[n].rank) this.found(alike[n], stretch, ticks);
      }
    }
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

  private begin(counts: ReadonlyMap<number, number>): void {
    const cellsOf = new Map<number, number[]>();
    for (const cell of counts.keys()) {
      this.sums[cell] ??= this.parts.sumsOf(cell);
      for (const sum of this.sums[cell]) {
        const cells = cellsOf.get(sum);
        if (cells === undefined) cellsOf.set(sum, [cell]);
        else cells.push(cell);
      }
      this.alike[cell] = [];
    }
    for (const sums of Map.groupBy(cellsOf.keys(), (sum) => String(cellsOf.get(sum))).values()) {
      const cells = cellsOf.get(sums[0]) ?? [];
      const count = cells.reduce((all, cell) => all + (counts.get(cell) ?? 0), 0);
      const alike = { sums, count, passed: 0, sought: 0, rank: nearestRank(TOLD[0][1], count) };
      for (const cell of cells) this.alike[cell] = [...this.alike[cell], alike];
    }
  }

  /** One sample may be several of the wanted quantiles. */
  private found(alike: Alike, stretch: number, ticks: number): void {
    while (alike.sought < TOLD.length && alike.rank === alike.passed) {
      for (const sum of alike.sums) this.columns.of(sum)[TOLD[alike.sought][0]][stretch] = ticks;
      alike.sought++;
      alike.rank = alike.sought < TOLD.length ? nearestRank(TOLD[alike.sought][1], alike.count) : 0;
    }
  }

  /** Samples come ascending, so that a cell's row is often the one before. */
  private heatOf(cell: number, row: number): Float64Array {
    if (this.heatRows[cell] !== row) {
      this.heatRows[cell] = row;
      this.heatColumns[cell] = this.heat.of(cell * HEAT_ROWS + row).heat;
    }
    return this.heatColumns[cell];
  }
}
