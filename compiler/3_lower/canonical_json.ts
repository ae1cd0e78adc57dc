/** Canonical JSON (RFC 8785): one value, one text, so that a plan has one hash. */
import assert from "node:assert/strict";

/**
 * Serialises `value` as RFC 8785 says: no white space, keys by UTF-16 code units (section 3.2.3), numbers and strings as
 * ECMAScript writes them (3.2.2). Asserts what JSON cannot hold: numbers that are not finite, lone surrogates,
 * `undefined`, functions, and objects that are neither plain nor arrays. Such a value is a mistake of the program.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      assert(Number.isFinite(value), `canonical JSON has no ${value}`);
      return JSON.stringify(value);
    case "string":
      return canonicalString(value);
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value);
    default:
      assert.fail(`canonical JSON has no ${typeof value}`);
  }
}

function canonicalString(text: string): string {
  assert(text.isWellFormed(), `canonical JSON has no lone surrogates, as in ${JSON.stringify(text)}`);
  return JSON.stringify(text);
}

function canonicalArray(values: readonly unknown[]): string {
  // Not `map`, which would skip the holes of a sparse array.
  return `[${Array.from(values, canonicalJson).join(",")}]`;
}

function canonicalObject(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, "canonical JSON has plain objects only");
  // Without a comparison function `sort` goes by UTF-16 code units, which is what section 3.2.3 asks for.
  const members = Object.entries(value)
    .map(([key, member]) => ({ key, member }))
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ key, member }) => `${canonicalString(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
