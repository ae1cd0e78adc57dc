/** TOML 1.0 text → located document. */
import type { Diagnostic } from "../diagnostic.ts";
import { Cursor } from "./cursor.ts";
import type { List, Node, Table } from "./document.ts";
import { strayCharacter } from "./stray_characters.ts";
import {
  controlCharacter,
  isControl,
  NO_COMMA,
  NOT_CLOSED,
  SyntaxFault,
  unexpected,
  unexpectedInside,
  valueMissing,
} from "./syntax_problems.ts";
import { readScalar } from "./toml_scalars.ts";
import { emptyTable, type Key, Tables } from "./toml_tables.ts";
import { isLongText, readLongText, readText } from "./toml_texts.ts";

/** The document, or the first problem of syntax: nothing behind it can be trusted. */
export type Parsed =
  | Readonly<{ document: Table; diagnostics?: never }>
  | Readonly<{ diagnostics: readonly Diagnostic[] }>;

/** `file` is the name that diagnostics give; `text` is its content, already decoded from UTF-8. */
export function parseToml(file: string, text: string): Parsed {
  const stray = strayCharacter(file, text);
  if (stray !== null) return { diagnostics: [stray] };
  const cursor = new Cursor(text);
  try {
    return { document: new Reader(cursor).read() };
  } catch (fault) {
    if (fault instanceof SyntaxFault) return { diagnostics: [fault.diagnostic(file, cursor)] };
    throw fault;
  }
}

const BARE_KEY = /[A-Za-z0-9_-]+/y;
// deno-lint-ignore no-control-regex -- TOML forbids these, and allows U+0080 to U+009F
const COMMENT = /#[^\0-\x08\x0a-\x1f\x7f]*/y;

/** How deep lists and inline tables may stand in each other. */
const MOST_DEPTH = 100;

