/** How a run went over time, in a bounded number of points: types only. docs/report.md defines every column. */
import type { Tick } from "../plan.ts";

/**
 * What a column holds for each stretch of time, in whole numbers. Of sessions: `started` (by intended start),
 * `dropped`, `sessionsEnded`, `sessionTicks`. Of requests, and of what is done on a WebSocket: `due`, `issued`,
 * `ended`, `errors`, `inFlightTicks`; of those that ended in a response, where their time went, in all: `lagTicks`,
 * `blockedTicks`, `dnsTicks`, `connectTicks`, `tlsTicks`, `waitTicks`, `receiveTicks`, and how many they were:
 * `responses`. Messages `sent` and `received`. Response times: `p50`, `p90`, `p99`, `max` (−1: none), and `heat`. Of the
 * generator: `lagP99`, `lagMax` (−1: none), `gapTicks`, `gapMax`. Of the plan, in thousandths: `plannedSessions`,
 * `plannedUsers`.
 *
 * `sessionTicks` and `inFlightTicks` are what a stretch adds to the time that was under way: those that began in it up
 * to its end, less those that ended in it from there to its end.
 */
export const COLUMN_NAMES = [
  "started",
  "dropped",
  "sessionsEnded",
  "sessionTicks",
  "due",
  "issued",
  "ended",
  "errors",
  "inFlightTicks",
  "lagTicks",
  "blockedTicks",
  "dnsTicks",
  "connectTicks",
  "tlsTicks",
  "waitTicks",
  "receiveTicks",
  "responses",
  "sent",
  "received",
  "p50",
  "p90",
  "p99",
  "max",
  "heat",
  "lagP99",
  "lagMax",
  "gapTicks",
  "gapMax",
  "plannedSessions",
  "plannedUsers",
] as const;
export type ColumnName = (typeof COLUMN_NAMES)[number];

/** Of which part of the run. −1: all of them, and of stages all that are no warm-up. */
export type ColumnPart = Readonly<{
  /** Positions in the plan. A step says its flow, too. */
  flow: number;
  step: number;
  stage: number;
  /** Position in `OUTCOMES`. */
  outcome: number;
  /** Of `errors`: a code, or 0 for responses with failed checks. Of `heat`: the row. Else 0. */
  code: number;
}>;

/** Stretches before `from` and behind the last value: 0, or of times, nothing. */
export type TimelineColumn =
  & ColumnPart
  & Readonly<{ name: ColumnName; from: number; values: readonly number[] }>;

/** Quantiles of all response times of a part of the run, in the order of `SPECTRUM_PPMS`. */
export type Spectrum = Readonly<
  { flow: number; step: number; stage: number; count: number; ticks: readonly Tick[] }
>;

export type Timeline = Readonly<{
  /** Stretch n of `length` goes from n · widthTicks to just before (n + 1) · widthTicks. */
  widthTicks: Tick;
  length: number;
  /** So many stretches are one place of a `heat` column. */
  heatStretches: number;
  columns: readonly TimelineColumn[];
  spectra: readonly Spectrum[];
}>;

/** The quantiles of a spectrum. */
export const SPECTRUM_PPMS = [
  0,
  100_000,
  250_000,
  500_000,
  750_000,
  900_000,
  950_000,
  975_000,
  990_000,
  995_000,
  999_000,
  999_500,
  999_900,
  999_950,
  999_990,
  999_999,
  1_000_000,
] as const;
