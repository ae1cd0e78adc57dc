/** The load: stages laid end to end, with the tables that arrivals are drawn from. */
import type { ClosedLoad, ClosedStage, Load, OpenLoad, OpenStage } from "../../runtime/plan.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type {
  ClosedLoad as SourceClosed,
  Load as SourceLoad,
  OpenLoad as SourceOpen,
} from "../2_check/scenario_load.ts";
import * as refusal from "./load_refusals.ts";
import { poissonQuantiles } from "./poisson.ts";
import { layOut, MOST_SESSIONS, type UniformStage } from "./rates.ts";

/** The load, and how many sessions it should hold: 0 where only time bounds it. */
export type LoweredLoad = Readonly<{ load: Load; sessions: number }>;

/** A slot of poisson arrivals, in ticks. */
const SLOT_TICKS = 1_000;

/** Returns a diagnostic instead where the runtime could not count what the load asks for. */
export function lowerLoad(load: SourceLoad, file: string): LoweredLoad | Diagnostic {
  return load.model === "open" ? lowerOpen(load, file) : lowerClosed(load, file);
}

function lowerOpen(source: SourceOpen, file: string): LoweredLoad | Diagnostic {
  const timeline = layOut(source.stages);
  if ("problem" in timeline) {
    const { place, ratePlace } = source.stages[timeline.ramp];
    return timeline.problem === "too-fine" ? refusal.tooFine(file, ratePlace) : refusal.tooMany(file, place);
  }
  const isPoisson = source.arrivals === "poisson";
  const stages = timeline.stages.map((stage, index): OpenStage => {
    const { name, warmup } = source.stages[index];
    return isPoisson
      ? {
        name,
        warmup,
        ...stage,
        firstSession: 0,
        sessions: 0,
        lacking: 0,
        slotQuantiles: slotQuantiles(stage),
      }
      : { name, warmup, ...stage, slotQuantiles: [] };
  });
  const { arrivals, burst, maxVus, gracefulStopTicks } = source;
  const load: OpenLoad = { model: "open", arrivals, burst, stages, maxVus, gracefulStopTicks };
  return { load, sessions: Number(timeline.sessions) };
}

function slotQuantiles({ rateStart, rateEnd, perTicks }: UniformStage): number[] {
  return poissonQuantiles(BigInt(Math.max(rateStart, rateEnd)) * BigInt(SLOT_TICKS), BigInt(perTicks));
}

function lowerClosed(source: SourceClosed, file: string): LoweredLoad | Diagnostic {
  const { iterations, paceTicks, gracefulStopTicks, stages } = source;
  if (iterations > MOST_SESSIONS) return refusal.tooMany(file, source.place);
  const lowered: ClosedStage[] = [];
  let startTick = 0;
  for (const { name, warmup, lengthTicks, vusStart, vusEnd } of stages) {
    lowered.push({ name, warmup, startTick, lengthTicks, vusStart, vusEnd });
    startTick += lengthTicks;
  }
  const maxVus = Math.max(...lowered.flatMap(({ vusStart, vusEnd }) => [vusStart, vusEnd]));
  const load: ClosedLoad = {
    model: "closed",
    stages: lowered,
    iterations,
    maxVus,
    paceTicks,
    gracefulStopTicks,
  };
  return { load, sessions: iterations };
}
