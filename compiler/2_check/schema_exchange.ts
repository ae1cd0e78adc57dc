/** The schema of what is done on a WebSocket. */
import { z } from "../zod/zod.ts";
import { count, countRange, duration, label, plainText, thinkTime } from "./fields.ts";
import { messageCaptureSchema, payloadSchema } from "./schema_payload.ts";
import { matchSchema } from "./schema_stream.ts";

/** What an action can do; each does one of them. */
export const ACTIONS = ["send", "receive", "ping", "close", "think", "exchange"] as const;

export type ActionKey = (typeof ACTIONS)[number];

/** What each may have beside. */
export const ACTION_KEYS: Readonly<Record<ActionKey, readonly string[]>> = {
  send: ["name"],
  receive: ["name", "within", "capture"],
  ping: ["name", "within"],
  close: ["name", "within"],
  think: ["name"],
  exchange: ["repeat"],
};

const closeSchema = z.union([
  count(0, 65_535),
  z.strictObject({
    code: count(0, 65_535).prefault(1000).describe("Why it is closed (RFC 6455, section 7.4)."),
    reason: plainText.prefault("").describe("The same in words, of up to 123 bytes."),
  }),
], { error: 'a code, such as 1000, or a table such as { code = 1000, reason = "bye" }' });

/** One entry of `exchange`. */
export const actionSchema = z.strictObject({
  name: label.optional().describe(
    "Thresholds and reports know the action as `STEP.NAME`. Without it: `STEP.send`, `STEP.receive` and so on.",
  ),
  send: payloadSchema.optional().describe("Sends a message: a text, or a table."),
  receive: matchSchema.optional().describe(
    "Waits for a message of which all of this holds, and passes over the others. `{}`: for any message.",
  ),
  ping: plainText.optional().describe(
    "Sends a ping with this text, of up to 125 bytes, and waits for its pong.",
  ),
  close: closeSchema.optional().describe(
    "Closes the WebSocket with this code, or `{ code, reason }`, and waits for the answer. The last action; without it, `close = 1000`.",
  ),
  think: thinkTime.optional().describe("Waits, as a step with `think` does; what comes meanwhile is kept."),
  within: duration.optional().describe(
    "The longest that `receive`, `ping` or `close` may wait. Without it, the step's `timeout`.",
  ),
  capture: z.record(z.string(), messageCaptureSchema, { error: 'a table, such as { id = { json = "/id" } }' })
    .optional().describe("Values taken from the message that `receive` waited for, for `${name}` behind it."),
  repeat: countRange(0, 1_000_000).optional().describe(
    'Does the actions of `exchange` so many times: always `3`, or a number drawn evenly from `"1..5"`.',
  ),
  get exchange(): z.ZodOptional<z.ZodArray<typeof actionSchema>> {
    return z.array(actionSchema, { error: 'a list of actions, such as [{ send = "hello" }]' }).optional()
      .describe(
        "With `repeat`: the actions that are repeated.",
      );
  },
}, { error: 'a table, such as { send = "hello" }' }).meta({ id: "action" });

export type FoundAction = z.output<typeof actionSchema>;
