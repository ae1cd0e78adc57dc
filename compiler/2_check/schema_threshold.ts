/** The schema of `[[threshold]]`: what the run must reach to pass. Quantile keys are read in `check_thresholds.ts`. */
import { z } from "../zod/zod.ts";
import { choice, comparison, flag, label } from "./fields.ts";

/** `p50`, `p99.9`: up to four decimals. */
export const QUANTILE_KEY = /^p(\d{1,3}(?:\.\d{1,4})?)$/;

/** `[[threshold]]`; its statistics are checked by metric, behind the schema. */
export const thresholdSchema = z.strictObject({
  metric: choice([
    "response_time",
    "service_time",
    "first_byte",
    "connect",
    "tls",
    "first_message",
    "message_gap",
    "lag",
    "blocked",
    "session_time",
    "group_time",
    "errors",
    "checks",
    "drops",
    "messages",
    "rate",
    "bytes",
  ]).describe(
    "What is measured. Times: `response_time` (from the intended start), `service_time` (from the issue), `first_byte`, " +
      "`connect`, `tls` (the handshake), `first_message` (from the issue, or from when a WebSocket stands, to the first message), `message_gap` (from message to message), `lag` (issued minus intended), `blocked` (waiting for a shared connection), `session_time`, `group_time` (of a group of steps, without what it thinks). " +
      "Counts: `errors`, `checks`, `drops`, `messages` (received). Also `rate` and `bytes`.",
  ),
  flow: label.optional().describe("Only this flow."),
  step: label.optional().describe(
    "Only this step. Where several flows have a step of this name, give `flow` too.",
  ),
  stage: label.optional().describe("Only sessions that begin in this stage."),
  tag: label.optional().describe("Only steps with this tag."),
  avg: comparison.optional().describe(
    'The mean of a time, as in `"< 200ms"`; or of `rate`, per second, as in `"> 95/s"`.',
  ),
  min: comparison.optional().describe("The shortest time."),
  max: comparison.optional().describe("The longest time."),
  ratio: comparison.optional().describe('The share, for `errors`, `checks` and `drops`, as in `"< 1%"`.'),
  count: comparison.optional().describe("The number, for `errors`, `checks`, `drops` and `messages`."),
  rate: comparison.optional().describe('The number of `messages` per second, as in `"> 1000/s"`.'),
  total: comparison.optional().describe('The sum of `bytes`, as in `"< 10MB"`.'),
  abort: flag.prefault(false).describe("The run stops as soon as this can no longer be met."),
  invalidates: flag.prefault(false).describe(
    "Missing this makes the run invalid (97) in place of failed (99): the measurement is of no use.",
  ),
}, { error: 'a table; write [[threshold]] with metric = "response_time"' }).catchall(z.unknown()).meta({
  patternProperties: {
    "^p\\d{1,3}(\\.\\d{1,4})?$": {
      type: "string",
      description:
        'A quantile of a time by nearest rank, as in `p99 = "< 300ms"`. Quote a key with a dot: `"p99.9"`.',
    },
  },
  additionalProperties: false,
});
