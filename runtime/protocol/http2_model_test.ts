import assert from "node:assert/strict";
import fc from "fast-check";
import { DrivenConnection } from "../../tests/http2/driven_connection.ts";
import { type Choose, ModelEncoder, type ModelField } from "../../tests/http2/hpack_model.ts";
import * as server from "../../tests/http2/server_frames.ts";
import { CODE, FLAG, FRAME } from "./http2_frames.ts";

/** What a server has for one request, and how it goes about it. */
type Answer = Readonly<{
  interim: number;
  status: number;
  fields: readonly ModelField[];
  content: string;
  trailer: readonly ModelField[] | null;
  saysLength: boolean;
  /** Before it is whole. */
  isReset: boolean;
}>;

const word = fc.string({ unit: fc.constantFrom(..."abc-xyz019"), minLength: 1, maxLength: 20 });
const field = fc.oneof(
  fc.constantFrom<ModelField>(["server", "model"], ["content-type", "text/plain"], ["vary", "accept"]),
  fc.tuple(word.map((name) => `x${name}`), word),
);
const answer: fc.Arbitrary<Answer> = fc.record({
  interim: fc.nat(2),
  status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
  fields: fc.array(field, { maxLength: 5 }),
  content: fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 }),
  trailer: fc.option(fc.array(field, { minLength: 1, maxLength: 2 })),
  saysLength: fc.boolean(),
  isReset: fc.boolean(),
});

/** The frames of one answer, in order; those in one list must follow each other. Blocks are made when they are sent. */
function* framesOf(stream: number, it: Answer, encoder: ModelEncoder, choose: Choose): Generator<number[]> {
  for (let left = it.interim; left > 0; left--) {
    yield headers(stream, [[":status", "103"], ["link", "a"]], false, encoder, choose);
  }
  const length: ModelField[] = it.saysLength ? [["content-length", String(it.content.length)]] : [];
  const hasData = it.content !== "" || choose(2) === 0;
  const endsWithHead = !hasData && it.trailer === null && !it.isReset;
  yield headers(
    stream,
    [[":status", String(it.status)], ...it.fields, ...length],
    endsWithHead,
    encoder,
    choose,
  );
  if (endsWithHead) return;
  for (let at = 0; at < it.content.length || (at === 0 && hasData);) {
    const end = Math.min(it.content.length, at + 1 + choose(30));
    const isLast = end === it.content.length && it.trailer === null && !it.isReset;
    const piece = it.content.slice(at, end);
    const flags = isLast ? FLAG.endStream : 0;
    yield [
      ...choose(2) === 0
        ? server.data(stream, piece, flags)
        : server.padded(stream, piece, choose(20), flags),
    ];
    if (isLast) return;
    at = end;
    if (at === 0) break;
  }
  if (it.isReset) yield [...server.resetStream(stream, CODE.internalError)];
  else if (it.trailer !== null) yield headers(stream, it.trailer, true, encoder, choose);
  else yield [...server.data(stream, "", FLAG.endStream)];
}

function headers(
  stream: number,
  fields: readonly ModelField[],
  ends: boolean,
  encoder: ModelEncoder,
  choose: Choose,
) {
  const block = [...encoder.encode(fields, choose)];
  const flags = ends ? FLAG.endStream : 0;
  const frames: number[] = [];
  let type: number = FRAME.headers;
  while (choose(3) === 0) {
    frames.push(
      ...server.frame(type, type === FRAME.headers ? flags : 0, stream, block.splice(0, choose(6))),
    );
    type = FRAME.continuation;
  }
  return [
    ...frames,
    ...server.frame(type, (type === FRAME.headers ? flags : 0) | FLAG.endHeaders, stream, block),
  ];
}

/** What must be told of it. */
function expected(slot: number, it: Answer): string {
  if (it.isReset) return `${slot} failed stream.reset (INTERNAL_ERROR)`;
  const lines = (fields: readonly ModelField[]) =>
    fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length: ModelField[] = it.saysLength ? [["content-length", String(it.content.length)]] : [];
  const head = `HTTP/2 ${it.status}\r\n${lines([...it.fields, ...length])}\r\n`;
  return `${slot} ended ${JSON.stringify([it.status, head, it.content, lines(it.trailer ?? [])])}`;
}

function told(texts: readonly string[]): string[] {
  return texts.filter((text) => !text.endsWith("began")).map((text) => {
    const words = text.slice(0, text.indexOf(" {"));
    if (!words.endsWith(" ended")) return words;
    const { status, head, body, trailer } = JSON.parse(text.slice(text.indexOf("{")));
    return `${words} ${JSON.stringify([status, head, body, trailer])}`;
  }).sort();
}

Deno.test("http2: answers that come mixed, in any pieces, are read as they were meant", () => {
  fc.assert(
    fc.property(
      fc.array(answer, { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat(1 << 20)),
      (answers, choices) => {
        const choose: Choose = (below) => choices.next().value % below;
        const driven = new DrivenConnection();
        answers.forEach((_, slot) => driven.request(slot));
        const encoder = new ModelEncoder();
        const wire = [...server.settings()];
        const open = answers.map((it, slot) => framesOf(2 * slot + 1, it, encoder, choose));
        while (open.length > 0) {
          const which = choose(open.length);
          const next = open[which].next();
          if (next.done) open.splice(which, 1);
          else wire.push(...next.value);
          if (choose(10) === 0) wire.push(...server.frame(FRAME.ping, 0, 0, new Uint8Array(8)));
        }
        const splits = Array.from({ length: choose(6) }, () => choose(wire.length)).sort((a, b) => a - b);
        driven.feed(wire, splits);
        assert.deepEqual(told(driven.told), answers.map((it, slot) => expected(slot, it)).sort());
        assert.equal(driven.connection.inFlight, 0);
      },
    ),
    { numRuns: 400 },
  );
});
