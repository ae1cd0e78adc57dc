/** The four kinds of quoted texts. */
import type { Cursor } from "./cursor.ts";
import { controlCharacter, isControl, SyntaxFault } from "./syntax_problems.ts";

// deno-lint-ignore no-control-regex -- TOML forbids these, and allows U+0080 to U+009F
const BASIC = /(?:[^"\\\0-\x08\x0a-\x1f\x7f]+|\\[^\0-\x1f\x7f])*/y;
// deno-lint-ignore no-control-regex -- TOML forbids these, and allows U+0080 to U+009F
const LITERAL = /[^'\0-\x08\x0a-\x1f\x7f]*/y;

/** Reads the text of one line that begins here with a quote. */
export function readText(cursor: Cursor): string {
  const quote = cursor.next;
  cursor.at++;
  const start = cursor.at;
  const inside = cursor.take(quote === '"' ? BASIC : LITERAL);
  if (cursor.eat(quote)) return quote === '"' ? unescaped(inside, start) : inside;
  if (cursor.next === "\\") throw unknownEscape(cursor.at + 1);
  if (isControl(cursor.next) && !cursor.isAtLineEnd) throw controlCharacter(cursor.at);
  throw notClosed(cursor.at);
}

/** Whether a text of several lines begins here. */
export function isLongText({ text, at }: Cursor): boolean {
  return text.startsWith('"""', at) || text.startsWith("'''", at);
}

/** Reads the text of several lines that begins here with three quotes. */
export function readLongText(cursor: Cursor): string {
  const quote = cursor.next;
  cursor.at += 3;
  cursor.skipLineEnd();
  const start = cursor.at;
  const close = quote === '"' ? closeOfBasic(cursor) : cursor.text.indexOf("'''", start);
  const end = close < 0 ? cursor.text.length : close;
  // A carriage return stands in front of a line feed: others have been refused already.
  // deno-lint-ignore no-control-regex -- TOML forbids these, and allows U+0080 to U+009F
  const control = cursor.text.slice(start, end).search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (control >= 0) throw controlCharacter(start + control);
  if (close < 0) throw notClosed(end);
  cursor.at = close + 3;
  // Up to two quotes in front of the last three belong to the text.
  for (let more = 0; cursor.eat(quote); more++) {
    if (more === 2) {
      throw new SyntaxFault("Z1003", 'three quotes end a text; write one of them as \\"', close);
    }
  }
  const inside = cursor.text.slice(start, cursor.at - 3);
  return quote === '"' ? unescaped(inside, start) : inside.replaceAll("\r\n", "\n");
}

function closeOfBasic({ text, at }: Cursor): number {
  const pattern = /\\[^]|"""/g;
  pattern.lastIndex = at;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match[0] === '"""') return match.index;
  }
  return -1;
}

/** A line end, as one character; or an escape, which at the end of a line joins it to the next. */
const ESCAPE = /\r\n|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[ \t]*\r?\n[ \t\r\n]*|([^]))/g;

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["t", "\t"],
  ["n", "\n"],
  ["f", "\f"],
  ["r", "\r"],
  ['"', '"'],
  ["\\", "\\"],
]);

/** `start` is the offset of `inside` in the file. */
function unescaped(inside: string, start: number): string {
  if (!/[\\\r]/.test(inside)) return inside;
  return inside.replace(ESCAPE, (found, short?: string, long?: string, letter?: string, at?: number) => {
    if (found === "\r\n") return "\n";
    const place = start + Number(at) + 1;
    const digits = short ?? long;
    if (digits !== undefined) return codePoint(Number.parseInt(digits, 16), place);
    if (letter === undefined) return "";
    const meant = ESCAPED.get(letter);
    if (meant === undefined) throw unknownEscape(place);
    return meant;
  });
}

function codePoint(value: number, at: number): string {
  const isScalar = value < 0xd800 || (value > 0xdfff && value <= 0x10ffff);
  if (!isScalar) throw new SyntaxFault("Z1004", "this character is not allowed here; remove it", at);
  return String.fromCodePoint(value);
}

function unknownEscape(at: number): SyntaxFault {
  const words =
    "TOML knows no such escape; write a literal backslash as \\\\, or use single quotes, in which nothing is escaped";
  return new SyntaxFault("Z1004", words, at);
}

function notClosed(at: number): SyntaxFault {
  return new SyntaxFault("Z1003", "a text begins but does not end on its line; close its quotes", at);
}
