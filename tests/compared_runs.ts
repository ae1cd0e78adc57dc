/** Pairs of runs to compare: simulated, so that what differs is known. */
import { compareRuns, type Side } from "../cli/compare/compare_runs.ts";
import type { Comparison } from "../cli/compare/comparison.ts";
import { readGate } from "../cli/compare/gate.ts";
import type { Confidence } from "../cli/compare/interval.ts";
import { MemorySink } from "../runtime/ledger/memory_sink.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import type { Plan, Simulation } from "../runtime/plan.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { simulate, type SimulationChoices } from "../runtime/simulated_run.ts";
import { constantLoad, samplePlan } from "./sample_plans.ts";

/** A shop of two steps, with a thought between; of its answers, `slower` times as slow as usual. */
export function shopPlan(
  { slower = 1, seed = 1, simulation = {}, seconds = 20 }: {
    slower?: number;
    seed?: number;
    simulation?: Partial<Simulation>;
    seconds?: number;
  } = {},
): Plan {
  const quantiles = [9_000, 14_000, 20_000, 29_000, 60_000].map((ticks) => Math.round(ticks * slower));
  return samplePlan({
    seed,
    flows: [[{ get: "/home", tags: [0] }, { think: [1_000, 90_000] }, { get: "/pay", tags: [1] }]],
    tags: ["read", "write"],
    load: constantLoad(150, seconds * 1_000_000, 60),
    vus: 60,
    simulation: { service: { minTicks: quantiles[0], maxTicks: quantiles[4], quantiles }, ...simulation },
  });
}

/** The bytes of a simulated run's ledger. */
export async function simulatedBytes(
  plan: Plan,
  choices: SimulationChoices = {},
  sha256 = "5e".repeat(32),
): Promise<Uint8Array> {
  const sink = new MemorySink();
  const { failure } = await simulate({ plan, sha256, overrides: [] }, sink, choices);
  if (failure !== null) throw new Error(failure);
  return sink.bytes();
}

/** One side, of ledgers in memory. */
export function sideOf(bytes: Uint8Array, path = "run.z6log"): Side {
  return { ledgers: [openLedger(memorySource(bytes))], paths: [path] };
}

/** One side, of ledgers that were made record by record. */
export function sideOfLedgers(ledgers: readonly ReducibleLedger[], path = "run.z6log"): Side {
  const sorted = ledgers.toSorted((one, other) => one.header.shard.index - other.header.shard.index);
  return { ledgers: sorted, paths: sorted.map((_, at) => sorted.length === 1 ? path : `${at + 1}-${path}`) };
}

/** Compares both, with gates as a user writes them. */
export function compared(
  a: Side,
  b: Side,
  failOn: readonly string[] = [],
  confidence: Confidence = 99,
): Comparison {
  const [planA, planB] = [a.ledgers[0].header.plan, b.ledgers[0].header.plan];
  return compareRuns(a, b, { confidence, gates: failOn.map((text) => readGate(text, planA, planB)) });
}
