/** A text read from front to back, and the places of what stands in it. */
import type { Place } from "../diagnostic.ts";

export class Cursor {
  /** Offset of what is read next, in UTF-16 units. */
  at = 0;
  readonly text: string;
  readonly #lineStarts: number[] = [0];
  /** The line asked for last, from 0: the next place is near it. */
  #line = 0;

  constructor(text: string) {
    this.text = text;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) {
      this.#lineStarts.push(end + 1);
    }
  }

  /** The character here, empty at the end. */
  get next(): string {
    return this.text.charAt(this.at);
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  get isAtLineEnd(): boolean {
    return this.isAtEnd || this.next === "\n" || this.text.startsWith("\r\n", this.at);
  }

  /** What a sticky pattern matches here, which is passed; empty where it matches nothing. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return "";
    const start = this.at;
    this.at = pattern.lastIndex;
    return this.text.slice(start, this.at);
  }

  /** Passes these characters where they stand here. */
  eat(characters: string): boolean {
    if (!this.text.startsWith(characters, this.at)) return false;
    this.at += characters.length;
    return true;
  }

  /** Passes blanks within a line. */
  skipBlanks(): void {
    while (this.next === " " || this.next === "\t") this.at++;
  }

  /** Passes the end of a line. */
  skipLineEnd(): void {
    if (this.next === "\r") this.at++;
    if (this.next === "\n") this.at++;
  }

  /** From an offset to another one, which is here unless it is given. */
  place(start: number, end = this.at): Place {
    const line = this.#lineOf(start);
    const column = start - this.#startOf(line) + 1;
    const endLine = this.#lineOf(end);
    return { line: line + 1, column, endLine: endLine + 1, endColumn: end - this.#startOf(endLine) + 1 };
  }

  /** The offsets between which the line of an offset stands, without its end. */
  lineAround(offset: number): { start: number; end: number } {
    const start = this.#startOf(this.#lineOf(offset));
    const end = this.text.indexOf("\n", start);
    return { start, end: end < 0 ? this.text.length : end };
  }

  #lineOf(offset: number): number {
    while (offset < this.#startOf(this.#line)) this.#line--;
    while (offset >= this.#startOf(this.#line + 1)) this.#line++;
    return this.#line;
  }

  #startOf(line: number): number {
    return this.#lineStarts[line] ?? Infinity;
  }
}
