/** What breaks the rules of TOML, with codes and words of our own. */
import { type Diagnostic, problem } from "../diagnostic.ts";
import type { Cursor } from "./cursor.ts";

/** Ends the reading of a text: nothing behind the first problem of syntax can be trusted. */
export class SyntaxFault extends Error {
  /** `[start, end)` are offsets in the text. */
  constructor(
    readonly code: string,
    words: string,
    readonly start: number,
    readonly end: number = start + 1,
  ) {
    super(words);
  }

  diagnostic(file: string, cursor: Cursor): Diagnostic {
    const place = cursor.place(this.start);
    const endColumn = place.column + this.end - this.start;
    return problem(this.code, file, { ...place, endLine: place.line, endColumn }, this.message);
  }
}

export const NOT_CLOSED = "a bracket is opened but not closed";
export const NO_COMMA = "a comma or the closing bracket is missing here";

/** A character that cannot stand here. */
export function unexpected({ text, at }: Cursor): SyntaxFault {
  const character = text.codePointAt(at);
  if (character === undefined) {
    return new SyntaxFault("Z1001", "this is not TOML: the file ends too early", at);
  }
  const shown = String.fromCodePoint(character);
  if (shown === "\n" || shown === "\r") {
    return new SyntaxFault("Z1001", "this is not TOML: the line ends too early; texts need quotes", at);
  }
  if (isControl(shown)) return controlCharacter(at);
  const words = `this is not TOML: ${shown === '"' ? "a quote" : `"${shown}"`} is not expected here`;
  return new SyntaxFault("Z1001", `${words}; texts need quotes, as in "10s"`, at);
}

/** As `unexpected`, within a list or an inline table: a header in there says that it was meant to end above. */
export function unexpectedInside(cursor: Cursor): SyntaxFault {
  const { start, end } = cursor.lineAround(cursor.at);
  const line = cursor.text.slice(start, end).trimEnd();
  if (!/^\s*\[/.test(line)) return unexpected(cursor);
  const words = "a list or a table above is not closed, so no header can stand here";
  return new SyntaxFault("Z1003", words, start, start + line.length);
}

/** Something is missing behind what has been read of a line. */
export function valueMissing({ text, at }: Cursor): SyntaxFault {
  const words = 'key, = and value stand on one line, and something is missing here, as in timeout = "10s"';
  return new SyntaxFault("Z1001", words, text.slice(0, at).trimEnd().length);
}

export function definedTwice(start: number): SyntaxFault {
  return new SyntaxFault("Z1002", "this key is defined twice; remove one of the two", start);
}

export function controlCharacter(start: number): SyntaxFault {
  const words = "a control character stands here; remove it, or write it as \\uXXXX in double quotes";
  return new SyntaxFault("Z1004", words, start);
}

/** Whether TOML allows a character in escapes only; line ends are judged apart. */
export function isControl(character: string): boolean {
  // deno-lint-ignore no-control-regex -- TOML forbids these, and allows U+0080 to U+009F
  return /^[\0-\x08\x0a-\x1f\x7f]/.test(character);
}
