/** How long a step thinks, as what the runtime draws from. */
import type { Instruction } from "../../runtime/plan.ts";
import type { ThinkTime } from "../2_check/scenario.ts";
import { exponentialQuantiles, lognormalQuantiles, normalQuantiles } from "./quantiles.ts";

type Think = Pick<Extract<Instruction, { kind: "think" }>, "minTicks" | "maxTicks" | "quantiles">;

/** Tables of quantiles for everything but an even choice. */
export function lowerThink(time: ThinkTime): Think {
  switch (time.kind) {
    case "uniform":
      return { minTicks: time.minTicks, maxTicks: time.maxTicks, quantiles: [] };
    case "normal":
      return between(normalQuantiles(time.meanTicks, time.deviationTicks));
    case "exponential":
      return between(exponentialQuantiles(time.meanTicks));
    case "lognormal":
      return between(lognormalQuantiles(time.medianTicks, time.sigmaMillionths));
  }
}

function between(quantiles: readonly number[]): Think {
  return { minTicks: quantiles[0], maxTicks: quantiles[quantiles.length - 1], quantiles };
}
