import type { Part, Plan, Request, Slot } from "../plan.ts";
import { assert } from "../ledger/assert.ts";
import { type KeyedRandom, scaleWords, USE } from "./random.ts";
import { authorityOf } from "../target_name.ts";
import { xxh32 } from "./xxh32.ts";

/** What a request's slots may need to know of the session they are rendered for. */
export type RenderContext = {
  session: number;
  vu: number;
  /** Position in the load's stages of the session's arrival. */
  stage: number;
  /** Pass of the enclosing repeat, from 1. */
  loop: number;
  wallClockMs: number;
};

/** Seeds of the two XXH32 that together make a request's digest (docs/determinism.md). */
const DIGEST_SEEDS = [0, 0x9e3779b1] as const;

type Piece = Uint8Array | Slot;

/**
 * Renders one request of a plan into wire bytes. Literal parts are encoded once, here; a request without slots is
 * one array of bytes for the whole run.
 */
export class RequestWriter {
  /** The whole request where it has no slots; otherwise null, and `render` makes it. */
  readonly fixed: Uint8Array | null;
  /** Digest of what was decided in the last rendered (or the fixed) request. */
  digestLow = 0;
  digestHigh = 0;

  readonly #head: readonly Piece[];
  readonly #body: readonly Piece[];
  /** Head and body without what plan and seed do not decide: the target's name, and observed slots. */
  readonly #decided: readonly Piece[];
  readonly #salt: number;
  readonly #random: KeyedRandom;
  readonly #scratch: Uint8Array;

  /** `salt`: the step's. `scratch`: bounds.requestBytes of room, which all writers of a run may share. */
  constructor(plan: Plan, request: Request, salt: number, random: KeyedRandom, scratch: Uint8Array) {
    const authority = authorityOf(plan.target);
    this.#head = encode(request.head, authority);
    this.#body = encode(request.body, authority);
    this.#decided = encode([...request.head, ...request.body].filter(isDecided), "");
    this.#salt = salt;
    this.#random = random;
    this.#scratch = scratch;
    this.fixed = fixedBytes([...this.#head, ...this.#body]);
    if (this.fixed !== null) this.#digest(NOBODY);
  }

  /** Writes the request to the start of `into` (at least bounds.requestBytes long) and returns its length. */
  render(into: Uint8Array, context: RenderContext): number {
    this.#digest(context);
    // The body comes first, because the head may tell its length.
    const bodyLength = this.#write(this.#body, this.#scratch, context, 0);
    const headLength = this.#write(this.#head, into, context, bodyLength);
    into.set(this.#scratch.subarray(0, bodyLength), headLength);
    return headLength + bodyLength;
  }

  #digest(context: RenderContext): void {
    const length = this.#write(this.#decided, this.#scratch, context, 0);
    this.digestLow = xxh32(this.#scratch, 0, length, DIGEST_SEEDS[0]);
    this.digestHigh = xxh32(this.#scratch, 0, length, DIGEST_SEEDS[1]);
  }

  #write(pieces: readonly Piece[], into: Uint8Array, context: RenderContext, bodyLength: number): number {
    let at = 0;
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        into.set(piece, at);
        at += piece.length;
      } else {
        at = writeText(into, at, this.#slotText(piece, context, bodyLength));
      }
    }
    return at;
  }

  #slotText(slot: Slot, context: RenderContext, bodyLength: number): string {
    switch (slot.slot) {
      case "authority":
        throw new Error("z6c has a bug: the authority is a literal by now");
      case "content-length":
        return String(bodyLength);
      case "session":
        return String(context.session);
      case "vu":
        return String(context.vu);
      case "loop":
        return String(context.loop);
      case "stage":
        return slot.texts[context.stage];
      case "now":
        return new Date(context.wallClockMs).toISOString();
      case "int":
        return String(slot.min + scaleWords(this.#draw(slot.use, context), slot.max - slot.min + 1));
      case "choice":
        return slot.texts[scaleWords(this.#draw(slot.use, context), slot.texts.length)];
      case "uuid":
        return uuid(this.#draw(slot.use, context));
    }
  }

  #draw(use: number, context: RenderContext): Uint32Array {
    this.#random.draw(context.session, this.#salt, USE.slot + use, context.loop);
    return this.#random.words;
  }
}

const NOBODY: RenderContext = { session: 0, vu: 0, stage: 0, loop: 1, wallClockMs: 0 };

/** The body's length is left out too: it follows from the body, and would tell of an observed part in it. */
function isDecided(part: Part): boolean {
  if (typeof part === "string") return true;
  switch (part.slot) {
    case "authority":
    case "content-length":
    case "vu":
    case "now":
      return false;
    default:
      return true;
  }
}

const encoder = new TextEncoder();

/** Literals become bytes, neighbours become one. */
function encode(template: readonly Part[], authority: string): Piece[] {
  const pieces: Piece[] = [];
  let text = "";
  const flush = () => {
    if (text !== "") pieces.push(encoder.encode(text));
    text = "";
  };
  for (const part of template) {
    if (typeof part === "string") text += part;
    else if (part.slot === "authority") text += authority;
    else {
      flush();
      pieces.push(part);
    }
  }
  flush();
  return pieces;
}

function fixedBytes(pieces: readonly Piece[]): Uint8Array | null {
  const literals = pieces.filter((piece) => piece instanceof Uint8Array);
  if (literals.length < pieces.length) return null;
  const whole = new Uint8Array(literals.reduce((sum, literal) => sum + literal.length, 0));
  let at = 0;
  for (const literal of literals) {
    whole.set(literal, at);
    at += literal.length;
  }
  return whole;
}

/** Slots' texts are short; ASCII ones are written without a call to the encoder. */
function writeText(into: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) {
      const { read, written } = encoder.encodeInto(text.slice(i), into.subarray(at + i));
      assert(read === text.length - i, "a request fits the bound that the compiler computed");
      return at + i + written;
    }
    into[at + i] = code;
  }
  return at + text.length;
}

/** RFC 9562 section 5.4: 122 random bits, version 4, variant 10. */
function uuid(words: Uint32Array): string {
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
  const a = hex(words[0]);
  const b = hex((words[1] & 0xffff0fff) | 0x4000);
  const c = hex((words[2] & 0x3fffffff) | 0x80000000);
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${hex(words[3])}`;
}
