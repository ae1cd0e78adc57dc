/**
 * What stands out in a run: types only, all of it JSON. docs/report.md says when each is found. A finding tells what was
 * seen, and what was seen at the same time; it claims no causes.
 *
 * Times of requests are those at which they were due. Quantiles are to within 3 %, for they are taken from histograms;
 * ticks at which something began or ended are those of stretches, some hundred to a run.
 */
import type { Tick } from "../../plan.ts";

/** The weightiest first, at most five. */
export type Diagnosis = readonly Finding[];

export type Finding =
  | ErrorsFinding
  | ResponseTimeRose
  | ResponseTimeFell
  | ArrivalsDropped
  | FellBehind
  | PeriodicStalls
  | Blocked
  | SlowStart
  | ThresholdMissed;

/** Of the load. */
export type StepName = Readonly<{ flow: string; step: string }>;

/** `fromTick` null: from the beginning of measured time; `toTick` null: to the end. */
export type TimeSpan = Readonly<{ fromTick: Tick | null; toTick: Tick | null }>;

/** An error of the closed list, or a response with a failed check; status 0 is of no request of HTTP. */
export type ErrorKind =
  | Readonly<{ kind: "error"; code: number; name: string }>
  | Readonly<{ kind: "unexpected"; status: number; name: string | null }>;

/** Errors of one kind, together in time. */
export type ErrorsFinding = Readonly<{
  kind: "errors";
  what: ErrorKind;
  /** In the spans, and of how many requests that were due at these steps in them. */
  count: number;
  requests: number;
  sharePpm: number;
  /** When the first of them ended; of unexpected responses, to a stretch. */
  firstTick: Tick;
  /** In the order of time; at most three. The whole run where they are spread over it. */
  spans: readonly TimeSpan[];
  /** The most frequent first, at most three of `stepsInAll`. */
  steps: readonly (StepName & Readonly<{ count: number; sharePpm: number }>)[];
  stepsInAll: number;
}>;

/** A quantile of response time of one step. */
export type StepChange = StepName & Readonly<{ beforeTicks: Tick; afterTicks: Tick }>;

/** Response time rose at a time and stayed high, for good or until a time, once or several times. */
export type ResponseTimeRose = Readonly<{
  kind: "response-time-rose";
  quantile: "p50" | "p99";
  /** In the order of time; at most three of `spansInAll`. */
  spans: readonly TimeSpan[];
  spansInAll: number;
  /** Those that rose, the one that rose most first; at most three of `stepsInAll`. */
  steps: readonly StepChange[];
  stepsInAll: number;
  meanwhile: Meanwhile;
}>;

/** Response time fell at a time and stayed low. */
export type ResponseTimeFell = Readonly<{
  kind: "response-time-fell";
  quantile: "p50" | "p99";
  atTick: Tick;
  steps: readonly StepChange[];
  stepsInAll: number;
  meanwhile: Meanwhile;
}>;

/** What else was seen in the spans. */
export type Meanwhile = Readonly<{
  errors: readonly Readonly<
    { what: ErrorKind; flow: string; step: string; count: number; sharePpm: number }
  >[];
  /** The stage that began then. */
  stage: string | null;
  /** What the plan asked for on average, where it was more or less than before: arrivals per second, or users. */
  load: Readonly<{ unit: "arrivals-per-second" | "users"; before: number; after: number }> | null;
  generator: Readonly<{
    /** Null: below 1 ms. */
    lagP99Ticks: Tick | null;
    /** Of the five longest loop gaps, what lies in the spans. */
    gapTicks: Tick;
    isBusy: boolean;
    /** None of these is large beside the change. */
    isFine: boolean;
  }>;
}>;

/** An open load had no free VU for some arrivals. */
export type ArrivalsDropped = Readonly<{
  kind: "arrivals-dropped";
  count: number;
  /** Of all arrivals. */
  sharePpm: number;
  maxVus: number;
  span: TimeSpan;
  /** Arrivals due and started per second in the span. */
  intendedPerSecond: number;
  startedPerSecond: number;
}>;

/** From a rate on, requests of an open load ended more slowly than they were due. */
export type FellBehind = Readonly<{
  kind: "fell-behind";
  span: TimeSpan;
  /** Requests per second: due at its beginning, due and ended in all of it. */
  duePerSecondFirst: number;
  duePerSecond: number;
  endedPerSecond: number;
}>;

/** Response time was high again and again, equally far apart. */
export type PeriodicStalls = Readonly<{
  kind: "periodic-stalls";
  everyTicks: Tick;
  lengthTicks: Tick;
  times: number;
  span: TimeSpan;
  /** Medians of response time, relative to each step's own: so many times slower, in thousandths. */
  slowerMillis: number;
}>;

/** Requests waited for a shared connection for a good part of their response time. */
export type Blocked = Readonly<{
  kind: "blocked";
  blockedP99Ticks: Tick;
  responseP99Ticks: Tick;
}>;

/** The run's beginning was slower than the rest. */
export type SlowStart = Readonly<{
  kind: "slow-start";
  /** Where measured time begins. */
  fromTick: Tick;
  toTick: Tick;
  quantile: "p50" | "p99";
  beforeTicks: Tick;
  afterTicks: Tick;
  /** The plan has a warm-up stage before it. */
  hasWarmup: boolean;
}>;

/** A missed threshold that one step explains, or that was missed by little. */
export type ThresholdMissed = Readonly<{
  kind: "threshold-missed";
  text: string;
  /** By which part of the limit; null where it is no narrow miss. */
  byPpm: number | null;
  /** The step that has most of what is beyond the limit, and its share of that; null where none stands out. */
  step: (StepName & Readonly<{ sharePpm: number }>) | null;
}>;
