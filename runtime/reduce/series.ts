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
  readonly histogram = new Histogram();
  private refinement: Refinement | null = null;
  private windows: RankWindow[] = [];

  constructor(readonly metric: Sampled, readonly scope: Scope, private readonly ppms: Set<number>) {}

  want(ppm: number): void {
    this.ppms.add(ppm);
  }

  /** Closes a pass; returns what the next one must feed, or null when every wanted quantile is known. */
  closePass(): Recorder | null {
    if (this.histogram.count === 0) return null;
    this.windows = this.refinement?.narrowed() ?? this.histogram.windows([...this.ppms]);
    const open = this.windows.filter((window) => window.width > 1);
    if (open.length === 0) return null;
    this.refinement = new Refinement(this.windows);
    return this.refinement;
  }

  /** The exact order statistic, by nearest rank; null without samples. Asked for only what was wanted. */
  quantile(ppm: number): number | null {
    if (this.histogram.count === 0) return null;
    const window = this.windows.find((window) => window.ppm === ppm);
    if (window === undefined || window.width !== 1) throw new Error(`quantile ${ppm} ppm was not sought`);
    return window.low;
  }
}
