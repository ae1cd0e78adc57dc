/** The schema of `[[flow]]` and its steps: what a user does. */
import { z } from "../zod/zod.ts";
import {
  choice,
  count,
  countRange,
  duration,
  label,
  plainText,
  template,
  templateOrScalar,
  thinkTime,
} from "./fields.ts";
import { authSchema } from "./schema_auth.ts";
import { actionSchema } from "./schema_exchange.ts";
import { captureSchema, expectSchema, retrySchema, whenSchema } from "./schema_response.ts";
import { eventsSchema, messagesSchema } from "./schema_stream.ts";
import { RunTimeText } from "./templates.ts";

/** The keys that make a step a request, and the methods on the wire. */
export const METHODS = {
  get: "GET",
  head: "HEAD",
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  options: "OPTIONS",
  graphql: "POST",
  websocket: "GET",
  grpc: "POST",
} as const;

export type MethodKey = keyof typeof METHODS;

/** The keys that a step with `websocket` may have. */
export const WEBSOCKET_KEYS: readonly string[] = [
  ...["name", "websocket", "exchange", "target", "query", "headers", "auth", "expect", "capture"],
  ...["when", "tags", "repeat", "on_error", "timeout"],
];

/** The keys that a think step may have. */
export const THINK_KEYS: readonly string[] = ["name", "think", "repeat", "when", "tags"];

/** The keys that a group may have. */
export const GROUP_KEYS: readonly string[] = ["name", "step", "repeat", "when", "tags"];

/** Header names and values. */
export const headersSchema = z.record(z.string(), template, {
  error: 'a table, such as { accept = "application/json" }',
});

const url = (method: string) =>
  template.optional().describe(
    `Sends a ${method} request to this path, which is appended to the path of the target's \`base\`; or to an absolute URL of a target's origin; or to a captured URL, as in \`"\${next}"\`.`,
  );

const multipartSchema = z.union([
  templateOrScalar,
  z.strictObject({
    file: plainText.describe("The content of the part, relative to the scenario."),
    type: plainText.prefault("application/octet-stream").describe("Its media type."),
    name: plainText.optional().describe(
      "The file's name as the target sees it. Without it, that of `file`.",
    ),
  }),
], { error: 'a text, or a table such as { file = "a.png", type = "image/png" }' });

const tags = () => z.array(label, { error: 'a list of names, such as ["read"]' }).prefault([]);

