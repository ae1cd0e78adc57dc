import { didYouMean } from "../../compiler/2_check/nearest_name.ts";
import { requestError } from "../../runtime/ledger/errors.ts";
import { SESSION } from "../../runtime/ledger/record.ts";
import { type Filter, KEYWORDS, type Operator, OPERATORS, type Value } from "./filter.ts";
import { type FieldName, FIELDS, type FieldType, isFieldName } from "./filter_fields.ts";
import { type FilterNames, nameProblem } from "./filter_names.ts";
import { filterProblem, filterWords, type Place, type Word } from "./filter_words.ts";
import { readSize, readTime, readWhole } from "./quantity.ts";

/** Parentheses within parentheses; deeper is a mistake. */
const DEPTH_MAX = 100;

/** Reads `status >= 500 and step == pay`. Throws `UserError` with the place of what cannot be read. */
export function readFilter(source: string, names: FilterNames): Filter {
  return new FilterReader(source, names).read();
}

class FilterReader {
  readonly #source: string;
  readonly #names: FilterNames;
  readonly #words: readonly Word[];
  #next = 0;
  #depth = 0;

  constructor(source: string, names: FilterNames) {
    this.#source = source;
    this.#names = names;
    this.#words = filterWords(source);
  }

  read(): Filter {
    const filter = this.#alternatives();
    const rest = this.#words[this.#next];
    if (rest.kind === "end") return filter;
    const hint = rest.text === ")" ? "no parenthesis is open here" : "`and` or `or` is wanted here";
    throw this.#problem(rest, hint);
  }

  #alternatives(): Filter {
    let left = this.#conditions();
    while (this.#takes("or")) left = { kind: "or", left, right: this.#conditions() };
    return left;
  }

  #conditions(): Filter {
    let left = this.#condition();
    while (this.#takes("and")) left = { kind: "and", left, right: this.#condition() };
    return left;
  }

  #condition(): Filter {
    const place = this.#words[this.#next];
    if (++this.#depth > DEPTH_MAX) throw this.#problem(place, `more than ${DEPTH_MAX} levels`);
    const filter = this.#takes("not")
      ? { kind: "not" as const, inner: this.#condition() }
      : this.#takes("(")
      ? this.#parenthesised(place)
      : this.#comparison();
    this.#depth--;
    return filter;
  }

  #parenthesised(open: Word): Filter {
    const inner = this.#alternatives();
    if (!this.#takes(")")) throw this.#problem(open, "this parenthesis is not closed");
    return inner;
  }

  #comparison(): Filter {
    const field = this.#field();
    const word = this.#words[this.#next++];
    if (isOperator(word)) return this.#compares(field, word.text as Operator, word);
    if (word.kind === "word" && word.text === "between") return this.#between(field, word);
    if (word.kind === "word" && (word.text === "contains" || word.text === "matches")) {
      return this.#searches(field, word.text, word);
    }
    throw this.#problem(word, `a comparison is wanted here: ${comparisonsOf(FIELDS[field].type)}`);
  }

