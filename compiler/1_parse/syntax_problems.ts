/** The parser's exceptions → diagnostics with codes and words of our own. */
import type { ParseError } from "toml-eslint-parser";
import { type Diagnostic, problem } from "../diagnostic.ts";

/** How the parser's messages begin (its errors carry no codes), the code for it, and what a person should know. */
// deno-fmt-ignore
const WORDS: readonly (readonly [start: string, code: string, words: string])[] = [
  ["Defining a key multiple times", "Z1002", "this key is defined twice; remove one of the two"],
  ["Unterminated string", "Z1003", "a text begins but does not end on its line; close its quotes"],
  ["Unterminated", "Z1003", "a bracket is opened but not closed"],
  ["Control characters", "Z1004", "a control character stands here; remove it, or write it as \\uXXXX in double quotes"],
  ["Invalid code point", "Z1004", "this character is not allowed here; remove it"],
  ["Invalid character in escape", "Z1004", "TOML knows no such escape; write a literal backslash as \\\\, or use single quotes, in which nothing is escaped"],
  ["Three or more quotes", "Z1003", "three quotes end a text; write one of them as \\\""],
  ["Unexpected invalid date", "Z1005", "the calendar has no such date; put quotes around it if it is a text"],
  ["Unexpected invalid time", "Z1005", "the clock has no such time; put quotes around it if it is a text"],
  ["Underscores", "Z1005", "an underscore in a number stands between two digits"],
  ["Leading zeros", "Z1005", "a number has no leading zeros; put quotes around it if it is a text"],
  ["Trailing comma", "Z1001", "an inline table has no comma behind its last key; remove it"],
  ["No newlines", "Z1001", "an inline table { … } stands on one line; join its lines, or use a [table]"],
  ["Expected equal", "Z1001", "a key stands here without a value; write key = value"],
  ["Must be a newline", "Z1001", "something follows the value on its line; write one key = value a line"],
  ["Expected comma", "Z1001", "a comma or the closing bracket is missing here"],
  ["Empty bare keys", "Z1001", "a key is missing in front of the ="],
  ["Unexpected spaces", "Z1001", "no space may stand here"],
  ["Consecutive dots", "Z1001", "a dotted key has an empty part; remove one dot"],
  ["Keys cannot", "Z1001", "a key neither begins nor ends with a dot; remove it"],
];

/** One diagnostic for the first problem the parser met. */
export function syntaxProblem(file: string, text: string, error: ParseError): Diagnostic {
  const line = text.split("\n")[error.lineNumber - 1] ?? "";
  if (error.message.startsWith("Unexpected") && /^\s*\[/.test(line)) {
    const end = line.trimEnd().length + 1;
    const place = { line: error.lineNumber, column: 1, endLine: error.lineNumber, endColumn: end };
    return problem(
      "Z1003",
      file,
      place,
      "a list or a table above is not closed, so no header can stand here",
    );
  }
  if (/^(The key, equals sign|Unspecified values)/.test(error.message)) {
    return valueMissing(file, text, error.index);
  }
  const [, code, words] = WORDS.find(([start]) => error.message.startsWith(start)) ??
    ["", "Z1001", `this is not TOML${unexpected(text, error.index)}`];
  // The parser counts columns from 0.
  const place = {
    line: error.lineNumber,
    column: error.column + 1,
    endLine: error.lineNumber,
    endColumn: error.column + 2,
  };
  return problem(code, file, place, words);
}

/** The parser points to what follows on a later line; the gap is at the end of the line before. */
function valueMissing(file: string, text: string, index: number): Diagnostic {
  const before = text.slice(0, index).trimEnd();
  const line = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n");
  const place = { line, column, endLine: line, endColumn: column + 1 };
  return problem(
    "Z1001",
    file,
    place,
    'key, = and value stand on one line, and something is missing here, as in timeout = "10s"',
  );
}

function unexpected(text: string, index: number): string {
  const character = text.codePointAt(index);
  if (character === undefined) return ": the file ends too early";
  const shown = String.fromCodePoint(character);
  if (shown === "\n" || shown === "\r") return ": the line ends too early; texts need quotes";
  return `: ${shown === '"' ? "a quote" : `"${shown}"`} is not expected here; texts need quotes, as in "10s"`;
}
