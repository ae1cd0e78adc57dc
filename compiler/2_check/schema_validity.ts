/** The schema of `[validity]`: what the generator may fall short by before a run is invalid. */
import { z } from "../zod/zod.ts";
import type { Validity } from "../../runtime/plan.ts";
import { ANY, durationOrAny, ratioOrAny } from "./fields.ts";

/** `[validity]`. A ratio that may be any is 100%, which none is above; a time, more ticks than any run has. */
export const validitySchema = z.strictObject({
  lag_p99: durationOrAny.prefault("10ms").describe(
    "How much later than due z6c itself may issue requests, at the 99th percentile of `lag`.",
  ),
  drops: ratioOrAny.prefault("1%").describe("The share of arrivals that may find no free user."),
  gaps: ratioOrAny.prefault("1%").describe(
    "The share of the time in which z6c's loop may stand still, 10 ms or longer at a time.",
  ),
  cpu: ratioOrAny.prefault("any").describe(
    "The share of the time in which z6c's thread may use the processor, without looking for what is due. From 90 % on, " +
      "response times hold some of z6c's own work, and reports say so.",
  ),
}, { error: 'a table; write [validity] with lag_p99 = "10ms"' });

/** A plan says nothing of the processor where any share will do: so did those that had no word for it. */
export function limitsOf({ lag_p99, drops, gaps, cpu }: z.output<typeof validitySchema>): Validity {
  const limits = { lagP99Ticks: lag_p99, dropsPpm: drops, gapsPpm: gaps };
  return cpu === ANY.ratio ? limits : { ...limits, cpuPpm: cpu };
}
