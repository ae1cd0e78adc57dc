/** What a filter can ask about. */
import type { Entry } from "./entry.ts";

/**
 * number: whole numbers without a unit; time: with one (`300ms`); bytes: with or without; name: one of a known list;
 * text: what was said.
 */
export type FieldType = "number" | "time" | "bytes" | "name" | "text";

type Field = Readonly<{ type: FieldType; of: ((entry: Entry) => number) | null; means: string }>;

/** `of`: the number that is compared, −1 for none; of names, positions or codes. */
export const FIELDS = {
  status: { type: "number", of: (it) => it.status, means: "of the response; 600 and more: of gRPC" },
  error: { type: "name", of: (it) => it.error, means: "connect.refused, or Z3201" },
  outcome: { type: "name", of: null, means: "good, unexpected, failed, cancelled, or sent" },
  step: { type: "name", of: (it) => it.step, means: "its name, or flow/name" },
  flow: { type: "name", of: (it) => it.flow, means: "its name" },
  stage: { type: "name", of: (it) => it.stage, means: "in which the session arrived" },
  target: { type: "name", of: null, means: "its name; the first has none, and is called by its host" },
  connection: { type: "name", of: null, means: "opened for it, or reused" },
  session: { type: "number", of: (it) => it.session, means: "its number, setup or teardown" },
  vu: { type: "number", of: (it) => it.vu, means: "the slot that carried the session" },
  tick: { type: "time", of: (it) => it.tick, means: "of the record; of a request, of its end" },
  due: { type: "time", of: (it) => it.dueTick, means: "when it should have been sent" },
  issued: { type: "time", of: (it) => it.issuedTick, means: "when it was sent" },
  response_time: { type: "time", of: (it) => it.responseTicks, means: "from due to the end" },
  service_time: { type: "time", of: (it) => it.serviceTicks, means: "from issued to the end" },
  first_byte: { type: "time", of: (it) => it.firstByteTicks, means: "from issued to the first byte" },
  lag: { type: "time", of: (it) => it.lagTicks, means: "the generator's lateness" },
  blocked: { type: "time", of: (it) => it.blockedTicks, means: "the wait for a shared connection" },
  dns: { type: "time", of: (it) => it.dnsTicks, means: "of the connection opened for it" },
  connect: { type: "time", of: (it) => it.connectTicks, means: "of the connection opened for it" },
  tls: { type: "time", of: (it) => it.tlsTicks, means: "of the connection opened for it" },
  sent: { type: "bytes", of: (it) => it.sentBytes, means: "bytes of the request" },
  received: { type: "bytes", of: (it) => it.receivedBytes, means: "bytes of the response" },
  text: { type: "text", of: null, means: "causes, excerpts of failed checks, captured values" },
  kind: { type: "name", of: (it) => it.kind, means: "of a record: valueCaptured" },
  a: { type: "number", of: (it) => it.a, means: "a record's operand, likewise b and c" },
  b: { type: "number", of: (it) => it.b, means: "" },
  c: { type: "number", of: (it) => it.c, means: "" },
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;

/** Fields of single records: a filter that speaks of one lists records, and every other one lists requests. */
export function isOfRecords(field: FieldName): boolean {
  return field === "kind" || field === "a" || field === "b" || field === "c";
}

export function isFieldName(text: string): text is FieldName {
  return Object.hasOwn(FIELDS, text);
}
