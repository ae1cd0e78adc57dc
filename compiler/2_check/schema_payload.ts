/** The schema of a WebSocket's messages: what is sent as one, and what is taken from one. */
import { z } from "../zod/zod.ts";
import { flag, pattern, plainText, pointer, template } from "./fields.ts";

/** A message to be sent. */
export const payloadSchema = z.union([
  template,
  z.strictObject({
    text: template.optional().describe("Sent as a text message. Short for it: the text alone."),
    json: z.unknown().optional().describe("Sent as a text message, as JSON."),
    base64: plainText.optional().describe("The bytes of a binary message, in base64."),
    file: plainText.optional().describe(
      "The content of this file, relative to the scenario, sent as a binary message. Read when the scenario is compiled.",
    ),
  }),
], { error: 'a text, or a table such as { json = { type = "hello" } }' });

/** Where in a message a value is. */
export const messageCaptureSchema = z.strictObject({
  json: pointer.optional().describe("A value of the message, read as JSON, by JSON pointer (RFC 6901)."),
  regex: pattern.optional().describe(
    "A regular expression, flag `u`, in the message; beside `json`, in the value found there. Its first group, or all it matches.",
  ),
  optional: flag.prefault(false).describe("It is no failure when nothing is found."),
}, { error: 'a table, such as { json = "/id" }' });
