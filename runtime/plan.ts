/**
 * The contract between compiler and runtime: what a scenario means, as data. Types only, no imports.
 *
 * A plan is canonical JSON, so every number in it is an integer (below 2^53) and every table has an order.
 * Positions are identities: flow 2 is `flows[2]`, step 5 is `steps[5]`, and the ledger stores those numbers.
 */

/** One microsecond of logical time; an integer. */
export type Tick = number;

/** Parts of a million; an integer from 0 to 1_000_000. */
export type Ppm = number;

export type Plan = Readonly<{
  /** Version of this shape. A runtime refuses a plan of another format. */
  format: 1;
  name: string;
  description: string;
  /** 0 … 2^53 − 1; keys every random draw. */
  seed: number;
  target: Target;
  load: Load;
  /** Alias table over `flows`: a u32 draw picks column `draw mod flows`, a second one keeps or swaps it. */
  choice: readonly Alias[];
  flows: readonly Flow[];
  /** Every step of every flow, in the order of the source. */
  steps: readonly Step[];
  requests: readonly Request[];
  thresholds: readonly Threshold[];
  validity: Validity;
  bounds: Bounds;
}>;

export type Target = Readonly<{
  scheme: "http" | "https";
  /** Host name or address, without brackets around IPv6. */
  host: string;
  port: number;
  transport: Transport;
  connections: Connections;
}>;

export type Transport = "socket" | "fetch";

/** Who owns a connection, and so how many there can be. */
export type Connections = Readonly<
  { kind: "per-vu" } | { kind: "per-session" } | { kind: "per-request" } | { kind: "shared"; size: number }
>;

export type Load = OpenLoad | ClosedLoad;

/** Sessions arrive by the clock, whether or not the target keeps up. */
export type OpenLoad = Readonly<{
  model: "open";
  arrivals: "uniform" | "poisson";
  stages: readonly OpenStage[];
  /** An arrival that finds this many sessions under way is recorded as dropped. */
  maxVus: number;
  gracefulStopTicks: Tick;
}>;

/**
 * The rate moves in a straight line from `rateStart` to `rateEnd`, both in sessions per `perTicks` ticks.
 * `perTicks` is the same in all stages of a plan.
 */
export type OpenStage = Readonly<{
  name: string;
  warmup: boolean;
  startTick: Tick;
  lengthTicks: Tick;
  rateStart: number;
  rateEnd: number;
  perTicks: number;
  /** Uniform arrivals: how many whole sessions the stages before this one hold, and how many this one holds. */
  firstSession: number;
  sessions: number;
  /**
   * Uniform arrivals: what the first arrival of this stage still lacks at the stage's start, in units of
   * 1 / (2 · perTicks) session, so that fractions of a session carry over from stage to stage.
   */
  lacking: number;
  /**
   * Poisson arrivals: cumulative distribution of the count in one slot of 1,000 ticks at the stage's highest
   * rate, each entry scaled to u32; a slot's count is the number of entries ≤ the draw. Empty for uniform.
   */
  slotQuantiles: readonly number[];
}>;

/** Users loop: each begins its next session when its last one ends. */
export type ClosedLoad = Readonly<{
  model: "closed";
  stages: readonly ClosedStage[];
  /** Sessions to run in all, or 0 for as many as the stages have time for. */
  iterations: number;
  /** The most users at any time. */
  maxVus: number;
  gracefulStopTicks: Tick;
}>;

/** The number of users moves in a straight line from `vusStart` to `vusEnd`. `lengthTicks` 0: no end but `iterations`. */
export type ClosedStage = Readonly<{
  name: string;
  warmup: boolean;
  startTick: Tick;
  lengthTicks: Tick;
  vusStart: number;
  vusEnd: number;
}>;

/** Column of an alias table (Walker 1977; Vose 1991): keep this index when the draw is below `keep`, else take `other`. */
export type Alias = Readonly<{ keep: number; other: number }>;

export type Flow = Readonly<{ name: string; weight: number; program: readonly Instruction[] }>;

/** What a session does next. A flow's program is run from its first instruction to its end. */
export type Instruction = Readonly<
  | { kind: "request"; step: number; request: number }
  /** Waits a whole number of ticks drawn from `minTicks … maxTicks`, both included. */
  | { kind: "think"; step: number; minTicks: Tick; maxTicks: Tick }
  /** Runs what lies between here and the matching `again` min … max times; 0 times jumps to just behind it. */
  | { kind: "repeat"; step: number; min: number; max: number; again: number }
  | { kind: "again"; step: number; repeat: number }
