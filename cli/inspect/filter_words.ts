/** A filter's text as words, each with its place. */
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";

export type Word = Readonly<{
  kind: "word" | "number" | "text" | "symbol" | "end";
  /** Of a text, without its quotes. */
  text: string;
  at: number;
  length: number;
}>;

const WORD =
  /(?<space>\s+)|(?<word>[A-Za-z_][\w./-]*)|(?<number>\d[\d_]*(?:\.\d+)?[A-Za-zµμ]*)|(?<text>"(?:[^"\\]|\\.)*")|(?<symbol>==|!=|<=|>=|<|>|\(|\))/uy;

/** All words and an end. Throws `UserError` where something is no word. */
export function filterWords(source: string): Word[] {
  const words: Word[] = [];
  WORD.lastIndex = 0;
  for (let at = 0; at < source.length; at = WORD.lastIndex) {
    const found = WORD.exec(source);
    if (found?.groups === undefined) throw notAWord(source, at);
    const { word, number, text, symbol } = found.groups;
    const place = { at, length: found[0].length };
    if (word !== undefined) words.push({ kind: "word", text: word, ...place });
    else if (number !== undefined) words.push({ kind: "number", text: number, ...place });
    else if (symbol !== undefined) words.push({ kind: "symbol", text: symbol, ...place });
    else if (text !== undefined) words.push({ kind: "text", text: unquoted(source, text, at), ...place });
  }
  return [...words, { kind: "end", text: "", at: source.trimEnd().length, length: 1 }];
}

/** `problem` with the filter and a caret under the place it speaks of. */
export function filterProblem(source: string, { at, length }: Place, problem: string): UserError {
  const before = source.slice(0, at).replace(/\s/g, " ");
  const shown = source.replace(/\s/g, " ");
  return new UserError(
    `cannot read the filter: ${problem}\n     ${shown}\n     ${" ".repeat(before.length)}${
      "^".repeat(Math.max(1, length))
    }`,
    EXIT.badInput,
  );
}

export type Place = Pick<Word, "at" | "length">;

function notAWord(source: string, at: number): UserError {
  const rest = source.slice(at);
  const place = { at, length: 1 };
  if (rest.startsWith('"')) {
    return filterProblem(source, { at, length: rest.length }, "a text begins here that does not end");
  }
  if (/^=(?!=)/.test(rest)) return filterProblem(source, place, "= is no comparison; use ==");
  if (rest.startsWith("&")) return filterProblem(source, place, "& is nothing here; use `and`");
  if (rest.startsWith("|")) return filterProblem(source, place, "| is nothing here; use `or`");
  if (rest.startsWith("!")) return filterProblem(source, place, "! is nothing here; use `not`, or !=");
  if (rest.startsWith("'")) return filterProblem(source, place, "' is nothing here; put texts in \"");
  const [character] = rest;
  return filterProblem(source, place, `${JSON.stringify(character)} is nothing here`);
}

function unquoted(source: string, text: string, at: number): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw filterProblem(source, { at, length: text.length }, "this is no text as JSON writes it");
  }
}
