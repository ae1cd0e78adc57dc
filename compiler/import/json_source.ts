/** JSON (RFC 8259) → located values. */
import { type Located, MOST_DEPTH, type Note } from "./located.ts";

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\\p{Cc}]*/uy;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const WORDS: readonly (readonly [string, (at: number) => Located])[] = [
  ["true", (at) => ({ kind: "boolean", at, value: true })],
  ["false", (at) => ({ kind: "boolean", at, value: false })],
  ["null", (at) => ({ kind: "null", at })],
];

/** The one value of a JSON text, or the first thing wrong with it. A byte order mark in front is passed over. */
export function readJson(text: string): Readonly<{ value: Located }> | Readonly<{ fault: Note }> {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  if (value !== null && reader.at < text.length) reader.fail("something follows behind the JSON value");
  if (reader.fault !== null) return { fault: reader.fault };
  return value === null ? { fault: { at: 0, text: "there is no JSON value" } } : { value };
}

/** Reads on from `at`; after a fault every value is null. */
class Reader {
  at: number;
  fault: Note | null = null;

  constructor(readonly text: string) {
    this.at = text.startsWith("\ufeff") ? 1 : 0;
  }

  fail(text: string, at = this.at): null {
    this.fault ??= { at, text };
    return null;
  }

  space(): void {
    while (/^[ \t\r\n]$/.test(this.text[this.at] ?? "")) this.at++;
  }

  value(depth: number): Located | null {
    this.space();
    const start = this.at;
    const first = this.text[start];
    if (depth > MOST_DEPTH) return this.fail(`values lie deeper than ${MOST_DEPTH} in each other`);
    if (first === "{") return this.table(depth);
    if (first === "[") return this.list(depth);
    if (first === '"') {
      const value = this.string();
      return value === null ? null : { kind: "text", at: start, value };
    }
    const word = WORDS.find(([word]) => this.text.startsWith(word, start));
    if (word !== undefined) {
      this.at += word[0].length;
      return word[1](start);
    }
    NUMBER.lastIndex = start;
    const source = NUMBER.exec(this.text)?.[0];
    if (source !== undefined) {
      this.at += source.length;
      return { kind: "number", at: start, value: Number(source), source };
    }
    return this.fail(
      first === undefined
        ? "the text ends where a value should be"
        : `${JSON.stringify(first)} begins no JSON value`,
    );
  }

  private list(depth: number): Located | null {
    const start = this.at++;
    const items: Located[] = [];
    this.space();
    while (this.text[this.at] !== "]") {
      const item = this.value(depth + 1);
      if (item === null) return null;
      items.push(item);
      if (!this.comma("]")) return null;
    }
    this.at++;
    return { kind: "list", at: start, items };
  }

  private table(depth: number): Located | null {
    const start = this.at++;
    const entries = new Map<string, Located>();
    this.space();
    while (this.text[this.at] !== "}") {
      if (this.text[this.at] !== '"') return this.fail('a key in double quotes, or "}", is missing here');
      const key = this.string();
      if (key === null) return null;
      this.space();
      if (this.text[this.at] !== ":") return this.fail('a ":" is missing behind a key');
      this.at++;
      const value = this.value(depth + 1);
      if (value === null) return null;
      entries.set(key, value);
      if (!this.comma("}")) return null;
    }
    this.at++;
    return { kind: "table", at: start, entries };
  }

  /** A comma and the beginning of what follows it, or `end`. */
  private comma(end: string): boolean {
    this.space();
    if (this.text[this.at] === end) return true;
    if (this.text[this.at] !== ",") {
      this.fail(
        this.at < this.text.length ? `a "," or "${end}" is missing here` : `the text ends before a "${end}"`,
      );
      return false;
    }
    this.at++;
    this.space();
    if (this.text[this.at] !== end) return true;
    this.fail(`nothing follows the "," in front of this "${end}"`);
    return false;
  }

  private string(): string | null {
    const start = this.at++;
    let value = "";
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = PLAIN.exec(this.text)?.[0] ?? "";
      value += plain;
      this.at += plain.length;
      const stop = this.text[this.at];
      if (stop === '"') break;
      if (stop === undefined) return this.fail("this text is never closed", start);
      if (stop > "\u001f" && stop !== "\\") {
        value += stop;
        this.at++;
        continue;
      }
      if (stop !== "\\") {
        return this.fail("a text holds a line break or control character that is not escaped");
      }
      const escape = this.text[this.at + 1] ?? "";
      const hex = /^u([0-9a-fA-F]{4})$/.exec(this.text.slice(this.at + 1, this.at + 6))?.[1];
      const character = hex === undefined
        ? ESCAPES.get(escape)
        : String.fromCharCode(Number.parseInt(hex, 16));
      if (character === undefined) return this.fail(`\\${escape} is no escape that JSON knows`);
      value += character;
      this.at += hex === undefined ? 2 : 6;
    }
    this.at++;
    return value;
  }
}
