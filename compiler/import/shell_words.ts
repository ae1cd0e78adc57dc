/**
 * Command lines, cut into commands and words as a POSIX shell cuts them: quoting, line continuations, comments,
 * `$'…'`, here-documents. Variables of the shell become `${env.NAME:-…}`; nothing is ever run.
 */
import type { Note } from "./located.ts";
import type { Variables } from "./variables.ts";

export type Word = Readonly<{ at: number; text: string }>;

/** `input` is a here-document, given to the command on its standard input. */
export type ShellCommand = Readonly<{ words: readonly Word[]; input: string | null }>;

/** `assigned` are variables that the text itself sets; they become the defaults of `${env.NAME:-…}`. */
export type ShellText = Readonly<{ commands: readonly ShellCommand[]; notes: readonly Note[] }>;

/** All commands, or the first thing that makes the rest unreadable. */
export function readShell(text: string, variables: Variables): ShellText | Readonly<{ fault: Note }> {
  const reader = new ShellReader(text, variables);
  reader.readAll();
  return reader.fault === null ? { commands: reader.commands, notes: reader.notes } : { fault: reader.fault };
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

const ANSI_C: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

class ShellReader {
  readonly commands: ShellCommand[] = [];
  readonly notes: Note[] = [];
  fault: Note | null = null;
  private at = 0;
  private words: Word[] = [];
  private input: string | null = null;
  private word: { at: number; text: string } | null = null;
  private readonly assigned = new Map<string, string>();
  /** Ends of here-documents that begin behind this line. */
  private pending: { end: string; isIndented: boolean }[] = [];

  constructor(private readonly text: string, private readonly variables: Variables) {}

  readAll(): void {
    while (this.at < this.text.length && this.fault === null) this.step();
    this.endCommand();
  }

  private step(): void {
    const character = this.text[this.at] ?? "";
    if (this.text.startsWith("\\\r\n", this.at)) this.at += 3;
    else if (this.text.startsWith("\\\n", this.at)) this.at += 2;
    else if (character === "\n") this.newline();
    else if (/\s/.test(character)) this.endWord(1);
    else if (character === "#" && this.word === null) this.comment();
    else if (character === "'") this.single(1);
    else if (this.text.startsWith("$'", this.at)) this.ansi();
    else if (character === '"') this.double();
    else if (character === "\\") this.take(this.text[this.at + 1] ?? "", 2);
    else if (character === "$" || character === "`") this.variable();
    else if (/[;&|()]/.test(character)) this.operator();
    else if (character === "<" || character === ">") this.redirection();
    else this.take(character, 1);
  }

  private take(text: string, length: number): void {
    this.word ??= { at: this.at, text: "" };
    this.word.text += text;
    this.at += length;
  }

  private endWord(skip: number): void {
    if (this.word !== null) {
      const isInFront = this.words.every(({ text }) => text === "export" || ASSIGNMENT.test(text));
      if (isInFront) this.assign(this.word.text);
      this.words.push(this.word);
    }
    this.word = null;
    this.at += skip;
  }

  private endCommand(): void {
    this.endWord(0);
    const first = this.words.findIndex(({ text }) => !ASSIGNMENT.test(text) && text !== "export");
    const words = first < 0 ? [] : this.words.slice(first);
    if (words.length > 0) this.commands.push({ words, input: this.input });
    this.words = [];
    this.input = null;
  }

  /** `NAME=value` in front of a command. */
  private assign(text: string): void {
    const [, name, value = ""] = ASSIGNMENT.exec(text) ?? [];
    if (name !== undefined) this.assigned.set(name, value);
  }

  private newline(): void {
    this.endWord(0);
    this.at++;
    const pending = this.pending;
    this.pending = [];
    for (const { end, isIndented } of pending) this.hereDocument(end, isIndented);
    this.endCommand();
  }

  private hereDocument(end: string, isIndented: boolean): void {
    const lines: string[] = [];
    while (this.at < this.text.length) {
      const newline = this.text.indexOf("\n", this.at);
      const stop = newline < 0 ? this.text.length : newline;
      const raw = this.text.slice(this.at, stop).replace(/\r$/, "");
      const line = isIndented ? raw.replace(/^\t+/, "") : raw;
      this.at = stop + 1;
      if (line === end) break;
      lines.push(line);
    }
    this.input = lines.join("\n") + "\n";
  }

  private comment(): void {
    while (this.at < this.text.length && this.text[this.at] !== "\n") this.at++;
  }

  private single(open: number): void {
    const close = this.text.indexOf("'", this.at + open);
    if (close < 0) this.fail("this quote ' is never closed");
    else this.take(this.text.slice(this.at + open, close), close + 1 - this.at);
  }

  private double(): void {
    const start = this.at;
    this.take("", 1);
    while (this.text[this.at] !== '"') {
      const character = this.text[this.at];
      if (character === undefined) return this.fail('this quote " is never closed', start);
      if (character === "$" || character === "`") this.variable();
      else if (character !== "\\") this.take(character, 1);
      else if (this.text.startsWith("\\\r\n", this.at)) this.at += 3;
      else if (this.text[this.at + 1] === "\n") this.at += 2;
      else if (/^[$`"\\]$/.test(this.text[this.at + 1] ?? "")) this.take(this.text[this.at + 1] ?? "", 2);
      else this.take("\\", 1);
      if (this.fault !== null) return;
    }
    this.at++;
  }

  private ansi(): void {
    const start = this.at;
    this.take("", 2);
    while (this.text[this.at] !== "'") {
      const character = this.text[this.at];
      if (character === undefined) return this.fail("this quote $' is never closed", start);
      if (character !== "\\") {
        this.take(character, 1);
        continue;
      }
      const escape = /^\\(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|U([0-9a-f]{1,8})|([0-7]{1,3}))/i.exec(
        this.text.slice(this.at, this.at + 10),
      );
      const digits = escape?.[1] ?? escape?.[2] ?? escape?.[3];
      if (escape === null) {
        const next = this.text[this.at + 1] ?? "";
        this.take(ANSI_C[next] ?? next, 2);
      } else {
        const code = digits === undefined
          ? Number.parseInt(escape[4] ?? "0", 8)
          : Number.parseInt(digits, 16);
        this.take(code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd", escape[0].length);
      }
    }
    this.at++;
  }

  /** `$NAME`, `${NAME}`, `${NAME:-default}`, and commands in `$(…)` or backquotes, whose output nobody knows here. */
  private variable(): void {
    const rest = this.text.slice(this.at, this.at + 500);
    const match = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?-([^{}]*))?\})/.exec(rest);
    const name = match?.[1] ?? match?.[2];
    if (match !== null && name !== undefined) {
      const start = this.at;
      const value = this.plain(this.assigned.get(name) ?? match[3]?.replace(/^(["'])(.*)\1$/s, "$2") ?? "");
      const isUsable = !/[{}\p{Cc}]/u.test(value);
      this.take(this.variables.add(`env.${name}:-${isUsable ? value : ""}`), match[0].length);
      if (!isUsable) {
        this.notes.push({ at: start, text: `the value of ${name} is left out; give it as a default` });
      }
      return;
    }
    const length = commandLength(this.text, this.at);
    if (length === 0) return this.take(this.text[this.at] ?? "", 1);
    this.notes.push({
      at: this.at,
      text:
        "a command's output is not known here and becomes ${env.VALUE:-}; capture it from the step that brings it",
    });
    this.take(this.variables.add("env.VALUE:-"), length);
  }

  /** A value with the defaults of the variables in it. */
  private plain(value: string): string {
    return [...value].map((character) =>
      this.variables.of(character)?.replace(/^env\.\w+:-/, "") ?? character
    ).join("");
  }

  private operator(): void {
    this.endWord(0);
    this.endCommand();
    this.at++;
  }

  /** What goes where does not matter, but for a here-document. */
  private redirection(): void {
    if (this.word !== null && /^\d$/.test(this.word.text)) this.word = null;
    this.endWord(0);
    const here = /^<<(-?)[ \t]*(["']?)([A-Za-z_]\w*)\2/.exec(this.text.slice(this.at, this.at + 100));
    if (here !== null) {
      this.pending.push({ end: here[3] ?? "", isIndented: here[1] === "-" });
      this.at += here[0].length;
      return;
    }
    const target = /^[<>]+&?[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[^\s;&|()<>"']*)/.exec(this.text.slice(this.at));
    this.at += Math.max(1, target?.[0].length ?? 1);
  }

  private fail(text: string, at = this.at): void {
    this.fault ??= { at, text };
    this.at = this.text.length;
  }
}

/** The length of `$(…)` or `` `…` ``; 0 where there is none, or it is never closed. */
function commandLength(text: string, from: number): number {
  if (text[from] === "`") {
    const close = text.indexOf("`", from + 1);
    return close < 0 ? 0 : close + 1 - from;
  }
  if (!text.startsWith("$(", from)) return 0;
  let depth = 0;
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at + 1 - from;
  }
  return 0;
}

/** What Windows' command prompt makes of its text: a caret stands in front of what is meant as it is. */
export function withoutCarets(text: string): string {
  return text.replace(/\^(\r?\n|[^])/g, (_, next: string) => next.endsWith("\n") ? `\\${next}` : next);
}
