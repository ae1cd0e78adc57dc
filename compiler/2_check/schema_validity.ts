/** The schema of `[validity]`: what the generator may fall short by before a run is invalid. */
import { z } from "zod";
import { durationOrAny, ratioOrAny } from "./fields.ts";

/** `[validity]`. A ratio that may be any is 100%, which none is above; a time, more ticks than any run has. */
export const validitySchema = z.strictObject({
  lag_p99: durationOrAny().prefault("10ms").describe(
    "How much later than due z6c itself may issue requests, at the 99th percentile of `lag`.",
  ),
  drops: ratioOrAny().prefault("1%").describe("The share of arrivals that may find no free user."),
  gaps: ratioOrAny().prefault("1%").describe(
    "The share of the time in which z6c's loop may stand still, 10 ms or longer at a time.",
  ),
}, { error: 'a table; write [validity] with lag_p99 = "10ms"' });
