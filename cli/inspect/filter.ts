/** What `z6c inspect` is asked to show, as data. docs/inspect.md describes the language. */
import type { Tick } from "../../runtime/plan.ts";
import { type FieldName, FIELDS } from "./filter_fields.ts";

export type Filter = Readonly<
  | { kind: "and" | "or"; left: Filter; right: Filter }
  | { kind: "not"; inner: Filter }
  | { kind: "compares"; field: FieldName; operator: Operator; value: Value }
  /** Both ends included. */
  | { kind: "between"; field: FieldName; low: number; high: number }
  | { kind: "contains"; field: FieldName; text: string }
  | { kind: "matches"; field: FieldName; pattern: string }
>;

export const OPERATORS = ["==", "!=", "<=", ">=", "<", ">"] as const;
export type Operator = (typeof OPERATORS)[number];

/** A number is in the field's unit: ticks, bytes, or none; a text is a name or what was said. */
export type Value = number | string;

/** Words that are no names unless they are quoted. */
export const KEYWORDS: readonly string[] = ["and", "or", "not", "between", "contains", "matches"];

export const BARE_WORD = /^[A-Za-z_][\w./-]*$/;

/** The filter as text that `readFilter` reads as the same filter. */
export function filterText(filter: Filter): string {
  switch (filter.kind) {
    case "and":
    case "or":
      return `${within(filter.kind, filter.left, false)} ${filter.kind} ${
        within(filter.kind, filter.right, true)
      }`;
    case "not": {
      const isLoose = filter.inner.kind === "and" || filter.inner.kind === "or";
      return isLoose ? `not (${filterText(filter.inner)})` : `not ${filterText(filter.inner)}`;
    }
    case "compares":
      return `${filter.field} ${filter.operator} ${valueText(filter.field, filter.value)}`;
    case "between": {
      const [low, high] = [filter.low, filter.high].map((value) => valueText(filter.field, value));
      return `${filter.field} between ${low} and ${high}`;
    }
    case "contains":
      return `${filter.field} contains ${JSON.stringify(filter.text)}`;
    case "matches":
      return `${filter.field} matches ${JSON.stringify(filter.pattern)}`;
  }
}

/** Whether something in the filter is about a field. */
export function speaksOf(filter: Filter, wanted: (field: FieldName) => boolean): boolean {
  switch (filter.kind) {
    case "and":
    case "or":
      return speaksOf(filter.left, wanted) || speaksOf(filter.right, wanted);
    case "not":
      return speaksOf(filter.inner, wanted);
    case "compares":
    case "between":
    case "contains":
    case "matches":
      return wanted(filter.field);
  }
}

/** `and` binds closer than `or`; both lean to the left. */
function within(kind: "and" | "or", filter: Filter, isRight: boolean): string {
  const text = filterText(filter);
  const needsParentheses = filter.kind === "or" && kind === "and" || isRight && filter.kind === kind;
  return needsParentheses ? `(${text})` : text;
}

function valueText(field: FieldName, value: Value): string {
  if (typeof value === "string") {
    const isBare = FIELDS[field].type === "name" && BARE_WORD.test(value) && !KEYWORDS.includes(value);
    return isBare ? value : JSON.stringify(value);
  }
  return FIELDS[field].type === "time" ? timeText(value) : String(value);
}

/** Exact, in the largest unit that keeps it whole. */
function timeText(ticks: Tick): string {
  if (ticks % 1_000_000 === 0) return `${ticks / 1_000_000}s`;
  return ticks % 1000 === 0 ? `${ticks / 1000}ms` : `${ticks}us`;
}
