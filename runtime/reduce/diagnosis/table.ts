/** Response times by stretch and row, of one step or of several that are made comparable. */
import { type DiagnosisCounts, SHADES } from "./counts.ts";
import { quantileRow, rowMiddle, ROWS } from "./rows.ts";

export class SampleTable {
  /** All samples are in these rows. */
  private low: number;
  private high = 0;

  /** Stretches `first` … `counts.length` − 1; `rows` numbers to each. `counts`: how many samples each has. */
  constructor(
    private readonly values: Uint32Array,
    private readonly rows: number,
    readonly first: number,
    private readonly counts: Float64Array,
  ) {
    this.low = rows;
    for (let stretch = first; stretch < counts.length; stretch++) {
      if (counts[stretch] === 0) continue;
      const begin = stretch * rows;
      for (let row = 0; row < this.low; row++) if (values[begin + row] > 0) this.low = row;
      for (let row = rows - 1; row > this.high; row--) if (values[begin + row] > 0) this.high = row;
    }
  }

  get length(): number {
    return this.counts.length;
  }

  count(from: number, to: number): number {
    let sum = 0;
    for (let stretch = from; stretch < to; stretch++) sum += this.counts[stretch];
    return sum;
  }

  /** Of stretches from … to − 1, added to `rows`. */
  addTo(rows: Float64Array, from: number, to: number): Float64Array {
    for (let stretch = from; stretch < to; stretch++) {
      if (this.counts[stretch] === 0) continue;
      const begin = stretch * this.rows;
      for (let row = this.low; row <= this.high; row++) rows[row] += this.values[begin + row];
    }
    return rows;
  }

  pooled(spans: readonly Stretches[]): Float64Array {
    const rows = new Float64Array(this.rows);
    for (const { from, to } of spans) this.addTo(rows, from, to);
    return rows;
  }
}

/** Stretches from … to − 1. */
export type Stretches = Readonly<{ from: number; to: number }>;

export type StepTable = Readonly<{ step: number; table: SampleTable }>;

/** One of each step that has times. `first`: where measured time begins. */
export function stepTables(counts: DiagnosisCounts, steps: readonly number[], first: number): StepTable[] {
  return steps.flatMap((step) => {
    const of = counts.steps[step];
    if (of === undefined) return [];
    const inStretch = new Float64Array(counts.length);
    for (let shade = 0; shade < inStretch.length * SHADES; shade++) {
      inStretch[Math.floor(shade / SHADES)] += of.samples.values[2 * shade];
    }
    return [{ step, table: new SampleTable(of.times.values, ROWS, first, inStretch) }];
  });
}

/** All steps, each relative to its own median, so that it does not matter which of them came when. */
export function relativeTable(counts: DiagnosisCounts, tables: readonly StepTable[]): SampleTable {
  const [{ table: { first, length } }] = tables;
  const values = new Uint32Array(length * 2 * ROWS);
  const inStretch = new Float64Array(length);
  for (const { step, table } of tables) {
    const shift = ROWS - medianRow(table);
    const times = counts.steps[step]?.times.values ?? new Uint32Array();
    for (let stretch = first; stretch < length; stretch++) {
      const count = table.count(stretch, stretch + 1);
      if (count === 0) continue;
      inStretch[stretch] += count;
      for (let row = 0; row < ROWS; row++) {
        values[stretch * 2 * ROWS + row + shift] += times[stretch * ROWS + row];
      }
    }
  }
  return new SampleTable(values, 2 * ROWS, first, inStretch);
}

/** Of a table that is not empty. */
export function medianRow(table: SampleTable): number {
  return quantileRow(table.pooled([{ from: table.first, to: table.length }]), 500_000);
}

/** By shade: the mean of all samples' rows, each less its step's median, and how many there were. */
export function shadeLevels(
  counts: DiagnosisCounts,
  tables: readonly StepTable[],
): { sums: Float64Array; counts: Float64Array } {
  const length = counts.length * SHADES;
  const levels = { sums: new Float64Array(length), counts: new Float64Array(length) };
  for (const { step, table } of tables) {
    const of = counts.steps[step];
    if (of === undefined) continue;
    const median = medianRow(table);
    for (let shade = 0; shade < length; shade++) {
      const samples = of.samples.values[2 * shade];
      levels.sums[shade] += of.samples.values[2 * shade + 1] - samples * median;
      levels.counts[shade] += samples;
    }
  }
  return levels;
}

/** In ticks, to within 3 %; 0 where there is nothing. */
export function quantileTicks(rows: Float64Array, ppm: number): number {
  return rowMiddle(Math.max(0, quantileRow(rows, ppm)));
}
