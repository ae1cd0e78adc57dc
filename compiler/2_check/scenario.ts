/**
 * The checked scenario: what `2_check` promises to `3_lower`. Every default is filled, every name resolved, every
 * unit an integer; a node that a later phase may complain about carries its `place`.
 */
import type { Metric, Statistic, Tick, Transport } from "../../runtime/plan.ts";
import type { Place } from "../diagnostic.ts";

export type Scenario = Readonly<{
  file: string;
  name: string;
  description: string;
  /** 0 … 2^53 − 1 */
  seed: number;
  target: Target;
  load: Load;
  /** At least one, and at least one request among them all. */
  flows: readonly Flow[];
  thresholds: readonly Threshold[];
}>;

export type Target = Readonly<{
  place: Place;
  scheme: "http" | "https";
  /** Lower case, without brackets around IPv6. */
  host: string;
  port: number;
  basePlace: Place;
  /** Sent with every request, unless a step sets the same name. */
  headers: readonly Header[];
  timeoutTicks: Tick;
  connections: Connections;
  transport: Transport;
}>;

export type Connections = Readonly<
  { kind: "per-vu" } | { kind: "per-session" } | { kind: "per-request" } | { kind: "shared"; size: number }
>;

/** `name` is lower case, an RFC 9110 token, and unique in its list; the literal parts of `value` hold no CR, LF or NUL. */
export type Header = Readonly<{ name: string; value: Template; place: Place }>;

export type Load = OpenLoad | ClosedLoad;

export type OpenLoad = Readonly<{
  model: "open";
  place: Place;
  arrivals: "uniform" | "poisson";
  /** 1 … 1,000,000 */
  maxVus: number;
  gracefulStopTicks: Tick;
  /** At least one; at least one rate is above 0. */
  stages: readonly OpenStage[];
}>;

/** `lengthTicks` is at least 1. A constant rate has equal ends. */
export type OpenStage = Readonly<{
  name: string;
  place: Place;
  warmup: boolean;
  lengthTicks: Tick;
  rateStart: Rate;
  rateEnd: Rate;
  ratePlace: Place;
}>;

/** Exactly `sessions / perTicks` sessions per tick, in lowest terms; `{ sessions: 0, perTicks: 1 }` for none. */
export type Rate = Readonly<{ sessions: number; perTicks: number }>;

export type ClosedLoad = Readonly<{
  model: "closed";
  place: Place;
  /** Sessions in all, or 0 for as many as the stages have time for. Above 0 there is exactly one stage. */
  iterations: number;
  gracefulStopTicks: Tick;
  stages: readonly ClosedStage[];
}>;

/** `lengthTicks` is 0 only where `iterations` alone bounds the load. Users 0 … 1,000,000, and above 0 in some stage. */
export type ClosedStage = Readonly<{
  name: string;
  place: Place;
  warmup: boolean;
  lengthTicks: Tick;
  vusStart: number;
  vusEnd: number;
}>;

export type Flow = Readonly<{ name: string; place: Place; weight: number; steps: readonly Step[] }>;

export type Step = RequestStep | ThinkStep;

/** The step runs `min` … `max` times, both included; null: once. */
export type Repeat = Readonly<{ min: number; max: number; place: Place }> | null;

export type RequestStep = Readonly<{
  kind: "request";
  /** Unique in its flow, thinks included. */
  name: string;
  place: Place;
  method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  /**
   * Path and query from the root of the origin, as written, not yet percent-encoded: begins with `/` and has the
   * base's path in front already. An absolute URL has lost its origin.
   */
  url: Template;
  urlPlace: Place;
  /** To be appended to the URL, names and values not yet encoded. */
  query: readonly QueryItem[];
  headers: readonly Header[];
  body: Body;
  expect: Expect;
  onError: "continue" | "end-session" | "stop-run";
  timeoutTicks: Tick;
  repeat: Repeat;
}>;

/** Waits a whole number of ticks, `minTicks` … `maxTicks`. */
export type ThinkStep = Readonly<{
  kind: "think";
  name: string;
  place: Place;
  minTicks: Tick;
  maxTicks: Tick;
  repeat: Repeat;
}>;

export type QueryItem = Readonly<{ name: string; value: Template; place: Place }>;

export type Body = Readonly<
  | { kind: "none" }
  | { kind: "text"; text: Template; place: Place }
  | { kind: "json"; value: JsonValue; place: Place }
>;

/** In the order of the source. A number is its JSON text already (a TOML integer may lie beyond 2^53). */
export type JsonValue = Readonly<
  | { kind: "text"; text: Template }
  | { kind: "number"; text: string }
  | { kind: "boolean"; value: boolean }
  | { kind: "list"; items: readonly JsonValue[] }
  | { kind: "table"; entries: readonly Readonly<{ key: string; value: JsonValue }>[] }
>;

/** Literal text and variables, in order; never two literals beside each other, never an empty one. Empty text is `[]`. */
export type Template = readonly TemplatePart[];
export type TemplatePart = string | Variable;

/** A value known only while the test runs, with the place of its `${…}`. */
export type Variable = Readonly<
  & { place: Place }
  & (
    | { variable: "session" }
    | { variable: "vu" }
    | { variable: "loop" }
    | { variable: "stage" }
    | { variable: "uuid" }
    /** Both ends included; safe integers, `min` ≤ `max`, fewer than 2^53 values. */
    | { variable: "random.int"; min: number; max: number }
    /** At least one text. */
    | { variable: "random.choice"; texts: readonly string[] }
    | { variable: "now.iso" }
  )
>;

export type Expect = Readonly<{
  /** Ranges of statuses, both ends included, ascending and disjoint; `[[200, 399]]` unless said otherwise. */
  status: readonly (readonly [number, number])[];
  body: readonly BodyCheck[];
}>;

export type BodyCheck = Readonly<
  & { place: Place }
  & (
    | { kind: "contains"; text: string }
    | { kind: "equals"; text: string }
    /** A JavaScript regular expression, known to compile with the flag `u`. */
    | { kind: "matches"; pattern: string }
    /** `maxBytes` is 2^53 − 1 where only the least is asked for. */
    | { kind: "size"; minBytes: number; maxBytes: number }
  )
>;

/** One statistic of one `[[threshold]]`. */
export type Threshold = Readonly<{
  place: Place;
  metric: Metric;
  statistic: Statistic;
  comparison: "<" | "<=" | ">" | ">=";
  /** Ticks, parts of a million, a count, bytes, or thousandths per second, by statistic. */
  limit: number;
  /** Position in `flows`, or −1 for all. */
  flow: number;
  /** Position in the steps of flow `flow`, or −1 for all; 0 or above only where `flow` is. */
  step: number;
  /** Position in the load's stages, or −1 for all. */
  stage: number;
  /** As a person would write it: `response_time p99 < 300ms of step login`. */
  text: string;
}>;
