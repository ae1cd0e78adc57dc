import { assert } from "../ledger/assert.ts";
import { utf8 } from "../ledger/utf8.ts";
import type { Plan } from "../plan.ts";
import type { Part, Slot, Template } from "../plan_templates.ts";
import { requestTarget } from "../protocol/http1_fields.ts";
import type { ProtobufCodec } from "../protocol/protobuf.ts";
import { authorityOf, targetName } from "../target_name.ts";
import { type KeyedRandom, scaleWords, USE } from "./random.ts";
import type { SessionMemory } from "./session_memory.ts";
import { encoded } from "./slot_encoding.ts";

/** What a request's slots may need to know of the session they are rendered for. */
export type RenderContext = {
  session: number;
  vu: number;
  /** What `${vu}` says: the VU's number among those of all shards. */
  vuOfRun: number;
  /** Position in the load's stages of the session's arrival; NONE in what runs once. */
  stage: number;
  /** Pass of the enclosing repeat, from 1. */
  loop: number;
  wallClockMs: number;
};

/** Bytes as they are sent, or a slot that is filled when they are. */
export type Piece = Uint8Array | Slot;

/** What all requests of a run are made with. */
export type WriterParts = Readonly<{
  plan: Plan;
  random: KeyedRandom;
  memory: SessionMemory;
  /** The values of plan.secrets. */
  secrets: readonly string[];
  /** Of plan.messageTypes. */
  codec: ProtobufCodec;
  /** bounds.requestBytes of room. */
  scratch: Uint8Array;
}>;

/** Fills the slots of one step's templates. */
export class TemplateWriter {
  readonly #known: Known;
  readonly #salt: number;
  readonly #target: number;
  readonly #origin: string;
  readonly #random: KeyedRandom;
  readonly #memory: SessionMemory;

  /** `target`: position in plan.targets; `salt`: the step's. */
  constructor({ plan, random, memory, secrets }: WriterParts, target: number, salt: number) {
    this.#known = { authority: authorityOf(plan.targets[target]), secrets };
    this.#salt = salt;
    this.#target = target;
    this.#origin = targetName(plan.targets[target]);
    this.#random = random;
    this.#memory = memory;
  }

  /** Without the slots whose values are the same for every request of a run. */
  settled(template: Template): Template {
    return template.map((part) => settled(part, this.#known));
  }

  /** Literals become bytes, once. */
  pieces(template: Template): Piece[] {
    return encode(this.settled(template));
  }

  /** Writes to the start of `into`, and returns the length. `bodyLength`: what a `content-length` says. */
  write(pieces: readonly Piece[], into: Uint8Array, context: RenderContext, bodyLength: number): number {
    let at = 0;
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        into.set(piece, at);
        at += piece.length;
      } else {
        at = writeText(into, at, this.#slotText(piece, context, bodyLength, into));
      }
    }
    return at;
  }

  /** `request`: what of it stands before the slot. */
  #slotText(slot: Slot, context: RenderContext, bodyLength: number, request: Uint8Array): string {
    switch (slot.slot) {
      case "authority":
      case "secret":
        throw new Error("z6c has a bug: what is known at the start is a literal by now");
      case "content-length":
        return String(bodyLength);
      case "session":
        return String(context.session);
      case "vu":
        return String(context.vuOfRun);
      case "loop":
        return String(context.loop);
      case "stage":
        return slot.texts[context.stage] ?? "";
      case "now":
        return new Date(context.wallClockMs).toISOString();
      case "int":
        return String(slot.min + scaleWords(this.#draw(slot.use, context), slot.max - slot.min + 1));
      case "choice":
        return slot.texts[scaleWords(this.#draw(slot.use, context), slot.texts.length)];
      case "uuid":
        return uuid(this.#draw(slot.use, context));
      case "websocket-key":
        return new Uint8Array(this.#draw(slot.use, context).slice().buffer).toBase64();
      case "data":
        return encoded(this.#memory.cell(context.vu, slot.table, slot.column), slot.encoding);
      case "capture":
        return encoded(
          this.#memory.captured(context.vu, slot.capture) ?? "",
          slot.encoding,
          this.#origin,
        );
      case "cookies":
        return this.#memory.cookieLine(context.vu, this.#target, requestTarget(request), context.wallClockMs);
      case "basic":
        return basic(this.text(slot.user, context), this.text(slot.password, context));
    }
  }

  /** A template of texts, rendered. */
  text(template: Template, context: RenderContext): string {
    return template.map((part) => {
      if (typeof part === "string") return part;
      assert(!("base64" in part), "what is rendered as a text is made of texts");
      return this.#slotText(part, context, 0, NO_BYTES);
    }).join("");
  }

  #draw(use: number, context: RenderContext): Uint32Array {
    this.#random.draw(context.session, this.#salt, USE.slot + use, context.loop);
    return this.#random.words;
  }
}

/** What plan and seed decide. The body's length is left out too: it follows from the body, and would tell of an observed part in it. */
export function decidedParts(template: Template): Part[] {
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

/** Whether it, or what it is made of, is read when the executable starts. */
export function holdsSecret(part: Part): boolean {
  if (typeof part === "string" || "base64" in part) return false;
  return part.slot === "secret" ||
    (part.slot === "basic" && [...part.user, ...part.password].some(holdsSecret));
}

/** Tables that it has cells of. */
export function tablesOf(piece: Part | Piece): number[] {
  if (typeof piece === "string" || piece instanceof Uint8Array || "base64" in piece) return [];
  if (piece.slot === "data") return [piece.table];
  return piece.slot === "basic" ? [...piece.user, ...piece.password].flatMap(tablesOf) : [];
}

/** What is the same for every request of a run. */
type Known = Readonly<{ authority: string; secrets: readonly string[] }>;

/** Puts in what is known. */
function settled(part: Part, known: Known): Part {
  if (typeof part === "string" || "base64" in part) return part;
  switch (part.slot) {
    case "authority":
      return known.authority;
    case "secret":
      return encoded(known.secrets[part.secret], part.encoding);
    case "basic": {
      const [user, password] = [part.user, part.password].map((it) => it.map((of) => settled(of, known)));
      const isText = [...user, ...password].every((of) => typeof of === "string");
      return isText ? basic(user.join(""), password.join("")) : { slot: "basic", user, password };
    }
    default:
      return part;
  }
}

/** RFC 7617. */
function basic(user: string, password: string): string {
  return utf8(`${user}:${password}`).toBase64();
}

const NO_BYTES = new Uint8Array(0);

/** Literals become bytes, neighbours become one. */
function encode(template: Template): Piece[] {
  const pieces: Piece[] = [];
  for (const part of template) {
    const piece = typeof part === "string"
      ? utf8(part)
      : "base64" in part
      ? Uint8Array.fromBase64(part.base64)
      : part;
    const before = pieces.at(-1);
    if (before instanceof Uint8Array && piece instanceof Uint8Array) {
      pieces.splice(-1, 1, concat([before, piece]));
    } else pieces.push(piece);
  }
  return pieces;
}

/** All of it, where it has no slots; else null. */
export function fixedBytes(pieces: readonly Piece[]): Uint8Array | null {
  const literals = pieces.filter((piece) => piece instanceof Uint8Array);
  return literals.length < pieces.length ? null : concat(literals);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Slots' texts are short; ASCII ones are written without a call to the encoder. */
function writeText(into: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) {
      const bytes = utf8(text.slice(i));
      assert(at + i + bytes.length <= into.length, "a request fits the bound that the compiler computed");
      into.set(bytes, at + i);
      return at + i + bytes.length;
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
