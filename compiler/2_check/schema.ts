/**
 * The language: one schema, from which the types, the JSON Schema for editors and the reference come. It says what
 * may stand where and fills in every default; what keys mean to each other is checked beside it.
 */
import { z } from "../zod/zod.ts";
import {
  choice,
  connections,
  count,
  duration,
  fileName,
  flag,
  plainText,
  url,
  warningCode,
} from "./fields.ts";
import { dataSchema } from "./schema_data.ts";
import { authSchema } from "./schema_auth.ts";
import { flowSchema, headersSchema, runOnceSchema } from "./schema_flow.ts";
import { loadSchema } from "./schema_load.ts";
import { simulationSchema } from "./schema_simulation.ts";
import { thresholdSchema } from "./schema_threshold.ts";
import { tlsSchema } from "./schema_tls.ts";
import { validitySchema } from "./schema_validity.ts";

const targetKeys = {
  base: url.describe("Scheme, host, port and path that every URL begins with: `https://shop.test/api`."),
  headers: headersSchema.prefault({}).describe("Headers sent with every request."),
  timeout: duration.prefault("10s").describe(
    "The longest a request may take, from issue to the last byte of its response.",
  ),
  connections: connections.prefault("per-vu").describe(
    "Who owns a connection. `per-vu`: each user keeps one open. `per-session`: each session opens its own. " +
      "`per-request`: each request opens one. `shared:N`: all sessions share N of them and wait for a free one.",
  ),
  protocol: choice(["http/1.1", "h2", "auto"]).prefault("http/1.1").describe(
    "`http/1.1`. `h2`: HTTP/2; without TLS by prior knowledge. `auto`: what the target chooses in the TLS handshake.",
  ),
  streams: count(1, 10_000).prefault(1).describe(
    "How many requests each of the shared connections carries at once; more than 1 with `h2` only.",
  ),
  tls: tlsSchema.optional().describe("Certificates, where `base` begins with `https`."),
  auth: authSchema.optional().describe("Who sends the requests, unless a step says otherwise."),
  cookies: flag.prefault(false).describe(
    "Every session keeps the cookies it is sent and sends them back (RFC 6265).",
  ),
  redirects: count(0, 20).prefault(0).describe(
    "How many redirects a request follows at most. With 0, a redirect is a response like any other.",
  ),
};

/** `[target]`. */
export const targetSchema = z.strictObject({
  ...targetKeys,
  transport: choice(["socket", "fetch", "epoll"]).prefault("socket").describe(
    "`socket`: straight on the socket, with exact phase times. `fetch`: the client of the Deno runtime, without WebSockets. " +
      "`epoll`: as `socket`, by the system calls of Linux, for the highest rates and the finest pacing; without TLS.",
  ),
}, { error: 'a table; write [target] with base = "https://…"' });

/** `[targets.NAME]`. */
export const namedTargetSchema = z.strictObject(targetKeys, {
  error: 'a table; write [targets.NAME] with base = "https://…"',
});

/** A whole scenario file. */
export const scenarioSchema = z.strictObject({
  name: fileName.describe("Names the test, its executable and its ledgers: a–z, 0–9, `-`, `_` and spaces."),
  description: plainText.prefault("").describe("What the test is for; shown in reports."),
  seed: count(0, Number.MAX_SAFE_INTEGER).prefault(1).describe(
    "Keys every random choice: the same seed and scenario make the same choices on every machine.",
  ),
  target: targetSchema.describe("Where the traffic goes."),
  targets: z.record(z.string(), namedTargetSchema, {
    error: 'a table of targets; write [targets.NAME] with base = "https://…"',
  }).prefault({}).describe(
    "More targets, by name. A step goes there with `target`, or by an absolute URL. They take nothing over from `[target]`.",
  ),
  load: loadSchema.describe("How much traffic, and in what shape."),
  data: z.array(dataSchema, { error: "a list of tables; write [[data]]" }).prefault([]).describe(
    "Rows that sessions take.",
  ),
  proto: z.array(plainText, { error: 'a list of files, such as ["shop.proto"]' }).prefault([]).describe(
    "`.proto` files, relative to the scenario, that tell of the methods that steps with `grpc` call.",
  ),
  flow: z.array(flowSchema, { error: "a list of flows; write [[flow]]" }).describe("What users do."),
  setup: runOnceSchema("setup").optional().describe(
    "What is done once, before the load; `${setup.NAME}` is what it captured.",
  ),
  teardown: runOnceSchema("teardown").optional().describe(
    "What is done once, behind the load, however that ended.",
  ),
  threshold: z.array(thresholdSchema, { error: "a list of thresholds; write [[threshold]]" }).prefault([])
    .describe(
      "What the run must reach to pass.",
    ),
  validity: validitySchema.prefault({}).describe(
    "What z6c itself may fall short by; beyond it the run is invalid (97).",
  ),
  simulation: simulationSchema.prefault({}).describe("How the target behaves when the run is simulated."),
  allow: z.array(warningCode, { error: 'a list of codes, such as ["Z1951"]' }).prefault([]).describe(
    "Codes of warnings that are not to be reported.",
  ),
});

/** What the schema makes of a sound file. */
export type FoundScenario = z.output<typeof scenarioSchema>;
