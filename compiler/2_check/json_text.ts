/** A JSON value without variables, as its text. */
import type { JsonValue } from "./scenario.ts";
import { literalText } from "./templates.ts";

export function fixedJsonText(value: JsonValue): string {
  switch (value.kind) {
    case "text":
      return JSON.stringify(literalText(value.text) ?? "");
    case "number":
      return value.text;
    case "boolean":
      return String(value.value);
    case "cell":
      return "null";
    case "list":
      return `[${value.items.map(fixedJsonText).join(",")}]`;
    case "table":
      return `{${
        value.entries.map((one) => `${JSON.stringify(one.key)}:${fixedJsonText(one.value)}`).join(",")
      }}`;
  }
}
