import assert from "node:assert/strict";
import fc from "fast-check";
import { damaged, generatedResponse } from "../../tests/http1/response_generator.ts";
import { readResponse } from "../../tests/http1/response_reading.ts";
import { ABSENT } from "./http1_field_values.ts";
import { type HeadMeaning, KnownHead } from "./http1_known_head.ts";
import { ResponseParser } from "./http1_response.ts";
import { octetsOf } from "./octets.ts";

const HEAD = octetsOf("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n");
const MEANING: HeadMeaning = {
  status: 200,
  minorVersion: 1,
  contentLength: 12,
  transferCoding: ABSENT,
  connectionOptions: 0,
};

const blank = (): HeadMeaning => ({
  status: 0,
  minorVersion: 0,
  contentLength: 0,
  transferCoding: 0,
  connectionOptions: 0,
});

/** What is recalled where bytes[start, end) come, of which `start` octets are of something else. */
function recalled(known: KnownHead, bytes: Uint8Array, start = 0, end = bytes.length): HeadMeaning | null {
  const meaning = blank();
  const isKnown = known.recall(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    start,
    end,
    meaning,
  );
  if (!isKnown) assert.deepEqual(meaning, blank());
  return isKnown ? meaning : null;
}

Deno.test("known head: recalled wherever it begins, whatever follows", () => {
  const known = new KnownHead();
  assert.equal(recalled(known, HEAD), null);
  known.learn(octetsOf("xyz" + String.fromCharCode(...HEAD)), 3, 3 + HEAD.length, MEANING);
  assert.deepEqual(recalled(known, HEAD), MEANING);
  for (const before of ["", "1", "12", "123"]) {
    const bytes = octetsOf(`${before}${String.fromCharCode(...HEAD)}hello world\n`);
    assert.deepEqual(recalled(known, bytes, before.length), MEANING);
    assert.deepEqual(recalled(known, bytes, before.length, before.length + HEAD.length), MEANING);
  }
});

Deno.test("known head: one octet less, or another one anywhere, is another head", () => {
  for (let length = 14; length <= HEAD.length; length++) {
    const known = new KnownHead();
    const head = HEAD.slice(0, length);
    known.learn(head, 0, length, MEANING);
    assert.deepEqual(recalled(known, head), MEANING);
    assert.equal(recalled(known, head, 0, length - 1), null);
    for (let at = 0; at < length; at++) {
      const other = head.slice();
      other[at] ^= 0x20;
      assert.equal(recalled(known, other), null);
    }
  }
});

Deno.test("known head: one that is very long is not learned, and the one before is still known", () => {
  const known = new KnownHead();
  known.learn(HEAD, 0, HEAD.length, MEANING);
  known.learn(new Uint8Array(1025), 0, 1025, { ...MEANING, status: 500 });
  assert.deepEqual(recalled(known, HEAD), MEANING);
});

/** A parser of responses that are likely to have the same head. */
class KnowingParser extends ResponseParser {
  readonly #known = new KnownHead();

  override begin(head: boolean, keepBody: boolean): void {
    super.begin(head, keepBody, false, false, this.#known);
  }
}

Deno.test("known head: what a parser says of a response does not depend on those before", () => {
  const response = generatedResponse.chain(({ wire, head, closes }) =>
    fc.record({
      wire: fc.oneof(fc.constant(wire), damaged(wire)),
      head: fc.constant(head),
      closes: fc.constant(closes),
      keepBody: fc.boolean(),
    })
  );
  const few = fc.array(response, { minLength: 1, maxLength: 3 });
  const example = few.chain((responses) =>
    fc.record({
      responses: fc.constant(responses),
      turns: fc.array(
        fc.record({
          which: fc.nat(responses.length - 1),
          splits: fc.array(fc.nat(200), { maxLength: 2 }),
        }),
        { minLength: 2, maxLength: 12 },
      ),
    })
  );
  let inOnePiece = 0;
  fc.assert(
    fc.property(example, ({ responses, turns }) => {
      const knowing = new KnowingParser();
      for (const { which, splits } of turns) {
        const { wire, ...wish } = responses[which];
        const pieces = splits.filter((at) => at <= wire.length).sort((a, b) => a - b);
        const bytes = octetsOf(wire);
        assert.deepEqual(readResponse(bytes, pieces, wish, knowing), readResponse(bytes, pieces, wish));
        if (pieces.length === 0) inOnePiece++;
      }
    }),
    { numRuns: 4000, seed: 5 },
  );
  assert.ok(inOnePiece > 1000);
});
