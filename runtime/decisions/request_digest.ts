import type { DataTables } from "../engine/data_tables.ts";
import { type KeyedRandom, scaleWords, USE } from "../engine/random.ts";
import { encoded } from "../engine/slot_encoding.ts";
import { xxh32 } from "../engine/xxh32.ts";
import { utf8 } from "../ledger/utf8.ts";
import type { Request } from "../plan.ts";
import type { Part, Slot, Template } from "../plan_templates.ts";

/** What decides the text of a session's slots. */
export type DecidedContext = {
  session: number;
  /** Of the session's arrival. */
  stage: number;
  /** Pass of the enclosing repeat, from 1. */
  pass: number;
  /** By table: the row that the session took. */
  rows: Int32Array;
};

type Piece = Uint8Array | Slot;

const SEEDS = [0, 0x9e3779b1] as const;

/**
 * The digest of what is decided in a request (docs/determinism.md), from its template alone. It shares the draws with
 * the writer of requests and nothing else, so that each is a test of the other.
 */
export class RequestDigest {
  /** Tables of which the session takes a row before the request is rendered, in the order in which it does. */
  readonly tables: readonly number[];
  low = 0;
  high = 0;
  readonly #pieces: readonly Piece[];
  /** The first byte of a frame; −1 of a request of HTTP, and where nothing is sent. */
  readonly #frame: number;
  readonly #isFixed: boolean;
  readonly #salt: number;
  readonly #random: KeyedRandom;
  readonly #data: DataTables;
  #bytes = new Uint8Array(1024);

