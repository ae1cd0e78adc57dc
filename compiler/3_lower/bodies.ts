/** A request's body as a template of the bytes on the wire. */
import type { Part, Template } from "../../runtime/plan.ts";
import type { Body, JsonValue } from "../2_check/scenario.ts";
import { type Encoding, lowerTemplate, mergeLiterals, type SlotContext, VERBATIM } from "./templates.ts";

const JSON_STRING: Encoding = { literal: escapeJson, value: escapeJson };

/** Empty where there is no body. JSON is written without white space, tables in the order of the source. */
export function lowerBody(body: Body, context: SlotContext): Template {
  switch (body.kind) {
    case "none":
      return [];
    case "text":
      return lowerTemplate(body.text, VERBATIM, context);
    case "json":
      return mergeLiterals(jsonParts(body.value, context));
  }
}

function jsonParts(value: JsonValue, context: SlotContext): readonly Part[] {
  switch (value.kind) {
    case "text":
      // Even `"${session}"` stays a string: a value's type is what the scenario shows, and never changes silently.
      return ['"', ...lowerTemplate(value.text, JSON_STRING, context), '"'];
    case "number":
      return [value.text];
    case "boolean":
      return [String(value.value)];
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

/** Text within the quotes of a JSON string. */
function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
