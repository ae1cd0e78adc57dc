/** What the page's script knows beside the timeline: names, and what belongs to what. */
import type { Plan, Tick } from "../../plan.ts";
import { isOfLoad, isOnWebSocket } from "../../reduce/scope.ts";
import type { Summary } from "../../reduce/summary.ts";
import { SPECTRUM_PPMS } from "../../reduce/timeline.ts";
import { OUTCOMES } from "../../reduce/timeline_outcomes.ts";

export type PageFacts = Readonly<{
  model: "open" | "closed";
  /** Ledgers that the figures are made of. */
  ledgers: number;
  stages: readonly Readonly<{ name: string; warmup: boolean; startTick: Tick; lengthTicks: Tick }>[];
  /** `share`: of the load's sessions, those that take the flow. */
  flows: readonly Readonly<{ name: string; share: number }>[];
  /** `role`: a request, something that is done on a WebSocket, or neither. */
  steps: readonly Readonly<{ flow: number; name: string; role: "request" | "exchange" | "none" }>[];
  outcomes: readonly string[];
  spectrumPpms: readonly number[];
  /** Names of error codes. */
  errors: Readonly<Record<string, string>>;
}>;

/** Of one report. */
export function pageFacts(summary: Summary, plan: Plan): PageFacts {
  const ofLoad = plan.flows.map((_, at) => at !== plan.setup && at !== plan.teardown);
  const weights = plan.flows.reduce((sum, { weight }, at) => sum + (ofLoad[at] ? weight : 0), 0);
  return {
    model: plan.load.model,
    ledgers: summary.shards.length,
    stages: plan.load.stages.map(({ name, warmup, startTick, lengthTicks }) => ({
      name,
      warmup,
      startTick,
      lengthTicks,
    })),
    flows: plan.flows.map(({ name, weight }, at) => ({ name, share: ofLoad[at] ? weight / weights : 0 })),
    steps: plan.steps.map((step) => ({
      flow: step.flow,
      name: step.name,
      role: !isOfLoad(plan, step)
        ? "none"
        : isOnWebSocket(step)
        ? "exchange"
        : step.kind === "request"
        ? "request"
        : "none",
    })),
    outcomes: OUTCOMES,
    spectrumPpms: SPECTRUM_PPMS,
    errors: Object.fromEntries(summary.errors.map(({ code, name }) => [code, name])),
  };
}
