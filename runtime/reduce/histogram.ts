/** First pass: all samples of one series, counted into buckets; number, sum, least and greatest exactly. */
import { bucketLow, bucketOf, bucketWidth } from "./buckets.ts";
import type { RankWindow } from "./rank_window.ts";

export class Histogram {
  /** Grows with the greatest sample: 16 KiB up to 4 ms, 72 KiB up to 1 s. A bucket holds up to 2^32 − 1 samples. */
  private buckets = new Uint32Array(1 << 12);
  count = 0;
  sum = 0;
  min = Infinity;
  max = -1;

  /** `value` is a whole number from 0 to 2^53 − 1. */
  add(value: number): void {
    const bucket = bucketOf(value);
    if (bucket >= this.buckets.length) this.grow(bucket);
    this.buckets[bucket]++;
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  /**
   * The bucket in which each of the wanted quantiles lies, in their order. Nearest rank: of n samples in ascending
   * order, quantile q is the one at place ceil(q · n), and the first for q = 0. There must be a sample.
   */
  windows(ppms: readonly number[]): RankWindow[] {
    const windows: RankWindow[] = [];
    let bucket = 0;
    let before = 0;
    for (const ppm of [...ppms].sort((one, other) => one - other)) {
      const rank = Math.max(1, Math.ceil((ppm * this.count) / 1_000_000));
      while (before + this.buckets[bucket] < rank) before += this.buckets[bucket++];
      windows.push({ ppm, low: bucketLow(bucket), width: bucketWidth(bucket), rank: rank - before });
    }
    return windows;
  }

  private grow(bucket: number): void {
    const grown = new Uint32Array((Math.floor(bucket / 2048) + 1) * 2048);
    grown.set(this.buckets);
    this.buckets = grown;
  }
}