/** `[[flow.step]]`; a group has steps of its own. */
export const stepSchema = z.strictObject({
  name: label.optional().describe(
    "Unique in its flow; thresholds and reports use it, and it keys the step's random draws. Without it: method and path, or `think`.",
  ),
  get step(): z.ZodOptional<z.ZodArray<typeof stepSchema>> {
    return z.array(stepSchema, { error: "a list of steps; write [[flow.step.step]]" }).optional().describe(
      "Makes the step a group: it does these steps, and is timed as one. A group has a `name`, and of the other keys `when`, `repeat` and `tags` only.",
    );
  },
  get: url("GET"),
  head: url("HEAD"),
  post: url("POST"),
  put: url("PUT"),
  patch: url("PATCH"),
  delete: url("DELETE"),
  options: url("OPTIONS"),
  graphql: template.optional().describe(
    "Sends the GraphQL text of `query`, as JSON, in a POST request to this path.",
  ),
  websocket: template.optional().describe(
    "Opens a WebSocket (RFC 6455) at this path, does what `exchange` says, and closes it.",
  ),
  exchange: z.array(actionSchema, { error: 'a list of actions, such as [{ send = "hello" }]' }).optional()
    .describe("What is done on the WebSocket, in order."),
  grpc: plainText.optional().describe(
    "Calls this method of gRPC, `package.Service/Method`, of the scenario's `proto` files.",
  ),
  message: z.record(z.string(), z.unknown(), { error: "a table, such as { id = 7 }" }).optional().describe(
    "The message that a step with `grpc` sends, in the JSON mapping of proto3, held against its type when the scenario is compiled. Without it, an empty one.",
  ),
  messages: messagesSchema.optional().describe(
    "Reads the stream of messages that a method of gRPC answers with. `expect` and `capture` are about the last one.",
  ),
  events: eventsSchema.optional().describe(
    "Reads the response as server-sent events. `expect` and `capture` are about the data of the last one; `timeout` bounds all of it.",
  ),
  target: plainText.optional().describe(
    "The request goes to this one of `[targets]`. Without it, to `[target]`, or where an absolute URL leads.",
  ),
  think: thinkTime.optional().describe(
    'Waits: always `"2s"`, a time drawn evenly from `"1s..3s"`, or one of a distribution: `"normal(2s, 300ms)"` (mean, ' +
      'deviation), `"exponential(2s)"` (mean), `"lognormal(2s, 0.5)"` (median, sigma).',
  ),
  query: z.union([z.record(z.string(), templateOrScalar), z.string(), z.instanceof(RunTimeText)], {
    error: 'a table, such as { page = "1" }',
  }).optional().describe(
    "Names and values appended to the URL, percent-encoded. In a step with `graphql`: the GraphQL text.",
  ),
  variables: z.record(z.string(), z.unknown(), { error: "a table, such as { id = 1 }" }).optional().describe(
    "The variables of a GraphQL text.",
  ),
  operation: plainText.optional().describe("Which operation of a GraphQL text to run."),
  headers: headersSchema.prefault({}).describe(
    "Headers of this request. They replace those of the target with the same name.",
  ),
  json: z.unknown().optional().describe("The body, sent as JSON with `content-type: application/json`."),
  body: template.optional().describe("The body, sent as it stands. Set `content-type` in `headers`."),
  form: z.record(z.string(), templateOrScalar, { error: 'a table, such as { name = "value" }' }).optional()
    .describe("The body, sent as `application/x-www-form-urlencoded`."),
  multipart: z.record(z.string(), multipartSchema, { error: 'a table, such as { name = "value" }' })
    .optional()
    .describe("The body, sent as `multipart/form-data` (RFC 7578), part by part in this order."),
  body_file: plainText.optional().describe(
    "The body is the content of this file, relative to the scenario, read when it is compiled.",
  ),
  auth: authSchema.optional().describe("Who sends the request. Without it, the target's `auth`."),
  expect: expectSchema.prefault({}).describe("What the response must be. Each expectation is a check."),
  capture: z.record(z.string(), captureSchema, { error: 'a table, such as { token = { json = "/token" } }' })
    .prefault({}).describe("Values taken from the response, for `${name}` in later steps. Each is a check."),
  when: whenSchema.optional().describe(
    "The step runs, with all its passes, only where this holds: of a captured value, or of the last `status`.",
  ),
  tags: tags().describe(
    "Names of one's own, for thresholds and reports; steps in a group have the group's too.",
  ),
  retry: retrySchema.optional().describe("When a request that failed is tried again."),
  redirects: count(0, 20).optional().describe(
    "How many redirects to follow at most. Without it, the target's.",
  ),
  repeat: countRange(0, 1_000_000).optional().describe(
    'Runs the step so many times: always `3`, or a number drawn evenly from `"1..5"`. `${loop}` is the pass, from 1.',
  ),
  on_error: choice(["continue", "end-session", "stop-run"]).optional().describe(
    "What a failed request or check leads to: the next step, the end of the session, or the end of the run. Without it: `continue`; in `[setup]`, `stop-run`.",
  ),
  timeout: duration.optional().describe(
    "The longest this request may take. Without it, the target's `timeout`.",
  ),
}, { error: 'a table, such as [[flow.step]] with get = "/"' }).meta({ id: "step" });

export type FoundStep = z.output<typeof stepSchema>;

/** `[[flow]]`. */
export const flowSchema = z.strictObject({
  name: label.describe("Unique; thresholds and reports use it."),
  weight: count(1, 1_000_000).prefault(1).describe("How often this flow is chosen, relative to the others."),
  step: z.array(stepSchema, { error: "a list of steps; write [[flow.step]]" }).prefault([]).describe(
    "What a session does, in order.",
  ),
  tags: tags().describe("Tags of all its steps."),
}, { error: "a table; write [[flow]]" });

/** `[setup]` and `[teardown]`. */
export const runOnceSchema = (name: "setup" | "teardown") =>
  z.strictObject({
    step: z.array(stepSchema, { error: `a list of steps; write [[${name}.step]]` }).prefault([]).describe(
      "What is done, in order; all that steps of a flow can do.",
    ),
  }, { error: `a table; write [[${name}.step]] with get = "/"` });
