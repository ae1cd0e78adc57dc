/** The schema of `[[flow]]` and its steps: what a user does. */
import { z } from "zod";
import {
  choice,
  count,
  countRange,
  duration,
  durationRange,
  label,
  pattern,
  plainText,
  size,
  statuses,
  template,
  templateOrScalar,
  textToFind,
} from "./fields.ts";

/** The keys that make a step a request, and the methods on the wire. */
export const METHODS = {
  get: "GET",
  head: "HEAD",
  post: "POST",
  put: "PUT",
  patch: "PATCH",
  delete: "DELETE",
  options: "OPTIONS",
} as const;

export type MethodKey = keyof typeof METHODS;

/** The keys that a think step may have. */
export const THINK_KEYS: readonly string[] = ["name", "think", "repeat"];

/** Header names and values. */
export const headersSchema = () =>
  z.record(z.string(), template(), { error: 'a table, such as { accept = "application/json" }' });

const url = (method: string) =>
  template().optional().describe(
    `Sends a ${method} request to this path, which is appended to the path of the target's \`base\`; or to an absolute URL of the same origin.`,
  );

const bodyChecks = z.strictObject({
  contains: textToFind().optional().describe("The body holds this text."),
  equals: plainText().optional().describe("The body is this text and nothing else."),
  matches: pattern().optional().describe(
    "The body matches this JavaScript regular expression, compiled with the flag `u`.",
  ),
  min_bytes: size().optional().describe("The body has at least this size."),
  max_bytes: size().optional().describe("The body has at most this size."),
}, { error: 'a table, such as { contains = "price" }' });

const expect = z.strictObject({
  status: statuses().prefault(["2xx", "3xx"]).describe(
    'Statuses that pass: `200`, `"2xx"` or a list such as `["2xx", 404]`. Without it, 200 to 399 pass.',
  ),
  body: bodyChecks.prefault({}).describe("What the body must be; each key is one check."),
}, { error: "a table, such as { status = 200 }" });

/** `[[flow.step]]`. */
export const stepSchema = z.strictObject({
  name: label().optional().describe(
    "Unique in its flow; thresholds and reports use it, and it keys the step's random draws. Without it: method and path, or `think`.",
  ),
  get: url("GET"),
  head: url("HEAD"),
  post: url("POST"),
  put: url("PUT"),
  patch: url("PATCH"),
  delete: url("DELETE"),
  options: url("OPTIONS"),
  think: durationRange().optional().describe('Waits: always `"2s"`, or a time drawn evenly from `"1s..3s"`.'),
  query: z.record(z.string(), templateOrScalar(), { error: 'a table, such as { page = "1" }' }).prefault({})
    .describe(
      "Names and values appended to the URL, percent-encoded.",
    ),
  headers: headersSchema().prefault({}).describe(
    "Headers of this request. They replace those of the target with the same name.",
  ),
  json: z.unknown().optional().describe("The body, sent as JSON with `content-type: application/json`."),
  body: template().optional().describe("The body, sent as it stands. Set `content-type` in `headers`."),
  expect: expect.prefault({}).describe("What the response must be. Each expectation is a check."),
  repeat: countRange(0, 1_000_000).optional().describe(
    'Runs the step so many times: always `3`, or a number drawn evenly from `"1..5"`. `${loop}` is the pass, from 1.',
  ),
  on_error: choice(["continue", "end-session", "stop-run"]).prefault("continue").describe(
    "What a failed request or check leads to: the next step, the end of the session, or the end of the run.",
  ),
  timeout: duration().optional().describe(
    "The longest this request may take. Without it, the target's `timeout`.",
  ),
}, { error: 'a table, such as [[flow.step]] with get = "/"' });

/** `[[flow]]`. */
export const flowSchema = z.strictObject({
  name: label().describe("Unique; thresholds and reports use it."),
  weight: count(1, 1_000_000).prefault(1).describe("How often this flow is chosen, relative to the others."),
  step: z.array(stepSchema, { error: "a list of steps; write [[flow.step]]" }).prefault([]).describe(
    "What a session does, in order.",
  ),
}, { error: "a table; write [[flow]]" });
