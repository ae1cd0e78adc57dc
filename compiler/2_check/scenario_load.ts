/** The checked load of a scenario. */
import type { Tick } from "../../runtime/plan.ts";
import type { Place } from "../diagnostic.ts";

export type Load = OpenLoad | ClosedLoad;

export type OpenLoad = Readonly<{
  model: "open";
  place: Place;
  arrivals: "uniform" | "poisson";
  /** Sessions that arrive together; 1 unless `arrivals` is `uniform`. */
  burst: number;
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
  /** A user begins sessions at least this far apart; 0 without a pace. */
  paceTicks: Tick;
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
