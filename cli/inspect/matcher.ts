import type { Entry } from "./entry.ts";
import type { Filter, Operator, Value } from "./filter.ts";
import { type FieldName, FIELDS } from "./filter_fields.ts";
import type { FilterNames } from "./filter_names.ts";

export type Matcher = (entry: Entry) => boolean;

/** The filter as a function. What an entry does not have is not equal to anything, and neither above nor below. */
export function matcher(filter: Filter, names: FilterNames): Matcher {
  switch (filter.kind) {
    case "and": {
      const [left, right] = [matcher(filter.left, names), matcher(filter.right, names)];
      return (entry) => left(entry) && right(entry);
    }
    case "or": {
      const [left, right] = [matcher(filter.left, names), matcher(filter.right, names)];
      return (entry) => left(entry) || right(entry);
    }
    case "not": {
      const inner = matcher(filter.inner, names);
      return (entry) => !inner(entry);
    }
    case "compares":
      return compares(filter.field, filter.operator, filter.value, names);
    case "between": {
      const of = numberOf(filter.field);
      const { low, high } = filter;
      return (entry) => of(entry) >= low && of(entry) <= high && of(entry) !== -1;
    }
    case "contains": {
      const { text } = filter;
      return ({ notes }) => notes.some((note) => note.text.includes(text));
    }
    case "matches": {
      const pattern = new RegExp(filter.pattern, "u");
      return ({ notes }) => notes.some((note) => pattern.test(note.text));
    }
  }
}

function compares(field: FieldName, operator: Operator, value: Value, names: FilterNames): Matcher {
  if (operator === "!=") {
    const equal = compares(field, "==", value, names);
    return (entry) => !equal(entry);
  }
  if (typeof value === "string") return isNamed(field, value, names);
  const of = numberOf(field);
  const holds = ORDER[operator];
  return (entry) => {
    const found = of(entry);
    return found !== -1 && holds(found, value);
  };
}

function isNamed(field: FieldName, name: string, names: FilterNames): Matcher {
  switch (field) {
    case "outcome":
      return ({ outcome }) => outcome === name;
    case "connection":
      return ({ connection }) => connection === name;
    case "text":
      return ({ notes }) => notes.some(({ text }) => text === name);
    default: {
      const positions = new Set(names[field]?.get(name));
      const of = field === "target" ? (entry: Entry) => entry.step : numberOf(field);
      return (entry) => positions.has(of(entry));
    }
  }
}

const ORDER: Readonly<Record<Exclude<Operator, "!=">, (found: number, value: number) => boolean>> = {
  "==": (found, value) => found === value,
  "<": (found, value) => found < value,
  "<=": (found, value) => found <= value,
  ">": (found, value) => found > value,
  ">=": (found, value) => found >= value,
};

function numberOf(field: FieldName): (entry: Entry) => number {
  const { of } = FIELDS[field];
  if (of === null) throw new Error(`${field} is no number`);
  return of;
}