  #field(): FieldName {
    const word = this.#words[this.#next++];
    if (word.kind === "word" && isFieldName(word.text)) return word.text;
    const fields = Object.keys(FIELDS);
    if (word.kind === "end") throw this.#problem(word, `a field is wanted here: ${fields.join(", ")}`);
    const guess = didYouMean(word.text, fields);
    throw this.#problem(
      word,
      `there is no field ${JSON.stringify(word.text)}${
        guess === "" ? `; there are ${fields.join(", ")}` : guess
      }`,
    );
  }

  #compares(field: FieldName, operator: Operator, place: Place): Filter {
    const { type } = FIELDS[field];
    if ((type === "name" || type === "text") && operator !== "==" && operator !== "!=") {
      throw this.#problem(place, `${field} has no order: ${comparisonsOf(type)}`);
    }
    return { kind: "compares", field, operator, value: this.#value(field) };
  }

  #between(field: FieldName, place: Place): Filter {
    const { type } = FIELDS[field];
    if (type === "name" || type === "text") {
      throw this.#problem(place, `${field} has no order: ${comparisonsOf(type)}`);
    }
    const from = this.#words[this.#next];
    const low = Number(this.#value(field));
    const and = this.#words[this.#next];
    if (!this.#takes("and")) throw this.#problem(and, "`and` and the other end are wanted here");
    const to = this.#words[this.#next];
    const high = Number(this.#value(field));
    if (low > high) {
      throw this.#problem(
        { at: from.at, length: to.at + to.length - from.at },
        "the first end is after the second",
      );
    }
    return { kind: "between", field, low, high };
  }

  #searches(field: FieldName, kind: "contains" | "matches", place: Place): Filter {
    if (FIELDS[field].type !== "text") throw this.#problem(place, `only text ${kind} something`);
    const word = this.#words[this.#next++];
    if (word.kind !== "text") throw this.#problem(word, 'a text in " is wanted here');
    if (kind === "contains") return { kind, field, text: word.text };
    try {
      new RegExp(word.text, "u");
    } catch {
      throw this.#problem(word, "this is no regular expression of JavaScript (flag u)");
    }
    return { kind, field, pattern: word.text };
  }

  #value(field: FieldName): Value {
    const word = this.#words[this.#next++];
    const value = this.#valueOf(field, word);
    if (typeof value === "object") throw this.#problem(word, value.wrong);
    return value;
  }

  #valueOf(field: FieldName, word: Word): Value | { wrong: string } {
    const isKeyword = word.kind === "word" && KEYWORDS.includes(word.text);
    if (word.kind === "end" || word.kind === "symbol" || isKeyword) {
      return { wrong: `${WANTED[FIELDS[field].type]} is wanted here` };
    }
    switch (FIELDS[field].type) {
      case "text":
        return word.kind === "text" ? word.text : { wrong: 'a text in " is wanted here' };
      case "name": {
        const name = field === "error" ? errorName(word.text) : word.text;
        const problem = nameProblem(this.#names, field, name);
        return problem === null ? name : { wrong: problem };
      }
      case "time":
        return readTime(word.text) ?? { wrong: "a time has a unit: 250us, 300ms, 1.5s, 2min" };
      case "bytes":
        return readSize(word.text) ?? { wrong: "this is no size: 512, 1KiB, 2MB" };
      case "number": {
        if (field === "session" && word.text in SESSION) return SESSION[word.text as keyof typeof SESSION];
        return readWhole(word.text) ?? { wrong: "a whole number without a unit is wanted here" };
      }
    }
  }

  #takes(text: string): boolean {
    const word = this.#words[this.#next];
    const taken = (word.kind === "word" || word.kind === "symbol") && word.text === text;
    if (taken) this.#next++;
    return taken;
  }

  #problem(place: Place, problem: string): Error {
    return filterProblem(this.#source, place, problem);
  }
}

const WANTED: Readonly<Record<FieldType, string>> = {
  number: "a whole number",
  time: "a time, such as 300ms,",
  bytes: "a size, such as 512 or 1KiB,",
  name: "a name",
  text: 'a text in "',
};

function comparisonsOf(type: FieldType): string {
  switch (type) {
    case "name":
      return "== or !=";
    case "text":
      return "contains, matches, == or !=";
    case "number":
    case "time":
    case "bytes":
      return `${OPERATORS.join(", ")} or between`;
  }
}

function isOperator(word: Word): boolean {
  return word.kind === "symbol" && OPERATORS.some((operator) => operator === word.text);
}

/** `Z3201` and `3201` by their name. */
function errorName(text: string): string {
  const [, code] = /^Z?(\d{4})$/.exec(text) ?? [];
  if (code === undefined) return text;
  const { name } = requestError(Number(code));
  return name.startsWith("unknown.") ? text : name;
}
