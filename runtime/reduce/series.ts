/** Samples of one metric from one part of the run, and the quantiles wanted of them. */
import { Histogram } from "./histogram.ts";
import type { RankWindow } from "./rank_window.ts";
import { Refinement } from "./refinement.ts";
import type { Scope } from "./scope.ts";

/** What can be sampled. All in ticks. */
export const SAMPLED = [
  "response_time",
  "service_time",
  "first_byte",
  "dns",
  "connect",
  "tls",
  "first_message",
  "message_gap",
  "lag",
  "blocked",
  "session_time",
  "group_time",
  "group_elapsed",
] as const;
export type Sampled = (typeof SAMPLED)[number];

/** Takes samples during one pass. */
export interface Recorder {
  add(value: number): void;
}

/** The samples of one figure, reduced as they come. */
export class Series {
  readonly histogram: Histogram;
  private isClosed = false;
  private refinement: Refinement | null = null;
  private windows: readonly RankWindow[] = [];

  /** `singlesMost`: of its histogram. */
  constructor(
    readonly metric: Sampled,
    readonly scope: Scope,
    private readonly ppms: ReadonlySet<number>,
    singlesMost: number,
  ) {
    this.histogram = new Histogram(singlesMost);
  }

  /** Closes a pass; returns what the next one must feed, or null when every wanted quantile is known. */
  closePass(): Recorder | null {
    if (!this.isClosed) this.windows = this.closeHistogram();
    else if (this.refinement !== null) this.windows = this.refinement.narrowed();
    const isOpen = this.windows.some(({ width }) => width > 1);
    this.refinement = isOpen ? new Refinement(this.windows) : null;
    return this.refinement;
  }

  /** The exact order statistic, by nearest rank; null without samples. Asked for only what was wanted. */
  quantile(ppm: number): number | null {
    if (this.histogram.count === 0) return null;
    const window = this.windows.find((window) => window.ppm === ppm);
    if (window === undefined || window.width !== 1) throw new Error(`quantile ${ppm} ppm was not sought`);
    return window.low;
  }

  private closeHistogram(): readonly RankWindow[] {
    this.isClosed = true;
    this.histogram.close();
    return this.histogram.count === 0 ? [] : this.histogram.windows([...this.ppms]);
  }
}
