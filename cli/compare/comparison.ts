/** What comparing two runs comes to: types only, all of it JSON. docs/compare.md describes it. */
import type { Unit, Verdict } from "../../runtime/reduce/summary.ts";
import type { Part, Place } from "./place.ts";

export type Comparison = Readonly<{
  /** Version of this shape; fields may be added to it without a new one. */
  format: 1;
  /** Percent of all intervals that hold the true difference, were both runs made again and again. */
  confidence: number;
  replicates: number;
  /** Why the figures must be taken with care, sentences without a full stop. */
  warnings: readonly string[];
  baseline: ComparedRun;
  candidate: ComparedRun;
  pairing: Pairing;
  /** Null where the runs are not paired, or no session completed in both. */
  pairedSessions: PairedSessions | null;
  /** Null where the runs are not paired, or no request has a response time in both. */
  pairedRequests: PairedRequests | null;
  parts: readonly ComparedPart[];
  /** Parts that only one of them has. */
  onlyIn: Readonly<{ baseline: readonly string[]; candidate: readonly string[] }>;
  gates: readonly GateResult[];
  exitCode: number;
}>;

export type ComparedRun = Readonly<{
  ledgers: readonly string[];
  name: string;
  planSha256: string;
  seed: number;
  started: string;
  z6c: string;
  simulated: boolean;
  targets: readonly string[];
  verdict: Verdict;
  sessions: number;
  requests: number;
  measuredTicks: number;
  /** Sha256 of its decisions, and whether all planned ones are there. */
  decisions: Readonly<{ sha256: string; whole: boolean }>;
}>;

export type Pairing = Readonly<{
  paired: boolean;
  /** A clause: why it was, or was not, possible. */
  reason: string;
  /** Sessions in a block, at most; and how many blocks each run has. */
  sessionsPerBlock: number;
  blocks: Readonly<{ baseline: number; candidate: number }>;
}>;

/** Of sessions that completed in both runs, outside of warm-up: how many took longer in the candidate, or shorter. */
export type PairedSessions = Readonly<{
  both: number;
  longer: number;
  shorter: number;
  /** Longer of both, in parts of a million. */
  longerShare: Difference;
}>;

/** Requests of both runs that are the same one in their session; of each, how much longer it took in the candidate. */
export type PairedRequests = Readonly<{
  pairs: number;
  /** Requests that have a response time, without further tries and what follows redirects. */
  of: Readonly<{ baseline: number; candidate: number }>;
  /** Those that have pairs, in the plan's order. */
  steps: readonly PairedStep[];
}>;

export type PairedStep = Readonly<{
  flow: string;
  step: string;
  pairs: number;
  longer: number;
  shorter: number;
  /** Of response times, in ticks: candidate less baseline. */
  meanDifference: Difference;
  finding: Finding;
}>;

export type ComparedPart = Readonly<{
  kind: Part["kind"];
  place: Place;
  /** `step pay` */
  name: string;
  figures: readonly ComparedFigure[];
}>;

export type Finding = "worse" | "better" | "noise" | "same" | "unknown";

export type ComparedFigure = Readonly<{
  metric: string;
  /** `p99`, `avg`, `max`, `ratio`, `rate` */
  statistic: string;
  unit: Unit;
  /** As in each run's own report; null where there is nothing to tell it from. */
  baseline: number | null;
  candidate: number | null;
  samples: Readonly<{ baseline: number; candidate: number }>;
  /** Candidate less baseline, in the unit. */
  difference: Difference | null;
  /** The same in parts of a million of the baseline; null where that is 0. */
  change: Difference | null;
  /** Noise: the interval holds 0. Same: there is no difference, nor one in any draw, or no interval. Unknown: nobody can tell. */
  finding: Finding;
  /** Why it is unknown. */
  why: string | null;
}>;

/** `low` and `high` are the ends of the interval; null where there is none. */
export type Difference = Readonly<{ value: number; low: number | null; high: number | null }>;

export type GateResult = Readonly<{
  text: string;
  outcome: "holds" | "does not hold" | "not sure" | "not judged" | "nothing";
  /** In words, without a full stop. */
  found: string;
  /** It fails the build. */
  fails: boolean;
}>;
