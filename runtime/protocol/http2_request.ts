import type { StandingField, StandingFields } from "./hpack_standing_fields.ts";
import { HpackWriter } from "./hpack_writer.ts";
import { COLON, CR, HTAB, isWord, LF, octetsOf, SP } from "./octets.ts";

/** A request as HTTP/2 sends it. The bytes of `body` stay untouched until it ends; the rest is of use only while it is handed over. */
export type Http2Request = Readonly<{
  /** The first `blockBytes` are its header block, which stands for itself: any connection can send it. */
  block: Uint8Array;
  blockBytes: number;
  /** The block has so many parts, whose ends are `ends`; those that are standing fields may be told shorter. */
  lines: number;
  ends: readonly number[];
  standing: readonly (StandingField | null)[];
  /** Its content is body[bodyStart, bodyEnd). */
  body: Uint8Array;
  bodyStart: number;
  bodyEnd: number;
}>;

const NOTHING = new Uint8Array(0);
const HOST = octetsOf("host");
const TRAILERS = octetsOf("trailers");
/** About a connection of HTTP/1.1 (RFC 9113 section 8.2.2), or told by a pseudo-field. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "proxy-connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/** How often a line may be another than in the request before until it is not remembered any more. */
const CHANGES_MAX = 2;

/** Numbers of lines; the others follow. */
const REQUEST_LINE = 0;
const HOST_LINE = 1;

/** A line of the request before, and what became of it. */
class KnownLine {
  changes = 0;
  /** With its end; empty where it is not remembered. */
  line: Uint8Array = NOTHING;
  /** Of the header block. */
  code: Uint8Array = NOTHING;
  /** Of a field, as it is written, with the colon; and in lower case. */
  writtenName: Uint8Array = NOTHING;
  name = "";
  /** Where the value begins in the line. */
  valueAt = 0;
  /** What it is as one; undefined until it was asked for. */
  standing: StandingField | null | undefined = undefined;
}

/**
 * Turns requests that are written as HTTP/1.1 into header blocks: the request line and `host` become pseudo-fields
 * (RFC 9113 section 8.3.1), names go to lower case, and what is about a connection is left out, but `te: trailers`.
 * The result is this object itself, and good until the next `read`.
 *
 * Lines that are the same as in the request before are not encoded again, and are standing fields: there should be a
 * reader for each kind of request.
 */
export class Http2RequestReader implements Http2Request {
  block: Uint8Array = NOTHING;
  blockBytes = 0;
  body: Uint8Array = NOTHING;
  bodyStart = 0;
  bodyEnd = 0;

  lines = 0;
  readonly ends: number[] = [];
  readonly standing: (StandingField | null)[] = [];

  readonly #scheme: Uint8Array;
  readonly #fieldsOfAll: StandingFields;
  readonly #writer = new HpackWriter();
  /** By the number of the line. */
  readonly #known: KnownLine[] = [];

  /** `standing` serves the readers of all requests that may share a connection. */
  constructor(scheme: "http" | "https", standing: StandingFields) {
    this.#scheme = octetsOf(scheme);
    this.#fieldsOfAll = standing;
  }

  /** Reads the request that bytes[0, length) are. It must be well formed: z6c wrote it. */
  read(bytes: Uint8Array, length: number): this {
    this.#writer.clear();
    this.lines = 0;
    const fields = this.#line(bytes, 0, REQUEST_LINE);
    this.bodyStart = this.#fields(bytes, fields);
    this.bodyEnd = length;
    this.body = bytes;
    this.block = this.#writer.bytes;
    this.blockBytes = this.#writer.length;
    return this;
  }

  /** The request that bytes are, as one that is sent again and again: all its fields stand. */
  readFixed(bytes: Uint8Array): Http2Request {
    this.read(bytes, bytes.length);
    // At its second look at a line, the reader knows that it stays.
    this.read(bytes, bytes.length);
    const { block, blockBytes, lines, ends, standing, body, bodyStart, bodyEnd } = this;
    return {
      block: block.slice(0, blockBytes),
      blockBytes,
      lines,
      ends: ends.slice(0, lines),
      standing: standing.slice(0, lines),
      body,
      bodyStart,
      bodyEnd,
    };
  }

