/** What a response can be held against. Types only, no imports. */

/** `name` in lower case; a header that comes several times holds when one of them does. */
export type HeaderCheck = Readonly<{ name: string; test: TextTest }>;

/** RFC 6901 pointer into the body as JSON. */
export type JsonCheck = Readonly<{ pointer: string; test: JsonTest }>;

export type TextTest = Readonly<
  | { kind: "exists"; wanted: boolean }
  | { kind: "contains" | "equals"; text: string }
  /** A JavaScript regular expression with the flag `u`. */
  | { kind: "matches"; pattern: string }
>;

export type JsonTest = Readonly<
  | { kind: "exists"; wanted: boolean }
  /** `json`: the canonical JSON of the value. */
  | { kind: "equals"; json: string }
  | { kind: "matches"; pattern: string }
  /** Numbers as they are; texts, lists and tables by their length. Decimal texts, since a plan holds whole numbers only. */
  | { kind: "compares"; comparison: "<" | "<=" | ">" | ">="; limit: string }
  | { kind: "type"; type: "text" | "number" | "boolean" | "list" | "table" | "null" }
>;

export type BodyCheck = Readonly<
  | { kind: "contains"; text: string }
  | { kind: "equals"; text: string }
  /** A JavaScript regular expression with the flag `u`. */
  | { kind: "matches"; pattern: string }
  | { kind: "size"; minBytes: number; maxBytes: number }
>;