  /** `salt`: the step's. */
  constructor(request: Request, salt: number, random: KeyedRandom, data: DataTables) {
    const parts = [...request.head, ...request.body];
    this.tables = [...new Set([...parts, ...awaitedParts(request)].flatMap(tablesOf))];
    this.#pieces = pieces(decidedParts(parts));
    this.#frame = firstByte(request);
    this.#isFixed = this.#frame < 0 && this.#pieces.every((piece) => piece instanceof Uint8Array);
    this.#salt = salt;
    this.#random = random;
    this.#data = data;
    if (this.#isFixed) this.#digest({ session: 0, stage: 0, pass: 1, rows: new Int32Array(0) });
  }

  /** Sets `low` and `high`. */
  compute(context: DecidedContext): void {
    if (!this.#isFixed) this.#digest(context);
  }

  #digest(context: DecidedContext): void {
    let length = this.#frame < 0 ? 0 : this.#writeFrame(context);
    for (const piece of this.#pieces) {
      const isText = !(piece instanceof Uint8Array);
      const text = isText ? this.#text(piece, context) : "";
      length = isText ? this.#writeText(length, text) : this.#write(length, piece);
    }
    this.low = xxh32(this.#bytes, 0, length, SEEDS[0]);
    this.high = xxh32(this.#bytes, 0, length, SEEDS[1]);
  }

  /** Of a frame: its first byte, and its masking key as it is sent. */
  #writeFrame({ session, pass }: DecidedContext): number {
    this.#random.draw(session, this.#salt, USE.mask, pass);
    const [key] = this.#random.words;
    return this.#write(0, Uint8Array.of(this.#frame, key >>> 24, key >>> 16, key >>> 8, key));
  }

  #write(at: number, bytes: Uint8Array): number {
    if (at + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (at + bytes.length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, at);
    return at + bytes.length;
  }

  /** Slots' texts are short, and nearly all of them ASCII. */
  #writeText(at: number, text: string): number {
    if (at + text.length > this.#bytes.length) return this.#write(at, utf8(text));
    for (let n = 0; n < text.length; n++) {
      const code = text.charCodeAt(n);
      if (code >= 0x80) return this.#write(at, utf8(text));
      this.#bytes[at + n] = code;
    }
    return at + text.length;
  }

  #text(slot: Slot, context: DecidedContext): string {
    switch (slot.slot) {
      case "session":
        return String(context.session);
      case "loop":
        return String(context.pass);
      case "stage":
        return slot.texts[context.stage] ?? "";
      case "int":
        return String(slot.min + scaleWords(this.#draw(slot.use, context), slot.max - slot.min + 1));
      case "choice":
        return slot.texts[scaleWords(this.#draw(slot.use, context), slot.texts.length)];
      case "uuid":
        return uuid(this.#draw(slot.use, context));
      case "websocket-key": {
        const words = [...this.#draw(slot.use, context)];
        return Uint8Array.from(words.flatMap((word) => [word, word >>> 8, word >>> 16, word >>> 24]))
          .toBase64();
      }
      case "data":
        return encoded(this.#data.cell(slot.table, context.rows[slot.table], slot.column), slot.encoding);
      case "basic":
        return utf8(`${this.#texts(slot.user, context)}:${this.#texts(slot.password, context)}`).toBase64();
      default:
        throw new Error("z6c has a bug: what is not decided is in no digest");
    }
  }

  #texts(template: Template, context: DecidedContext): string {
    return template.map((part) => {
      if (typeof part === "string") return part;
      return "base64" in part ? "" : this.#text(part, context);
    }).join("");
  }

  #draw(use: number, { session, pass }: DecidedContext): Uint32Array {
    this.#random.draw(session, this.#salt, USE.slot + use, pass);
    return this.#random.words;
  }
}

/** Without what is observed, what a run may be pointed away from, and what must leave no trace. */
function decidedParts(template: Template): Part[] {
  return template.flatMap((part): Part[] => {
    if (typeof part === "string" || "base64" in part) return [part];
    switch (part.slot) {
      case "authority":
      case "content-length":
      case "vu":
      case "now":
      case "capture":
      case "secret":
      case "cookies":
        return [];
      case "basic":
        return [{ slot: "basic", user: decidedParts(part.user), password: decidedParts(part.password) }];
      default:
        return [part];
    }
  });
}

/** Of what a message that is waited for must hold: nothing of it is sent, but rows may be taken for it. */
function awaitedParts({ stream }: Request): Part[] {
  if (stream?.until == null) return [];
  const { json, body } = stream.until;
  return [...json.map(({ test }) => test), ...body].flatMap((test) => {
    return test.kind === "rendered contains" || test.kind === "rendered equals" ? test.text : [];
  });
}

/** RFC 6455 section 5.2: the only frame of a message, and its opcode. */
function firstByte({ kind, isBinary }: Request): number {
  switch (kind) {
    case "http":
    case "webSocket":
    case "receive":
      return -1;
    case "send":
      return isBinary ? 0x82 : 0x81;
    case "close":
      return 0x88;
    case "ping":
      return 0x89;
  }
}

function tablesOf(part: Part): number[] {
  if (typeof part === "string" || "base64" in part) return [];
  if (part.slot === "data") return [part.table];
  return part.slot === "basic" ? [...part.user, ...part.password].flatMap(tablesOf) : [];
}

/** Literals become bytes, neighbours become one. */
function pieces(template: Template): Piece[] {
  const made: Piece[] = [];
  for (const part of template) {
    if (typeof part !== "string" && !("base64" in part)) {
      made.push(part);
      continue;
    }
    const bytes = typeof part === "string" ? utf8(part) : Uint8Array.fromBase64(part.base64);
    const before = made.at(-1);
    if (before instanceof Uint8Array) made.splice(-1, 1, joined(before, bytes));
    else made.push(bytes);
  }
  return made;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** RFC 9562 section 5.4: 122 random bits, version 4, variant 10. */
function uuid(words: Uint32Array): string {
  const [a, b, c, d] = [
    words[0],
    (words[1] & 0xffff0fff) | 0x4000,
    (words[2] & 0x3fffffff) | 0x80000000,
    words[3],
  ].map((word) => (word >>> 0).toString(16).padStart(8, "0"));
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
}