  /** Pseudo-fields come first, and so does `host`, wherever it stands. Returns where the body starts. */
  #fields(bytes: Uint8Array, fields: number): number {
    const host = hostLine(bytes, fields);
    if (host >= 0) this.#line(bytes, host, HOST_LINE);
    let at = fields;
    for (let number = HOST_LINE + 1; bytes[at] !== CR; number++) {
      at = at === host ? bytes.indexOf(LF, at) + 1 : this.#line(bytes, at, number);
    }
    return at + 2;
  }

  /** Encodes the line that begins here; returns where the next does. */
  #line(bytes: Uint8Array, at: number, number: number): number {
    const writer = this.#writer;
    const known = this.#known[number] ??= new KnownLine();
    if (known.line.length > 0 && startsWith(bytes, at, known.line)) {
      writer.append(known.code, 0, known.code.length);
      this.#endLine(known.standing === undefined ? this.#standing(known, number) : known.standing);
      return at + known.line.length;
    }
    const from = writer.length;
    const end = bytes.indexOf(CR, at);
    if (number === REQUEST_LINE) this.#requestLine(bytes, at);
    else this.#field(bytes, at, end, number === HOST_LINE, known);
    const isKept = known.changes++ <= CHANGES_MAX;
    known.line = isKept ? bytes.slice(at, end + 2) : NOTHING;
    known.code = isKept ? writer.bytes.slice(from, writer.length) : NOTHING;
    known.standing = undefined;
    this.#endLine(null);
    return end + 2;
  }

  #endLine(standing: StandingField | null): void {
    this.ends[this.lines] = this.#writer.length;
    this.standing[this.lines++] = standing;
  }

  /** Paths are many, and what takes one octet needs no shorter form. */
  #standing(known: KnownLine, number: number): StandingField | null {
    const { line, valueAt } = known;
    const name = number === HOST_LINE ? ":authority" : known.name;
    known.standing = number === REQUEST_LINE || known.code.length <= 1
      ? null
      : this.#fieldsOfAll.of(name, line, valueAt, line.length - 2);
    return known.standing;
  }

  #requestLine(bytes: Uint8Array, at: number): void {
    const methodEnd = bytes.indexOf(SP, at);
    const targetEnd = bytes.indexOf(SP, methodEnd + 1);
    this.#writer.field(":method", bytes, at, methodEnd);
    this.#writer.field(":scheme", this.#scheme, 0, this.#scheme.length);
    this.#writer.field(":path", bytes, methodEnd + 1, targetEnd);
  }

  #field(bytes: Uint8Array, at: number, end: number, isHost: boolean, known: KnownLine): void {
    if (known.name === "" || !startsWith(bytes, at, known.writtenName)) {
      known.writtenName = bytes.slice(at, bytes.indexOf(COLON, at) + 1);
      known.name = String.fromCharCode(...known.writtenName.subarray(0, -1)).toLowerCase();
    }
    const { name } = known;
    const value = spaceEnd(bytes, at + known.writtenName.length);
    known.valueAt = value - at;
    if (isHost) this.#writer.field(":authority", bytes, value, end);
    else if (LEFT_OUT.has(name)) return;
    else if (name !== "te" || isWord(bytes, value, end, TRAILERS)) {
      this.#writer.field(name, bytes, value, end);
    }
  }
}

function startsWith(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) {
    if (bytes[at + i] !== word[i]) return false;
  }
  return true;
}

/** Where the line of `host` begins, or −1. */
function hostLine(bytes: Uint8Array, fields: number): number {
  for (let at = fields; bytes[at] !== CR; at = bytes.indexOf(LF, at) + 1) {
    if (bytes[at + HOST.length] === COLON && isWord(bytes, at, at + HOST.length, HOST)) return at;
  }
  return -1;
}

function spaceEnd(bytes: Uint8Array, at: number): number {
  let i = at;
  while (bytes[i] === SP || bytes[i] === HTAB) i++;
  return i;
}
