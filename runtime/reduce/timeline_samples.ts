/** Samples kept by their stretch of time, so that each stretch's can be sorted. */
import { assert } from "../ledger/assert.ts";
import { sortWholeNumbers } from "./sort_whole_numbers.ts";

/** Kept at once: 128 MiB. What is beyond that is kept when the ledgers are read again. */
const MOST_KEPT = 1 << 24;
const CHUNK = 1 << 10;

/** The samples of stretches from `from` on, up to where there is room: those of the last stretches are let go first. */
export class TimelineSamples {
  /** The stretches from here on are not kept. */
  end: number;
  private readonly chunks: Float64Array[][];
  private readonly counts: Float64Array;
  private kept = 0;

  constructor(readonly from: number, length: number, private readonly most = MOST_KEPT) {
    this.end = length;
    this.chunks = Array.from({ length }, () => []);
    this.counts = new Float64Array(length);
  }

  add(stretch: number, sample: number): void {
    if (stretch < this.from || stretch >= this.end) return;
    const place = this.counts[stretch] % CHUNK;
    const chunks = this.chunks[stretch];
    if (place === 0) chunks.push(new Float64Array(CHUNK));
    chunks[chunks.length - 1][place] = sample;
    this.counts[stretch]++;
    if (++this.kept > this.most) this.letGo();
  }

  /** All samples of a stretch that is kept, ascending; they are let go. */
  takeSorted(stretch: number): Float64Array {
    assert(stretch >= this.from && stretch < this.end, "the stretch was kept");
    const samples = new Float64Array(this.counts[stretch]);
    this.chunks[stretch].forEach((chunk, n) =>
      samples.set(chunk.subarray(0, samples.length - n * CHUNK), n * CHUNK)
    );
    this.chunks[stretch] = [];
    return sortWholeNumbers(samples);
  }

  /** One stretch is always kept, however many samples it has. */
  private letGo(): void {
    while (this.kept > this.most && this.end > this.from + 1) {
      this.end--;
      this.kept -= this.counts[this.end];
      this.chunks[this.end] = [];
    }
  }
}
