import { holds } from "../comparison.ts";
import type { Expect } from "../plan.ts";
import type { BodyCheck, HeaderCheck, JsonCheck, JsonTest, TextTest } from "../plan_checks.ts";
import {
  canonicalJson,
  type Found,
  type Json,
  NOTHING,
  pointed,
  pointedText,
} from "../protocol/json_value.ts";
import { excerptOf, type ResponseView } from "./response_view.ts";

/** One check of a request, made ready once. */
export type PreparedCheck = Readonly<{
  holds(response: ResponseView): boolean;
  /** What there was instead, on one line, for a report. */
  found(response: ResponseView): string;
}>;

/** The checks behind the status, in the order in which they are numbered. */
export function prepareChecks({ withinTicks, headers, json, body }: Expect): PreparedCheck[] {
  return [
    ...(withinTicks > 0 ? [timeCheck(withinTicks)] : []),
    ...headers.map(headerCheck),
    ...json.map(jsonCheck),
    ...body.map(bodyCheck),
  ];
}

function timeCheck(withinTicks: number): PreparedCheck {
  return {
    holds: ({ serviceTicks }) => serviceTicks <= withinTicks,
    found: ({ serviceTicks }) => `${serviceTicks / 1000} ms`,
  };
}

function headerCheck({ name, test }: HeaderCheck): PreparedCheck {
  const holds = textTest(test);
  return {
    holds: (response) => {
      const values = response.fields(name);
      return test.kind === "exists" ? values.length > 0 === test.wanted : values.some(holds);
    },
    found: (response) => excerptOf(response.fields(name).join(", ")) || `no ${name}`,
  };
}

function textTest(test: TextTest): (text: string) => boolean {
  switch (test.kind) {
    case "exists":
      return () => test.wanted;
    case "contains":
      return (text) => text.includes(test.text);
    case "equals":
      return (text) => text === test.text;
    case "matches": {
      const pattern = new RegExp(test.pattern, "u");
      return (text) => pattern.test(text);
    }
  }
}

/** A check of a value in the body as JSON. */
export function jsonCheck({ pointer, test }: JsonCheck): PreparedCheck {
  const holds = jsonTest(test);
  return {
    holds: (response) => holds(pointed(response.json, pointer)),
    found: (response) => {
      if (response.json === NOTHING) return `no JSON: ${response.excerpt}`;
      const text = pointedText(response.text, response.json, pointer);
      return text === null ? `nothing at ${pointer}` : excerptOf(text);
    },
  };
}

function jsonTest(test: JsonTest): (found: Found) => boolean {
  switch (test.kind) {
    case "exists":
      return (found) => (found !== NOTHING) === test.wanted;
    case "equals":
      return (found) => found !== NOTHING && canonicalJson(found) === test.json;
    case "matches": {
      const pattern = new RegExp(test.pattern, "u");
      return (found) =>
        found !== NOTHING && pattern.test(typeof found === "string" ? found : JSON.stringify(found));
    }
    case "compares": {
      const limit = Number(test.limit);
      return (found) => holds(found === NOTHING ? NaN : sizeOf(found), test.comparison, limit);
    }
    case "type":
      return (found) => found !== NOTHING && typeOf(found) === test.type;
  }
}

/** A number itself; characters of a text, items of a list, keys of a table; NaN, which compares as nothing, of others. */
function sizeOf(value: Json): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" || Array.isArray(value)) return [...value].length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : NaN;
}

function typeOf(value: Json): (JsonTest & { kind: "type" })["type"] {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  switch (typeof value) {
    case "string":
      return "text";
    case "object":
      return "table";
    case "number":
      return "number";
    default:
      return "boolean";
  }
}

/** A check of the body as a whole. */
export function bodyCheck(check: BodyCheck): PreparedCheck {
  if (check.kind === "size") {
    const { minBytes, maxBytes } = check;
    return {
      holds: ({ body }) => body.length >= minBytes && body.length <= maxBytes,
      found: ({ body, excerpt }) => `${body.length} bytes: ${excerpt}`,
    };
  }
  const holds = textTest(check);
  return { holds: ({ text }) => holds(text), found: ({ excerpt }) => excerpt };
}
