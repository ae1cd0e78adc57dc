/** The schema of `[load]`: how much traffic, and in what shape. */
import { z } from "../zod/zod.ts";
import { arrivals, count, countRange, duration, flag, label, rateRange } from "./fields.ts";

export const MOST_VUS = 1_000_000;

const gracefulStop = duration.prefault("10s").describe(
  "How long sessions under way may still run when the last stage has ended. What is then in flight is recorded as cancelled.",
);
const stageName = label.optional().describe(
  "Names the stage in reports and thresholds. Without it: `stage 1`, `stage 2`, …",
);
const stageFor = duration.describe("How long the stage lasts.");
const warmup = flag.prefault(false).describe(
  "Sessions that begin in this stage stay in the ledger and are left out of figures and thresholds.",
);
const shorthandFor = duration.optional();

const rate = rateRange.describe(
  'Sessions that arrive per unit of time: constant, `"200/s"`, or a straight ramp, `"50/s..200/s"`. Units: `/s`, `/min`, `/h`.',
);
const vus = countRange(0, MOST_VUS).describe(
  'How many users are at work: constant, `100`, or a straight ramp, `"1..100"`.',
);

/** A stage of an open load. */
export const openStageSchema = z.strictObject({ name: stageName, for: stageFor, rate, warmup }, {
  error: 'a table, such as { for = "1m", rate = "50/s" }',
});

/** A stage of a closed load. */
export const closedStageSchema = z.strictObject({ name: stageName, for: stageFor, vus, warmup }, {
  error: 'a table, such as { for = "1m", vus = 10 }',
});

const stages = <T extends z.ZodType>(stage: T) =>
  z.array(stage, { error: 'a list of tables, such as [{ for = "1m", … }]' }).optional();

/** `[load]` with `model = "open"`. */
export const openLoadSchema = z.strictObject({
  model: z.literal("open").describe("Sessions arrive by the clock, whether or not the target keeps up."),
  arrivals: arrivals.prefault("uniform").describe(
    "`uniform`: arrivals are evenly spaced. `poisson`: they come at random, as independent people do. " +
      "`burst:N`: N arrive at once, evenly spaced, at the same rate in all.",
  ),
  max_vus: count(1, MOST_VUS).describe(
    "How many sessions can be under way at once. An arrival beyond it is recorded as dropped.",
  ),
  graceful_stop: gracefulStop,
  stages: stages(openStageSchema).describe(
    "Stretches of load, one after the other. A step or a spike is just a stage.",
  ),
  rate: rate.optional().describe("With `for`: the only stage, without the list."),
  for: shorthandFor.describe("With `rate`: the only stage, without the list."),
});

/** `[load]` with `model = "closed"`. */
export const closedLoadSchema = z.strictObject({
  model: z.literal("closed").describe("Users loop: each begins its next session when its last one ends."),
  graceful_stop: gracefulStop,
  stages: stages(closedStageSchema).describe("Stretches of load, one after the other."),
  vus: vus.optional().describe("With `for` or `iterations`: the only stage, without the list."),
  for: shorthandFor.describe(
    "With `vus`: how long the only stage lasts. With `iterations`: the longest it may last.",
  ),
  pace: duration.optional().describe(
    "Each user begins sessions at least this far apart. Without it, the next begins when the last has ended.",
  ),
  iterations: count(1, Number.MAX_SAFE_INTEGER).optional().describe(
    "With `vus`: sessions to run in all, shared among the users; the load ends when they are done.",
  ),
});

/** `[load]`. */
export const loadSchema = z.discriminatedUnion("model", [openLoadSchema, closedLoadSchema], {
  error: '"open" (sessions arrive by the clock) or "closed" (users loop)',
});