class Reader {
  readonly #cursor: Cursor;
  readonly #tables = new Tables();
  #depth = 0;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  read(): Table {
    const cursor = this.#cursor;
    let table = this.#tables.document;
    for (this.#skipGap(); !cursor.isAtEnd; this.#skipGap()) {
      if (cursor.next === "[") table = this.#readHeader();
      else this.#readPair(table);
      this.#endLine();
    }
    return this.#tables.document;
  }

  #readHeader(): Table {
    const cursor = this.#cursor;
    const isList = cursor.eat("[[");
    if (!isList) cursor.eat("[");
    cursor.skipBlanks();
    if (cursor.next === "[") throw new SyntaxFault("Z1001", "no space may stand here", cursor.at);
    if (cursor.next === "]") throw new SyntaxFault("Z1001", "a key is missing here", cursor.at);
    const keys = this.#readKeys();
    const place = placeOfAll(keys);
    cursor.skipBlanks();
    if (!cursor.eat("]")) throw new SyntaxFault("Z1003", NOT_CLOSED, cursor.at);
    if (isList && !cursor.eat("]")) {
      const isApart = /^[ \t]+\]/.test(cursor.text.slice(cursor.at, cursor.lineAround(cursor.at).end));
      throw isApart
        ? new SyntaxFault("Z1001", "no space may stand here", cursor.at)
        : new SyntaxFault("Z1003", NOT_CLOSED, cursor.at);
    }
    return this.#tables.open(keys, place, isList);
  }

  /** Reads `keys = value`. */
  #readPair(into: Table): void {
    const cursor = this.#cursor;
    if (cursor.next === "=") throw new SyntaxFault("Z1001", "a key is missing in front of the =", cursor.at);
    const keys = this.#readKeys();
    cursor.skipBlanks();
    if (!cursor.eat("=")) {
      if (this.#isAtLineEnd) throw valueMissing(cursor);
      const words = "a key stands here without a value; write key = value";
      throw isControl(cursor.next) ? unexpected(cursor) : new SyntaxFault("Z1001", words, cursor.at);
    }
    cursor.skipBlanks();
    if (this.#isAtLineEnd) throw valueMissing(cursor);
    this.#tables.add(into, keys, this.#readValue());
  }

  #readKeys(): Key[] {
    const cursor = this.#cursor;
    const keys: Key[] = [];
    do {
      cursor.skipBlanks();
      keys.push(this.#readKey(keys.length > 0));
      cursor.skipBlanks();
    } while (cursor.eat("."));
    return keys;
  }

  #readKey(isBehindDot: boolean): Key {
    const cursor = this.#cursor;
    const start = cursor.at;
    const isQuoted = cursor.next === '"' || cursor.next === "'";
    if (isQuoted && isLongText(cursor)) throw unexpected(cursor);
    const name = isQuoted ? readText(cursor) : cursor.take(BARE_KEY);
    if (isQuoted || name !== "") return { name, start, place: cursor.place(start) };
    if (cursor.next === "." && isBehindDot) {
      throw new SyntaxFault("Z1001", "a dotted key has an empty part; remove one dot", cursor.at);
    }
    if (cursor.next === "." || isBehindDot) {
      const words = "a key neither begins nor ends with a dot; remove it";
      throw new SyntaxFault("Z1001", words, isBehindDot ? cursor.text.lastIndexOf(".", start) : start);
    }
    throw this.#depth > 0 ? unexpectedInside(cursor) : unexpected(cursor);
  }

  #readValue(): Node {
    const cursor = this.#cursor;
    const start = cursor.at;
    switch (cursor.next) {
      case '"':
      case "'": {
        const value = isLongText(cursor) ? readLongText(cursor) : readText(cursor);
        return {
          kind: "text",
          place: cursor.place(start),
          value,
          source: cursor.text.slice(start, cursor.at),
        };
      }
      case "[":
      case "{": {
        if (this.#depth === MOST_DEPTH) {
          const words = `lists and tables stand more than ${MOST_DEPTH} deep here; make them flatter`;
          throw new SyntaxFault("Z1001", words, start);
        }
        this.#depth++;
        const node = cursor.next === "[" ? this.#readList() : this.#readInlineTable();
        this.#depth--;
        return node;
      }
      default:
        return readScalar(cursor, this.#depth > 0 ? unexpectedInside : unexpected);
    }
  }

  #readList(): List {
    const cursor = this.#cursor;
    const start = cursor.at;
    const items: Node[] = [];
    cursor.eat("[");
    for (this.#skipGap(); !cursor.eat("]"); this.#skipGap()) {
      if (cursor.isAtEnd) throw new SyntaxFault("Z1003", NOT_CLOSED, cursor.at);
      items.push(this.#readValue());
      this.#skipGap();
      if (!cursor.eat(",") && cursor.next !== "]") throw this.#notSeparated();
    }
    return { kind: "list", place: cursor.place(start), items };
  }

  #readInlineTable(): Table {
    const cursor = this.#cursor;
    const start = cursor.at;
    const table = emptyTable(cursor.place(start));
    cursor.eat("{");
    this.#stayOnLine();
    for (let isFirst = true; !cursor.eat("}"); isFirst = false) {
      if (!isFirst) this.#passComma();
      this.#readPair(table);
      this.#stayOnLine();
    }
    return { ...table, place: cursor.place(start) };
  }

  /** Between the pairs of an inline table. */
  #passComma(): void {
    const cursor = this.#cursor;
    if (!cursor.eat(",")) throw this.#notSeparated();
    this.#stayOnLine();
    if (cursor.next !== "}") return;
    const words = "an inline table has no comma behind its last key; remove it";
    throw new SyntaxFault("Z1001", words, cursor.at);
  }

  #notSeparated(): SyntaxFault {
    const cursor = this.#cursor;
    if (cursor.isAtEnd) return new SyntaxFault("Z1003", NOT_CLOSED, cursor.at);
    return isControl(cursor.next) ? unexpected(cursor) : new SyntaxFault("Z1001", NO_COMMA, cursor.at);
  }

  /** Passes blanks within an inline table. */
  #stayOnLine(): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (!this.#isAtLineEnd) return;
    this.#skipGap();
    if (cursor.isAtEnd) throw new SyntaxFault("Z1003", NOT_CLOSED, cursor.at);
    const words = "an inline table { … } stands on one line; join its lines, or use a [table]";
    throw new SyntaxFault("Z1001", words, cursor.at);
  }

  get #isAtLineEnd(): boolean {
    return this.#cursor.isAtLineEnd || this.#cursor.next === "#";
  }

  /** Passes what may follow a pair or a header on its line. */
  #endLine(): void {
    const cursor = this.#cursor;
    const end = cursor.at;
    cursor.skipBlanks();
    this.#skipComment();
    if (cursor.isAtLineEnd) return;
    // As in `rate = 50/s`.
    if (cursor.at === end || isControl(cursor.next)) throw unexpected(cursor);
    const words = "something follows the value on its line; write one key = value a line";
    throw new SyntaxFault("Z1001", words, cursor.at);
  }

  /** Passes blanks, comments and line ends. */
  #skipGap(): void {
    const cursor = this.#cursor;
    for (;;) {
      cursor.skipBlanks();
      this.#skipComment();
      if (cursor.isAtEnd || !cursor.isAtLineEnd) return;
      cursor.skipLineEnd();
    }
  }

  #skipComment(): void {
    const cursor = this.#cursor;
    if (cursor.next !== "#") return;
    cursor.take(COMMENT);
    if (!cursor.isAtLineEnd) throw controlCharacter(cursor.at);
  }
}

function placeOfAll(keys: readonly Key[]): Key["place"] {
  const [first] = keys;
  const last = keys.at(-1);
  if (first === undefined || last === undefined) throw new Error("a header has a key");
  return { ...first.place, endLine: last.place.endLine, endColumn: last.place.endColumn };
}
