/** Messages that come one by one, and what those of gRPC are made of. Types only; the imports are parts of it. */
import type { BodyCheck, JsonCheck } from "./plan_checks.ts";
import type { Template } from "./plan_templates.ts";

/** Messages come one by one: those of a WebSocket, server-sent events, or those of gRPC. */
export type Stream = Readonly<{
  kind: "webSocket" | "events" | "grpc";
  /**
   * The request is done with the first message of which all of this holds, or with message number `count` (0: any
   * number), whichever comes first; where neither is said, with the end of the response. Captures, and what `expect`
   * says of a body, are about the last message.
   */
  until: MessageMatch | null;
  count: number;
}>;

export type MessageMatch = Readonly<{
  /** The name of a server-sent event; empty: any. */
  event: string;
  json: readonly (JsonCheck | Readonly<{ pointer: string; test: Rendered }>)[];
  body: readonly (BodyCheck | Rendered)[];
}>;

/** What a session captured, or took from a table, may say which message it waits for. A value that is no text is compared as JSON. */
export type Rendered = Readonly<{ kind: "rendered contains" | "rendered equals"; text: Template }>;

/** A message of protocol buffers (proto3 JSON mapping for names and values). */
export type MessageType = Readonly<{ name: string; fields: readonly MessageField[] }>;

export type MessageField = Readonly<{
  number: number;
  /** As in JSON, and as in the source. */
  name: string;
  protoName: string;
  type: ScalarType | "message" | "enum" | "group";
  /** Position in `messageTypes` where `type` is message or group, else −1. */
  message: number;
  /** Where `type` is enum; of a number with several names the first is told. */
  values: readonly (readonly [name: string, value: number])[];
  /** one: absent means its default value; optional: absent is told from default. Messages are `optional`. */
  rule: "one" | "optional" | "repeated" | "packed" | "map";
  /** Of a map, whose `type` is that of its values. */
  keyType: ScalarType | "";
}>;

export type ScalarType =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";
