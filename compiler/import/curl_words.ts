/** The words of one curl command → what they ask for. */
import { type Effect, longOption, shortOption } from "./curl_options.ts";
import type { Note } from "./located.ts";
import type { Word } from "./shell_words.ts";

/** An option with a meaning, in the order of the command line. */
export type Given = Readonly<{ effect: Effect; at: number; value: string }>;

/** Options and URLs of one transfer; `--next` begins another. */
export type Transfer = Readonly<{ at: number; urls: readonly Word[]; given: readonly Given[] }>;

/** `words` are those behind `curl`. Options that do not come along go to `notes`. */
export function transfersOf(at: number, words: readonly Word[], notes: Note[]): Transfer[] {
  const transfers: { at: number; urls: Word[]; given: Given[] }[] = [];
  let current = { at, urls: new Array<Word>(), given: new Array<Given>() };
  const rest = [...words];
  let onlyUrls = false;
  const take = (effect: Effect, word: Word, value: string, why: string, shown: string) => {
    if (effect === "next") {
      transfers.push(current);
      current = { at: word.at, urls: [], given: [] };
    } else if (effect === "url") current.urls.push({ at: word.at, text: value });
    else if (effect === "noted") notes.push({ at: word.at, text: `${shown} is left out: ${why}` });
    else if (effect !== "silent") current.given.push({ effect, at: word.at, value });
  };

  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { text } = word;
    if (onlyUrls || !text.startsWith("-") || text === "-") {
      current.urls.push(word);
    } else if (text === "--") {
      onlyUrls = true;
    } else if (text.startsWith("--")) {
      const [, name = "", joined] = /^--([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
      const option = longOption(name);
      if (option === undefined) {
        const value = unknownValue(rest);
        notes.push({ at: word.at, text: `--${name} is left out: it is no option z6c knows${value}` });
      } else {
        const value = !option.takesValue ? "" : joined ?? rest.shift()?.text ?? "";
        take(option.effect, word, value, option.why, `--${name}`);
      }
    } else {
      takeShort(word, rest, notes, take);
    }
  }
  transfers.push(current);
  return transfers;
}

/** `-sSL`, `-XPOST`, `-H 'a: b'`. */
function takeShort(
  word: Word,
  rest: Word[],
  notes: Note[],
  take: (effect: Effect, word: Word, value: string, why: string, shown: string) => void,
): void {
  for (let position = 1; position < word.text.length; position++) {
    const letter = word.text[position] ?? "";
    const option = shortOption(letter);
    if (option === undefined) {
      notes.push({ at: word.at, text: `-${letter} is left out: it is no option z6c knows` });
      continue;
    }
    const joined = word.text.slice(position + 1);
    const value = !option.takesValue ? "" : joined !== "" ? joined : rest.shift()?.text ?? "";
    take(option.effect, word, value, option.why, `-${letter}`);
    if (option.takesValue) return;
  }
}

/** Takes the word behind an unknown option along, where it can only be the option's value. */
function unknownValue(rest: Word[]): string {
  const [next, behind] = rest;
  if (
    next === undefined || next.text.startsWith("-") ||
    /^[a-z]+:\/\/|^[\w.-]+\.[a-z]{2,}|^localhost/i.test(next.text)
  ) {
    return "";
  }
  if (behind === undefined && !/^\S{0,20}$/.test(next.text)) return "";
  rest.shift();
  return `, nor its value ${JSON.stringify(next.text.slice(0, 40))}`;
}
