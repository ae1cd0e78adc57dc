import { assert } from "../ledger/assert.ts";
import { MESSAGE } from "../ledger/record.ts";
import type { Request } from "../plan.ts";
import type { Stream } from "../plan_messages.ts";
import type { Template } from "../plan_templates.ts";
import { writeFrame } from "../protocol/websocket_frame.ts";
import { GrpcMessages } from "./grpc_messages.ts";
import { type KeyedRandom, USE } from "./random.ts";
import {
  decidedParts,
  fixedBytes,
  holdsSecret,
  type Piece,
  type RenderContext,
  tablesOf,
  TemplateWriter,
  type WriterParts,
} from "./template_writer.ts";
import { xxh32 } from "./xxh32.ts";

/** Seeds of the two XXH32 that together make a request's digest (docs/determinism.md). */
const DIGEST_SEEDS = [0, 0x9e3779b1] as const;

/** What a frame's digest begins with: its first byte, and its masking key. */
const FRAME_DIGEST_BYTES = 5;
const FINAL = 0x80;

/**
 * Renders one request of a plan into wire bytes: a request of HTTP, or a frame of a WebSocket, masked. Literal parts are
 * encoded once, here; a request without slots is one array of bytes for the whole run.
 */
export class RequestWriter {
  /** The whole request where it is always the same; otherwise null, and `render` makes it. */
  readonly fixed: Uint8Array | null;
  /** It holds a secret. */
  readonly isSecret: boolean;
  /** Tables of which the session must have a row before the request is rendered. */
  readonly tables: readonly number[];
  /** Digest of what was decided in the last rendered (or the fixed) request. */
  digestLow = 0;
  digestHigh = 0;

  readonly #templates: TemplateWriter;
  readonly #head: readonly Piece[];
  readonly #body: readonly Piece[];
  /** Head and body without what plan and seed do not decide: the target's name, and observed slots. */
  readonly #decided: readonly Piece[];
  /** The texts of the messages that are waited for. */
  readonly #awaited: readonly Template[];
  /** Of a frame; −1 of a request of HTTP, and where nothing is sent. */
  readonly #opcode: number;
  /** Encodes the body, which is JSON; null where it is sent as it is. */
  readonly #grpc: GrpcMessages | null;
  readonly #salt: number;
  readonly #random: KeyedRandom;
  readonly #scratch: Uint8Array;

  /** `salt`: the step's. */
  constructor(parts: WriterParts, request: Request, salt: number) {
    const templates = this.#templates = new TemplateWriter(parts, request.target, salt);
    const all = [...request.head, ...request.body];
    this.#head = templates.pieces(request.head);
    this.#body = templates.pieces(request.body);
    this.#decided = templates.pieces(decidedParts(all));
    this.#awaited = renderedOf(request.stream).map((template) => templates.settled(template));
    this.#opcode = opcodeOf(request);
    const isJson = request.body.some((part) => typeof part !== "string" && "slot" in part);
    this.#grpc = request.grpc !== null && isJson
      ? new GrpcMessages(parts.codec, request.grpc.requestType)
      : null;
    this.isSecret = all.some(holdsSecret);
    this.#salt = salt;
    this.#random = parts.random;
    this.#scratch = parts.scratch;
    this.tables = [...new Set([...all, ...this.#awaited.flat()].flatMap(tablesOf))];
    const isFixed = this.#opcode < 0 && this.#grpc === null && this.tables.length === 0;
    this.fixed = isFixed ? fixedBytes([...this.#head, ...this.#body]) : null;
    if (this.fixed !== null) this.#digest(NOBODY);
  }

  /**
   * Writes the request to the start of `into` (at least bounds.requestBytes long) and returns its length; 0 where
   * nothing is sent, and where a message of gRPC cannot be made of what the session has seen.
   */
  render(into: Uint8Array, context: RenderContext): number {
    this.#digest(context);
    // The body comes first, because the head may tell its length.
    const rendered = this.#templates.write(this.#body, this.#scratch, context, 0);
    if (this.#opcode >= 0) return this.#frame(into, context, rendered);
    const body = this.#grpc === null
      ? this.#scratch.subarray(0, rendered)
      : this.#grpc.frame(this.#scratch.subarray(0, rendered));
    if (body === null) return 0;
    const bodyLength = body.length;
    const headLength = this.#templates.write(this.#head, into, context, bodyLength);
    assert(headLength + bodyLength <= into.length, "a request fits the bound that the compiler computed");
    into.set(body, headLength);
    return headLength + bodyLength;
  }

  /** What the messages that are waited for must hold: of JSON values first, then of the whole. */
  awaitedTexts(context: RenderContext): readonly string[] {
    return this.#awaited.map((template) => this.#templates.text(template, context));
  }

  #frame(into: Uint8Array, context: RenderContext, length: number): number {
    const key = this.#maskingKey(context);
    return writeFrame(into, 0, this.#opcode, true, key, this.#scratch, 0, length);
  }

  #maskingKey({ session, loop }: RenderContext): number {
    return this.#random.draw(session, this.#salt, USE.mask, loop) >>> 0;
  }

  #digest(context: RenderContext): void {
    const scratch = this.#scratch;
    let length = this.#templates.write(this.#decided, scratch, context, 0);
    if (this.#opcode >= 0) {
      scratch.copyWithin(FRAME_DIGEST_BYTES, 0, length);
      scratch[0] = FINAL | this.#opcode;
      new DataView(scratch.buffer, scratch.byteOffset).setUint32(1, this.#maskingKey(context));
      length += FRAME_DIGEST_BYTES;
    }
    this.digestLow = xxh32(scratch, 0, length, DIGEST_SEEDS[0]);
    this.digestHigh = xxh32(scratch, 0, length, DIGEST_SEEDS[1]);
  }
}

const NOBODY: RenderContext = { session: 0, vu: 0, vuOfRun: 0, stage: 0, loop: 1, wallClockMs: 0 };

/** The templates of what a message must hold, in the order in which they are checked. */
function renderedOf(stream: Stream | null): Template[] {
  if (stream === null || stream.until === null) return [];
  const { json, body } = stream.until;
  return [...json.map(({ test }) => test), ...body].flatMap((test) => {
    return test.kind === "rendered contains" || test.kind === "rendered equals" ? [test.text] : [];
  });
}

function opcodeOf({ kind, isBinary }: Request): number {
  switch (kind) {
    case "http":
    case "webSocket":
    case "receive":
      return -1;
    case "send":
      return isBinary ? MESSAGE.binary : MESSAGE.text;
    case "ping":
      return MESSAGE.ping;
    case "close":
      return MESSAGE.close;
  }
}
