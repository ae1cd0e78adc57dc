import type { Stopped } from "../engine/counters.ts";
import type { Shard } from "../engine/shares.ts";
import type { TlsTexts } from "../host/transport.ts";
import type { EffectivePlan } from "../overrides.ts";
import type { Tick } from "../plan.ts";
import type { Handed } from "../run.ts";
import type { Beginning } from "./countdown.ts";
import type { FollowedCounters } from "./progress.ts";

/** One shard's work: all that a thread needs to do it, as data. Secrets go from thread to thread, and to no disk. */
export type ShardJob = Readonly<{
  effective: EffectivePlan;
  shard: Shard;
  /** Of the new ledger. */
  path: string;
  /** The values of plan.secrets. */
  secrets: readonly string[];
  /** By target. */
  tlsTexts: readonly TlsTexts[];
  /** Setup and teardown run once: in one of the shards. */
  runsOnce: boolean;
}>;

/** How a shard's work ended; its ledger may have been cut short. */
export type ShardEnd = Readonly<{
  /** Why the ledger could not be written to its end, or null. */
  failure: string | null;
  /** Records that are not in it. */
  lost: number;
}>;

/** What the conductor tells a worker: four things, each once and in this order, and to stop at any time. */
export type ToWorker = Readonly<
  | { kind: "job"; job: ShardJob }
  /** To prepare its load with what the setup captured; null: there will be no load, as the setup did not go through. */
  | { kind: "hand"; handed: Handed | null }
  /** To begin its load; null: there will be none, as somebody called it off. */
  | { kind: "begin"; beginning: Beginning }
  /** All loads are over: time for the teardown. */
  | { kind: "conclude" }
  /** To begin no more sessions, as another worker has stopped so. */
  | { kind: "stop"; stopped: Stopped }
  /** Once: to begin no more sessions. Again: to end now. */
  | { kind: "interrupt" }
>;

/** What a worker tells. Each comes once and in this order, but for counters. */
export type FromWorker = Readonly<
  | { kind: "awake" }
  /** What the setup captured, or null where it did not go through. Empty where the setup is another worker's. */
  | { kind: "set-up"; handed: Handed | null }
  /** Its load is prepared, or will not be. */
  | { kind: "ready" }
  | { kind: "counters"; counters: CounterValues }
  /** Setup or teardown begins. */
  | { kind: "once"; phase: "setup" | "teardown" }
  | { kind: "loaded" }
  | { kind: "ended"; end: ShardEnd }
  /** The user's mistake or the system's: nothing more comes. */
  | { kind: "refused"; message: string; exitCode: number }
>;

/** Counters at a moment. `lagMax`: since they were last told. `stopped`: why the load stopped by itself, or null. */
export type CounterValues =
  & Omit<FollowedCounters, "takeLagMax">
  & Readonly<{ lagMax: Tick; stopped: Stopped | null }>;
