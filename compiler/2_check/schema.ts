/**
 * The language: one schema, from which the types, the JSON Schema for editors and the reference come. It says what
 * may stand where and fills in every default; what keys mean to each other is checked beside it.
 */
import { z } from "zod";
import { choice, connections, count, duration, fileName, plainText, url } from "./fields.ts";
import { flowSchema, headersSchema } from "./schema_flow.ts";
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
  flow: z.array(flowSchema, { error: "a list of flows; write [[flow]]" }).describe("What users do."),
  threshold: z.array(thresholdSchema, { error: "a list of thresholds; write [[threshold]]" }).prefault([])
    .describe(
      "What the run must reach to pass.",
    ),
});