>;

export type Step = Readonly<{
  flow: number;
  name: string;
  kind: "request" | "think";
  /** FNV-1a (32 bit) of `flow/step`: keys the step's random draws, so that neighbours may come and go. Unique in a plan. */
  salt: number;
}>;

export type Request = Readonly<{
  method: string;
  /** From the request line to the empty line, both included. */
  head: Template;
  /** Empty where the request has no body. */
  body: Template;
  timeoutTicks: Tick;
  onError: "continue" | "end-session" | "stop-run";
  expect: Expect;
}>;

/** Literal text (sent as UTF-8) and slots, in order. */
export type Template = readonly Part[];
export type Part = string | Slot;

/**
 * A value that is not known before the run. Texts in a slot are already encoded for the place they stand in
 * (URL, header, JSON string). `use` numbers the draw within its step.
 */
export type Slot = Readonly<
  /** `host` or `host:port` of the target, so that a base can be overridden. */
  | { slot: "authority" }
  /** Decimal length of the rendered body. */
  | { slot: "content-length" }
  | { slot: "session" }
  /** Which VU carries the session: an observation, like `now`. */
  | { slot: "vu" }
  /** Which pass of the enclosing repeat, from 1; 1 outside of one. */
  | { slot: "loop" }
  /** `texts[stage of the session's arrival]` */
  | { slot: "stage"; texts: readonly string[] }
  /** RFC 9562 version 4. */
  | { slot: "uuid"; use: number }
  | { slot: "int"; use: number; min: number; max: number }
  | { slot: "choice"; use: number; texts: readonly string[] }
  /** RFC 3339 time of rendering: an observation. */
  | { slot: "now" }
>;

/** What a response must be. Check 0 is the status; body checks follow in order. */
export type Expect = Readonly<{
  /** Ranges of statuses, both ends included. */
  status: readonly (readonly [number, number])[];
  body: readonly BodyCheck[];
}>;

export type BodyCheck = Readonly<
  | { kind: "contains"; text: string }
  | { kind: "equals"; text: string }
  /** A JavaScript regular expression with the flag `u`. */
  | { kind: "matches"; pattern: string }
  | { kind: "size"; minBytes: number; maxBytes: number }
>;

export type Metric =
  | "response_time"
  | "service_time"
  | "first_byte"
  | "connect"
  | "lag"
  | "blocked"
  | "session_time"
  | "errors"
  | "checks"
  | "drops"
  | "rate"
  | "bytes";

export type Statistic = Readonly<
  /** Nearest rank; 990_000 is p99. */
  | { kind: "quantile"; ppm: Ppm }
  | { kind: "avg" | "min" | "max" }
  /** Parts of a million. */
  | { kind: "ratio" }
  | { kind: "count" | "total" }
  /** Per second, times 1,000 (so that limits stay integers). */
  | { kind: "rate" }
>;

export type Threshold = Readonly<{
  metric: Metric;
  statistic: Statistic;
  comparison: "<" | "<=" | ">" | ">=";
  /** In the statistic's unit: ticks, parts of a million, a count, bytes, or thousandths per second. */
  limit: number;
  /** Positions in `flows`, `steps`, `stages`; −1 where the threshold speaks of all. */
  flow: number;
  step: number;
  stage: number;
  /** As a person would write it: `response_time p99 < 300ms of step login`. */
  text: string;
}>;

/** Beyond these, the generator broke its own promise and the run is invalid. */
export type Validity = Readonly<{ lagP99Ticks: Tick; dropsPpm: Ppm; gapsPpm: Ppm }>;

/** Worst cases computed by the compiler; the runtime allocates them once. */
export type Bounds = Readonly<{
  vus: number;
  connections: number;
  /** Sessions expected; exact for uniform arrivals and iterations, the mean for poisson, 0 where only time bounds it. */
  sessions: number;
  /** Highest intended rate in sessions per second, times 1,000. */
  peakRate: number;
  /** Longest rendered request, head and body. */
  requestBytes: number;
  /** The deepest nest of repeats. */
  repeatDepth: number;
  /** The longest time a run can take: stages and graceful stop; 0 where only iterations bound it. */
  endTick: Tick;
  /** Ledger bytes expected when every planned session goes through; 0 where sessions is 0. */
  ledgerBytes: number;
}>;
