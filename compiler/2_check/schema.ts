/**
 * The language: one schema, from which the types, the JSON Schema for editors and the reference come. It says what
 * may stand where and fills in every default; what keys mean to each other is checked beside it.
 */
import { z } from "zod";
import { choice, connections, count, duration, fileName, flag, plainText, url } from "./fields.ts";
import { dataSchema } from "./schema_data.ts";
import { authSchema, flowSchema, headersSchema } from "./schema_flow.ts";
import { loadSchema } from "./schema_load.ts";
import { thresholdSchema } from "./schema_threshold.ts";

export const targetSchema = z.strictObject({
  base: url().describe("Scheme, host, port and path that every URL begins with: `https://shop.test/api`."),
  headers: headersSchema().prefault({}).describe("Headers sent with every request."),
  timeout: duration().prefault("10s").describe(
    "The longest a request may take, from issue to the last byte of its response.",
  ),
  connections: connections().prefault("per-vu").describe(
    "Who owns a connection. `per-vu`: each user keeps one open. `per-session`: each session opens its own. " +
      "`per-request`: each request opens one. `shared:N`: all sessions share N of them and wait for a free one.",
  ),
  auth: authSchema.optional().describe("Who sends the requests, unless a step says otherwise."),
  cookies: flag().prefault(false).describe(
    "Every session keeps the cookies it is sent and sends them back (RFC 6265).",
  ),
  redirects: count(0, 20).prefault(0).describe(
    "How many redirects a request follows at most. With 0, a redirect is a response like any other.",
  ),
  transport: choice(["socket", "fetch"]).prefault("socket").describe(
    "`socket`: HTTP/1.1 straight on the socket, with exact phase times. `fetch`: the client of the Deno runtime.",
  ),
}, { error: 'a table; write [target] with base = "https://…"' });

/** A whole scenario file. */
export const scenarioSchema = z.strictObject({
  name: fileName().describe("Names the test, its executable and its ledgers: a–z, 0–9, `-`, `_` and spaces."),
  description: plainText().prefault("").describe("What the test is for; shown in reports."),
  seed: count(0, Number.MAX_SAFE_INTEGER).prefault(1).describe(
    "Keys every random choice: the same seed and scenario make the same choices on every machine.",
  ),
  target: targetSchema.describe("Where the traffic goes."),
  load: loadSchema.describe("How much traffic, and in what shape."),
  data: z.array(dataSchema, { error: "a list of tables; write [[data]]" }).prefault([]).describe(
    "Rows that sessions take.",
  ),
  flow: z.array(flowSchema, { error: "a list of flows; write [[flow]]" }).describe("What users do."),
  threshold: z.array(thresholdSchema, { error: "a list of thresholds; write [[threshold]]" }).prefault([])
    .describe(
      "What the run must reach to pass.",
    ),
});
