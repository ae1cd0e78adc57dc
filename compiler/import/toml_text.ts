/** Values as TOML 1.0 text, the way a person writes it. */
import { type Table, type Value } from "./draft.ts";

/** The width that lines keep to where they can. */
export const LINE_WIDTH = 100;

const BARE = /^[A-Za-z0-9_-]+$/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** A key, quoted where it must be. */
export function keyText(key: string): string {
  return BARE.test(key) ? key : textOnOneLine(key);
}

/** A text on one line: in double quotes, or in single ones where that spares escapes. */
export function textOnOneLine(text: string): string {
  const whole = text.toWellFormed();
  if (/["\\]/.test(whole) && !/['\p{Cc}]/u.test(whole)) return `'${whole}'`;
  return `"${whole.replace(/[\p{Cc}"\\]/gu, escaped)}"`;
}

/** A text over several lines, for bodies and queries; texts without a line break stay on one. */
export function textOnLines(text: string): string {
  const whole = text.toWellFormed();
  if (!whole.includes("\n") || /(?![\n\t])\p{Cc}/u.test(whole)) return textOnOneLine(whole);
  if (!whole.includes("'''") && !whole.endsWith("'")) return `'''\n${whole}'''`;
  return `"""\n${whole.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"""`;
}

/** Any value on one line; tables are inline tables. `written` turns texts into what the scenario says. */
export function valueOnOneLine(value: Value, written: (text: string) => string): string {
  if (typeof value === "string") return textOnOneLine(written(value));
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return numberText(value);
  if (value instanceof Map) return inlineTable(value, written);
  if ("number" in value) return value.number;
  return Array.isArray(value) ? `[${value.map((item) => valueOnOneLine(item, written)).join(", ")}]` : "";
}

/** `key = value`, over several lines where a list is too long for one. */
export function keyValue(key: string, value: Value, written: (text: string) => string): string {
  const front = `${keyText(key)} = `;
  if (typeof value === "string") return front + textOnLines(written(value));
  const line = front + valueOnOneLine(value, written);
  if (line.length <= LINE_WIDTH || !Array.isArray(value) || value.length === 0) return line;
  return `${front}[\n${value.map((item) => `  ${valueOnOneLine(item, written)},\n`).join("")}]`;
}

function inlineTable(table: Table, written: (text: string) => string): string {
  if (table.size === 0) return "{}";
  const entries = [...table].map(([key, value]) => `${keyText(key)} = ${valueOnOneLine(value, written)}`);
  return `{ ${entries.join(", ")} }`;
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return "0";
  const text = String(value);
  return Number.isInteger(value) && /^-?\d{5,}$/.test(text) ? text.replace(/\B(?=(\d{3})+$)/g, "_") : text;
}

function escaped(character: string): string {
  return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
