/** A request's body as a template of the bytes on the wire, and what it is. */
import type { Part, Template } from "../../runtime/plan_templates.ts";
import type { Body, JsonValue, QueryItem } from "../2_check/scenario.ts";
import { IN_JSON_TEXT, QUERY_ITEM, VERBATIM } from "./encodings.ts";
import { lowerMultipart } from "./multipart.ts";
import { bytesPart, isLiteral, lowerTemplate, mergeLiterals, type SlotContext, slotOf } from "./templates.ts";

/** `contentType` is null where the scenario alone can tell. */
export type LoweredBody = Readonly<{ template: Template; contentType: string | null }>;

/** Empty where there is no body. JSON is written without white space, tables in the order of the source. */
export function lowerBody(body: Body, context: SlotContext): LoweredBody {
  switch (body.kind) {
    case "none":
      return { template: [], contentType: null };
    case "text":
      return { template: lowerTemplate(body.text, VERBATIM, context), contentType: null };
    case "json":
      return { template: mergeLiterals(jsonParts(body.value, context)), contentType: "application/json" };
    case "form":
      return {
        template: mergeLiterals(itemParts(body.items, context)),
        contentType: "application/x-www-form-urlencoded",
      };
    case "multipart":
      return lowerMultipart(body.parts, context);
    case "grpc":
      return lowerMessage(body, context);
    case "bytes":
      return { template: mergeLiterals([bytesPart(body.bytes)]), contentType: "application/octet-stream" };
  }
}

/**
 * `name=value` joined by `&`, for queries and forms. A space becomes `%20`: forms read it as well as `+`, and it is
 * what values are encoded to while the test runs.
 */
export function itemParts(items: readonly QueryItem[], context: SlotContext): Part[] {
  return items.flatMap(({ name, value }, index) => [
    `${index === 0 ? "" : "&"}${QUERY_ITEM.literal(name)}=`,
    ...lowerTemplate(value, QUERY_ITEM, context),
  ]);
}

/** In its frame where all of it is known; otherwise its JSON, which is encoded when it is rendered. */
function lowerMessage(
  { message, method }: Extract<Body, { kind: "grpc" }>,
  context: SlotContext,
): LoweredBody {
  const json = mergeLiterals(jsonParts(message, context));
  const template = isLiteral(json) ? [{ base64: framed(method.encode(json.join(""))).toBase64() }] : json;
  return { template, contentType: "application/grpc" };
}

/** One byte for "not compressed", four for the length (gRPC over HTTP2, "Length-Prefixed-Message"). */
function framed(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(5 + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, 5);
  return frame;
}

function jsonParts(value: JsonValue, context: SlotContext): readonly Part[] {
  switch (value.kind) {
    case "text":
      // Even `"${session}"` stays a string: a value's type is what the scenario shows, and never changes silently.
      return ['"', ...lowerTemplate(value.text, IN_JSON_TEXT, context), '"'];
    case "number":
      return [value.text];
    case "boolean":
      return [String(value.value)];
    case "cell":
      return [slotOf(value.variable, VERBATIM, context)];
    case "list":
      return ["[", ...separated(value.items.map((item) => jsonParts(item, context))), "]"];
    case "table":
      return [
        "{",
        ...separated(
          value.entries.map(({ key, value }) => [`${JSON.stringify(key)}:`, ...jsonParts(value, context)]),
        ),
        "}",
      ];
  }
}

function separated(members: readonly (readonly Part[])[]): Part[] {
  return members.flatMap((member, index) => index === 0 ? member : [",", ...member]);
}
