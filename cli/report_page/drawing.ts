/** What a chart shows, before it is drawn. */
import type uPlot from "uplot";
import type { Line } from "./selection.ts";

export type Horizontal = Readonly<{
  /** Of points; of stretches, where they begin, and where the last one ends. */
  values: readonly number[];
  written: (value: number, at: number) => string;
  /** Each value holds up to the next; zoomed and read together with all others that are stepped. */
  stepped: boolean;
  splits?: () => number[];
  increments?: number[];
  labels: (u: uPlot, splits: number[]) => string[];
}>;

export type Drawn = Readonly<{
  label: string;
  colour: string;
  /** A value for each stretch. */
  values: Line;
  /** A wish beside what came of it. */
  dashed?: boolean;
  /** Single points that no line joins. */
  dotted?: boolean;
  /** Filled down to the line before it. */
  filled?: boolean;
}>;

export type Drawing = Readonly<{
  lines: readonly Drawn[];
  /** Lines stand on top of each other, the first at the bottom. */
  stacked?: boolean;
  /** Values can be on a logarithmic scale. */
  log?: boolean;
  /** A value for people. */
  written: (value: number) => string;
  /** In place of lines that can be shown or not: a scale of colours, and what its ends mean. */
  scale?: Readonly<{ from: string; to: string; gradient: string }>;
  /** Of a chart that is not over time: its points. */
  horizontal?: Horizontal;
  /** Said where there is no line. */
  nothing?: string;
  /** What of the selection it does not follow. */
  note?: string;
}>;
