/** First pass: all samples of one series, counted; number, sum, least and greatest exactly. */
import { LogLinear } from "./log_linear.ts";
import { nearestRank } from "./nearest_rank.ts";
import type { RankWindow } from "./rank_window.ts";

/** Counts of single numbers that all histograms of a set may hold: 64 MiB. */
const SINGLES_IN_ALL = 1 << 24;
const SINGLES = { least: 1 << 12, most: 1 << 20 } as const;

/** 2,048 to each doubling. */
const BUCKETS = new LogLinear(11);

/**
 * Samples are counted so many at a time: one alone would wait for its count to come into the processor's cache, of many
 * these waits fall together.
 */
const WAITING = 512;

/** Up to which number each of so many histograms may count single numbers; from there on it counts in buckets. */
export function singlesFor(histograms: number): number {
  const share = 2 ** Math.floor(Math.log2(SINGLES_IN_ALL / Math.max(1, histograms)));
  return Math.max(SINGLES.least, Math.min(SINGLES.most, share));
}

/** A count is at most 2^32 − 1. */
export class Histogram {
  /** Behind `close`. */
  count = 0;
  sum = 0;
  min = Infinity;
  max = -1;
  /** A count a number, up to the greatest sample below `singlesMost`. */
  private singles = new Uint32Array(SINGLES.least);
  /** A count a bucket, from that of `singlesMost` on, up to the greatest sample. */
  private buckets = new Uint32Array(0);
  private readonly firstBucket: number;
  private readonly waiting = new Uint32Array(WAITING);
  private waitingCount = 0;

  /** `singlesMost`: a power of two, from `singlesFor`. */
  constructor(private readonly singlesMost: number) {
    this.firstBucket = BUCKETS.of(singlesMost);
  }

  /** `value` is a whole number from 0 to 2^53 − 1. */
  add(value: number): void {
    if (value >= this.singlesMost) return this.addHigh(value);
    this.waiting[this.waitingCount++] = value;
    if (this.waitingCount === WAITING) this.addWaiting();
  }

  /** No more samples come: says how many they were. */
  close(): void {
    this.addWaiting();
    const { singles } = this;
    for (let value = 0; value < singles.length; value++) {
      if (singles[value] === 0) continue;
      this.count += singles[value];
      this.sum += singles[value] * value;
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
  }

  /**
   * The bucket in which each of the wanted quantiles lies, in their order, by nearest rank. There must be a sample. The
   * counts are let go.
   */
  windows(ppms: readonly number[]): RankWindow[] {
    const { singles, buckets, firstBucket } = this;
    const windows: RankWindow[] = [];
    let place = 0;
    let before = 0;
    const countAt = () => place < singles.length ? singles[place] : buckets[place - singles.length];
    for (const ppm of [...ppms].sort((one, other) => one - other)) {
      const rank = nearestRank(ppm, this.count);
      while (before + countAt() < rank) {
        before += countAt();
        place++;
      }
      const bucket = place - singles.length + firstBucket;
      windows.push({
        ppm,
        rank: rank - before,
        ...(place < singles.length
          ? { low: place, width: 1 }
          : { low: BUCKETS.low(bucket), width: BUCKETS.width(bucket) }),
      });
    }
    this.singles = this.buckets = new Uint32Array(0);
    return windows;
  }

  private addWaiting(): void {
    const { waiting, waitingCount } = this;
    let greatest = 0;
    for (let at = 0; at < waitingCount; at++) greatest = Math.max(greatest, waiting[at]);
    if (greatest >= this.singles.length) {
      this.singles = grown(this.singles, 2 ** Math.ceil(Math.log2(greatest + 1)));
    }
    const { singles } = this;
    for (let at = 0; at < waitingCount; at++) singles[waiting[at]]++;
    this.waitingCount = 0;
  }

  private addHigh(value: number): void {
    const place = BUCKETS.of(value) - this.firstBucket;
    if (place >= this.buckets.length) {
      this.buckets = grown(this.buckets, (Math.floor(place / 2048) + 1) * 2048);
    }
    this.buckets[place]++;
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }
}

function grown(counts: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(counts);
  return larger;
}
