/** The samples of one series, counted by block of sessions and by cell, and what other draws of blocks would make of them. */
import type { LogLinear } from "../../runtime/reduce/log_linear.ts";
import type { Recorder } from "../../runtime/reduce/series.ts";
import { REPLICATES } from "./weights.ts";

/** Who knows the session of the record that a sample comes from. */
type Source = Readonly<{ session: number }>;

/** Samples to either side of a quantile that it takes to say how sure it is; for p99 that is 1,000 samples in all. */
export const BESIDE_QUANTILE = 10;

export class BlockSamples implements Recorder {
  /** Block after block, a count for each cell. */
  private counts: Uint32Array;
  /**
   * Behind `close`: cell after cell, for each block a count of all samples up to and in the cell. Exact up to 2^24 in a
   * block, which are 4,000 million samples in all; twice as fast as whole numbers.
   */
  private sumsUpTo = new Float32Array(0);
  /** By block. */
  private readonly sums: Float64Array;
  private readonly totals: Float64Array;
  private readonly first: number;
  private readonly rows: number;
  /** Set before each ledger is read. */
  source: Source = { session: 0 };

  /** `least` and `greatest` are known from an earlier pass. A block has 2^`shift` sessions. */
  constructor(
    private readonly cells: LogLinear,
    private readonly shift: number,
    private readonly blocks: number,
    private readonly least: number,
    private readonly greatest: number,
  ) {
    this.first = cells.of(least);
    this.rows = cells.of(greatest) - this.first + 1;
    this.counts = new Uint32Array(this.rows * blocks);
    this.sums = new Float64Array(blocks);
    this.totals = new Float64Array(blocks);
  }

  add(value: number): void {
    const block = this.source.session >>> this.shift;
    this.counts[block * this.rows + this.cells.of(value) - this.first]++;
    this.sums[block] += value;
  }

  /** No more samples come. */
  close(): void {
    const { counts, blocks, rows } = this;
    this.sumsUpTo = new Float32Array(counts.length);
    for (let block = 0; block < blocks; block++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        sum += counts[block * rows + row];
        this.sumsUpTo[row * blocks + block] = sum;
      }
      this.totals[block] = sum;
    }
    this.counts = new Uint32Array(0);
  }

  /** Of all samples. */
  get count(): number {
    return this.totals.reduce((sum, count) => sum + count, 0);
  }

  /** How many blocks have samples. */
  get blocksSeen(): number {
    return this.totals.reduce((seen, count) => seen + (count > 0 ? 1 : 0), 0);
  }

  /** Of each replicate, with `weights` of `blockWeights`. */
  averages(weights: Float64Array): Float64Array {
    return Float64Array.from({ length: REPLICATES }, (_, replicate) => {
      const at = replicate * this.blocks;
      let sum = 0;
      let count = 0;
      for (let block = 0; block < this.blocks; block++) {
        sum += weights[at + block] * this.sums[block];
        count += weights[at + block] * this.totals[block];
      }
      return sum / count;
    });
  }

  /** Of each replicate. */
  quantiles(weights: Float64Array, ppm: number): Float64Array {
    const guess = this.rowOf(this.once, 0, this.count * (ppm / 1_000_000), 0);
    return Float64Array.from(
      { length: REPLICATES },
      (_, replicate) => this.quantileOf(weights, replicate * this.blocks, ppm, guess),
    );
  }

  /** Of the samples as they are, found in the same way as those of replicates. */
  quantile(ppm: number): number {
    return this.quantileOf(this.once, 0, ppm, 0);
  }

  /** Weights with which each block counts once. */
  private get once(): Float64Array {
    return new Float64Array(this.blocks).fill(1);
  }

  /** Linear within a cell. `guess`: a row near it. */
  private quantileOf(weights: Float64Array, at: number, ppm: number, guess: number): number {
    const wanted = this.upTo(weights, at, this.rows - 1) * (ppm / 1_000_000);
    const row = this.rowOf(weights, at, wanted, guess);
    const cell = this.first + row;
    const width = this.cells.width(cell);
    if (width === 1) return cell;
    const before = row === 0 ? 0 : this.upTo(weights, at, row - 1);
    const inside = this.upTo(weights, at, row) - before;
    const value = this.cells.low(cell) + (width * (wanted - before)) / inside;
    return Math.min(Math.max(value, this.least), this.greatest);
  }

  /** The first row up to which there are so many: steps that double, away from the guess, then halves. */
  private rowOf(weights: Float64Array, at: number, wanted: number, guess: number): number {
    const reaches = (row: number) => this.upTo(weights, at, row) >= wanted;
    let low = 0;
    let high = this.rows - 1;
    if (reaches(guess)) {
      high = guess;
      for (let step = 1; high - step > low; step *= 2) {
        if (!reaches(high - step)) {
          low = high - step + 1;
          break;
        }
        high -= step;
      }
    } else {
      low = Math.min(guess + 1, high);
      for (let step = 1; low + step < high; step *= 2) {
        if (reaches(low + step)) {
          high = low + step;
          break;
        }
        low += step + 1;
      }
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (reaches(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Weighted samples up to and in a row. Four sums at once, for one alone waits for each addition. */
  private upTo(weights: Float64Array, at: number, row: number): number {
    const { sumsUpTo, blocks } = this;
    const from = row * blocks;
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    let block = 0;
    for (; block + 3 < blocks; block += 4) {
      sum0 += weights[at + block] * sumsUpTo[from + block];
      sum1 += weights[at + block + 1] * sumsUpTo[from + block + 1];
      sum2 += weights[at + block + 2] * sumsUpTo[from + block + 2];
      sum3 += weights[at + block + 3] * sumsUpTo[from + block + 3];
    }
    for (; block < blocks; block++) sum0 += weights[at + block] * sumsUpTo[from + block];
    return sum0 + sum1 + (sum2 + sum3);
  }
}
