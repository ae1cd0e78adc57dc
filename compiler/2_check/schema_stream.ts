/** The schema of messages that come one by one: which of them is meant, and how many are read. */
import { z } from "../zod/zod.ts";
import { count, pattern, plainText, size, template, templateToFind } from "./fields.ts";
import { jsonTestsSchema } from "./schema_response.ts";
import { RunTimeText } from "./templates.ts";

/** What a value of a message in JSON must be: a text may hold variables. */
const messageJsonSchema = z.union([z.instanceof(RunTimeText), ...jsonTestsSchema.options], {
  error: "a value, or a table such as { exists = true }",
}).meta({ id: "message_value" });

/** What a message must be; without any of it, every message will do. */
export const matchSchema = z.strictObject({
  contains: templateToFind.optional().describe("The message holds this text."),
  equals: template.optional().describe("The message is this text and nothing else."),
  matches: pattern.optional().describe("The message matches this regular expression, flag `u`."),
  json: z.record(z.string(), messageJsonSchema, { error: 'a table, such as { "/type" = "welcome" }' })
    .prefault({}).describe(
      "What values in the message, read as JSON, must be, by JSON pointer (RFC 6901).",
    ),
  min_bytes: size.optional().describe("The message has at least this size."),
  max_bytes: size.optional().describe("The message has at most this size."),
}, { error: 'a table, such as { contains = "welcome" }, or {} for any message' }).meta({ id: "message" });

const eventMatchSchema = matchSchema.extend({
  event: plainText.optional().describe("The event has this name."),
});

const most = (what: string) =>
  count(1, 1_000_000).optional().describe(
    `The response is read up to this ${what}. Without it, and without \`until\`, to its end.`,
  );

/** `events`. */
export const eventsSchema = z.strictObject({
  until: eventMatchSchema.optional().describe(
    "The response is read up to the first event of which all of this holds.",
  ),
  count: most("event"),
}, { error: "a table, such as { count = 10 }, or {} for all events" });

/** `messages`. */
export const messagesSchema = z.strictObject({
  until: matchSchema.optional().describe(
    "The response is read up to the first message of which all of this holds.",
  ),
  count: most("message"),
}, { error: "a table, such as { count = 10 }, or {} for all messages" });

export type FoundMatch = z.output<typeof eventMatchSchema>;
export type FoundStream = z.output<typeof eventsSchema>;
