/** The schema of `[simulation]`: how the target behaves when a run is simulated. */
import { z } from "../zod/zod.ts";
import { choice, count, duration, label, plainText, ratio, thinkTime } from "./fields.ts";

const MOST_SERVERS = 1_000_000;

/** Where a step is, for answers and faults. */
const flow = () =>
  label.optional().describe(
    "The flow of `step`, `setup` and `teardown` included; needed where several have a step of this name.",
  );

const status = (words: string) => count(100, 599).optional().describe(words);

/** `[[simulation.answer]]`. */
export const answerSchema = z.strictObject({
  step: label.describe("The request that is answered so."),
  flow: flow(),
  latency: thinkTime.optional().describe("The time it takes. Without it, that of `[simulation]`."),
  service: thinkTime.optional().describe("The same, where `[simulation]` has `servers`."),
  errors: ratio.optional().describe(
    "The share of requests answered with status 500. Without it, that of `[simulation]`.",
  ),
  status: status("The status. Without it, one that the step expects."),
  headers: z.record(z.string(), plainText, { error: 'a table, such as { etag = "x" }' }).optional()
    .describe("Headers. Without it, those that the step expects and captures."),
  body: plainText.optional().describe("The body. Without it, one that the step expects and captures from."),
  json: z.unknown().optional().describe("The body as JSON, in place of `body`."),
}, { error: 'a table; write [[simulation.answer]] with step = "login"' });

/** `[[simulation.fault]]`. */
export const faultSchema = z.strictObject({
  kind: choice(["drop", "delay", "reset", "refuse", "half-close", "slow-body", "corrupt", "status"]).describe(
    "What goes wrong. `drop`: no answer, ever. `delay`: the answer takes longer. `reset`: the connection is reset in " +
      "place of an answer. `refuse`: no connection is opened. `half-close`: the connection ends in the middle of the " +
      "answer. `slow-body`: the answer comes in pieces. `corrupt`: one byte of it is another. `status`: an answer with `status`.",
  ),
  step: label.optional().describe("Only with this request."),
  flow: label.optional().describe("Only with requests of this flow, `setup` and `teardown` included."),
  from: duration.prefault("0s").describe("When it begins, from the beginning of the load."),
  for: duration.optional().describe("How long it goes on. Without it, to the end."),
  ratio: ratio.prefault("100%").describe(
    "The share of requests (with `refuse`, of connections) it befalls.",
  ),
  by: duration.optional().describe(
    "With `delay`: how much longer. With `slow-body`: how long the pieces take.",
  ),
  status: status("With `status`: the status. Without it, 503."),
}, { error: 'a table; write [[simulation.fault]] with kind = "reset"' });

/** `[simulation]`. */
export const simulationSchema = z.strictObject({
  latency: thinkTime.optional().describe(
    'The time an answer takes, written as that of `think`; as many are worked on at once as come. Without it: `"1ms"`.',
  ),
  service: thinkTime.optional().describe(
    'The time one of the `servers` works on an answer, written as that of `think`. Without it: `"1ms"`.',
  ),
  servers: count(1, MOST_SERVERS).optional().describe(
    "How many requests are worked on at once; others wait in the order in which they came.",
  ),
  queue: count(0, Number.MAX_SAFE_INTEGER).optional().describe(
    "How many requests may wait for a server; one more is answered with status 503. Without it: 1000.",
  ),
  errors: ratio.prefault("0%").describe("The share of requests answered with status 500."),
  connect: thinkTime.prefault("100us").describe("The time it takes to open a connection."),
  connections: count(1, MOST_SERVERS).optional().describe(
    "How many connections may be open at once, over all targets; one more is refused. Without it, any number.",
  ),
  answer: z.array(answerSchema, { error: "a list of tables; write [[simulation.answer]]" }).prefault([])
    .describe("Answers to single steps. Any other step is answered as it expects."),
  fault: z.array(faultSchema, { error: "a list of tables; write [[simulation.fault]]" }).prefault([])
    .describe("What goes wrong, and when."),
}, { error: 'a table; write [simulation] with latency = "20ms"' });
