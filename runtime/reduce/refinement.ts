/** Later passes: only the samples inside the windows that hold a wanted rank are counted, one count a part. */
import type { RankWindow } from "./rank_window.ts";

/** A window is split into at most this many parts: 32 KiB. Below 33 s one refinement reaches single ticks. */
const PARTS = 1 << 13;

export class Refinement {
  private readonly lows: number[] = [];
  private readonly highs: number[] = [];
  private readonly partWidths: number[] = [];
  private readonly counts: Uint32Array[] = [];
  private readonly least: number;
  private readonly greatest: number;

  /** Windows in ascending order; two of them are the same or do not overlap. */
  constructor(private readonly windows: readonly RankWindow[]) {
    for (const { low, width } of windows) {
      if (this.lows.at(-1) === low) continue;
      const parts = Math.min(width, PARTS);
      this.lows.push(low);
      this.highs.push(low + width);
      this.partWidths.push(width / parts);
      this.counts.push(new Uint32Array(parts));
    }
    this.least = this.lows[0] ?? Infinity;
    this.greatest = this.highs.at(-1) ?? -Infinity;
  }

  add(value: number): void {
    if (value < this.least || value >= this.greatest) return;
    let index = 0;
    while (value >= this.highs[index]) index++;
    const offset = value - this.lows[index];
    if (offset >= 0) this.counts[index][Math.floor(offset / this.partWidths[index])]++;
  }

  /** The same wanted ranks in windows of one part each; of width 1 once they are exact. */
  narrowed(): RankWindow[] {
    return this.windows.map((window) => {
      const index = this.lows.indexOf(window.low);
      const counts = this.counts[index];
      const width = this.partWidths[index];
      let part = 0;
      let rank = window.rank;
      while (counts[part] < rank) rank -= counts[part++];
      return { ppm: window.ppm, low: window.low + part * width, width, rank };
    });
  }
}
