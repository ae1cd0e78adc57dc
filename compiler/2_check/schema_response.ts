/** The schema of what a response must be, what is taken from it, and what depends on it. */
import { z } from "../zod/zod.ts";
import {
  choice,
  count,
  duration,
  durationRange,
  flag,
  grpcStatuses,
  pattern,
  plainText,
  pointer,
  retryReasons,
  size,
  statuses,
  textToFind,
} from "./fields.ts";

const bodyChecks = z.strictObject({
  contains: textToFind.optional().describe("The body holds this text."),
  equals: plainText.optional().describe("The body is this text and nothing else."),
  matches: pattern.optional().describe(
    "The body matches this JavaScript regular expression, compiled with the flag `u`.",
  ),
  min_bytes: size.optional().describe("The body has at least this size."),
  max_bytes: size.optional().describe("The body has at most this size."),
}, { error: 'a table, such as { contains = "price" }' });

/** What a header must be. */
export const headerTestsSchema = z.union([
  z.string(),
  z.strictObject({
    exists: flag.optional().describe("Whether the header is there."),
    contains: textToFind.optional().describe("The header holds this text."),
    equals: plainText.optional().describe("The header is this text; short for it: the text alone."),
    matches: pattern.optional().describe("The header matches this regular expression, flag `u`."),
  }),
], { error: 'a text, or a table such as { contains = "json" }' });

const limit = (words: string) => z.number({ error: "a number" }).optional().describe(words);

/** What a value of a JSON body must be. */
export const jsonTestsSchema = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.unknown()),
  z.strictObject({
    exists: flag.optional().describe("Whether there is a value."),
    equals: z.unknown().optional().describe(
      "The value, of any type; short for all but tables: the value alone.",
    ),
    matches: pattern.optional().describe(
      "The value is a text that matches this regular expression, flag `u`.",
    ),
    min: limit("A number is at least this; a text, list or table has at least this length."),
    max: limit("A number is at most this; a text, list or table has at most this length."),
    type: choice(["text", "number", "boolean", "list", "table", "null"]).optional().describe(
      "The type of the value.",
    ),
  }),
], { error: "a value, or a table such as { exists = true }" });

/** What a response must be. */
export const expectSchema = z.strictObject({
  status: statuses.prefault(["2xx", "3xx"]).describe(
    'Statuses that pass: `200`, `"2xx"` or a list such as `["2xx", 404]`. Without it, 200 to 399 pass.',
  ),
  grpc: grpcStatuses.prefault("OK").describe(
    'In a step with `grpc`: statuses of gRPC that pass, `"OK"` or a list such as `["OK", "NOT_FOUND"]`.',
  ),
  within: duration.optional().describe(
    "The longest service time that passes, from issue to the last byte.",
  ),
  headers: z.record(z.string(), headerTestsSchema, {
    error: 'a table, such as { content-type = { contains = "json" } }',
  }).prefault({}).describe("What headers must be; each test is one check."),
  json: z.record(z.string(), jsonTestsSchema, { error: 'a table, such as { "/id" = { exists = true } }' })
    .prefault({}).describe(
      "What values in a JSON body must be, by JSON pointer (RFC 6901); each test is one check.",
    ),
  body: bodyChecks.prefault({}).describe("What the body must be; each key is one check."),
}, { error: "a table, such as { status = 200 }" });

/** Where in a response a value is. */
export const captureSchema = z.strictObject({
  json: pointer.optional().describe("A value of a JSON body, by JSON pointer (RFC 6901)."),
  header: plainText.optional().describe("A header; the first of that name."),
  cookie: plainText.optional().describe("A cookie that the response sets."),
  regex: pattern.optional().describe(
    "A regular expression, flag `u`, in the body; beside `json`, `header` or `cookie`, in the value found there. Its first group, or all it matches.",
  ),
  optional: flag.prefault(false).describe("It is no failure when nothing is found."),
}, { error: 'a table, such as { json = "/token" }' });

/** What a captured value must be. */
export const conditionSchema = z.union([
  z.literal(["exists", "missing"]),
  z.strictObject({
    equals: plainText.optional().describe("The captured value is this text."),
    not: plainText.optional().describe("The captured value is another text, or there is none."),
    matches: pattern.optional().describe("The captured value matches this regular expression, flag `u`."),
  }),
], { error: '"exists", "missing" or a table such as { equals = "x" }' });

/** What a step depends on: names of captures, and `status`. */
export const whenSchema = z.object({
  status: statuses.optional().describe("The status of the session's last response."),
}, { error: 'a table, such as { token = "exists" }' }).catchall(conditionSchema);

/** When a request is tried again. */
export const retrySchema = z.strictObject({
  times: count(1, 100).describe("Tries beside the first."),
  on: retryReasons.prefault(["connect", "wait", 502, 503, 504]).describe(
    "What leads to another try: `timeout`, `reset`, `closed` and `refused` in whatever phase, all errors of the phases " +
      '`connect` and `wait`, statuses. Without it: `["connect", "wait", 502, 503, 504]`.',
  ),
  wait: durationRange.prefault("100ms..1s").describe(
    "How long to wait before a try: the first time first, twice as long each time, and never more than the second.",
  ),
}, { error: "a table, such as { times = 2 }" });
