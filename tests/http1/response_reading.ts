/** For tests: reads one response with the parser, in pieces, and holds everything the parser says of it. */
import { type Failure, PARSED } from "../../runtime/protocol/parsed.ts";
import { ResponseParser } from "../../runtime/protocol/http1_response.ts";

export type Reading = {
  parsed: "more" | "done" | "failed";
  status: number;
  headBytes: number;
  bodyBytes: number;
  contentBytes: number;
  body: string;
  keepAlive: boolean;
  failure: Failure | null;
  /** Of all feeds together. */
  consumed: number;
};

/** `closes`: the peer closes behind the last byte. */
export type ReadingWish = Readonly<{ head: boolean; keepBody: boolean; closes: boolean }>;

/** Feeds `wire` split at the ascending offsets `splits`; stops where the parser does. */
export function readResponse(
  wire: Uint8Array,
  splits: readonly number[],
  wish: ReadingWish,
  parser: ResponseParser = new ResponseParser(),
): Reading {
  parser.begin(wish.head, wish.keepBody);
  let parsed: number = PARSED.more;
  let consumed = 0;
  for (let piece = 0; piece <= splits.length && parsed === PARSED.more; piece++) {
    const from = piece === 0 ? 0 : splits[piece - 1];
    const to = piece === splits.length ? wire.length : splits[piece];
    const { bytes, start, end } = framed(wire, from, to);
    parsed = parser.feed(bytes, start, end);
    if (parser.consumed < start || parser.consumed > end) throw new Error("Consumed what was not fed");
    if (parsed === PARSED.more && parser.consumed < end) throw new Error("Left bytes and wants more");
    consumed += parser.consumed - start;
  }
  if (parsed === PARSED.more && wish.closes) parsed = parser.close();
  return {
    parsed: parsed === PARSED.more ? "more" : parsed === PARSED.done ? "done" : "failed",
    status: parser.status,
    headBytes: parser.headBytes,
    bodyBytes: parser.bodyBytes,
    contentBytes: parser.contentBytes,
    body: latin1(parser.body()),
    keepAlive: parser.keepAlive,
    failure: parser.failure,
    consumed,
  };
}

/** The piece in a buffer of its own, between line ends and digits: reading outside of it would show. */
function framed(
  wire: Uint8Array,
  from: number,
  to: number,
): { bytes: Uint8Array; start: number; end: number } {
  const around = [13, 10, 13, 10, 53];
  const bytes = new Uint8Array(to - from + 2 * around.length);
  bytes.set(around);
  bytes.set(wire.subarray(from, to), around.length);
  bytes.set(around, around.length + to - from);
  return { bytes, start: around.length, end: around.length + to - from };
}

export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}
