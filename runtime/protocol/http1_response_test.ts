import assert from "node:assert/strict";
import { CASES, type ResponseCase } from "../../tests/http1/response_cases.ts";
import { modelResponse } from "../../tests/http1/response_model.ts";
import { latin1, readResponse } from "../../tests/http1/response_reading.ts";
import { ResponseParser } from "./http1_response.ts";
import { octetsOf } from "./octets.ts";
import { PARSED } from "./parsed.ts";

const OK = "HTTP/1.1 200 OK\r\n";

for (const example of CASES) {
  Deno.test(`response: ${example.name}`, () => {
    const wire = octetsOf(example.wire);
    const wish = { head: example.head ?? false, keepBody: true, closes: example.closes ?? false };
    const whole = readResponse(wire, [], wish);
    assertExpected(example, whole);
    const model = modelResponse(example.wire, wish);
    // The model knows no limits.
    if (whole.failure !== "too-large.body") assert.deepEqual(whole, model);
    const parser = new ResponseParser();
    assert.deepEqual(readResponse(wire, everyOffset(wire), wish, parser), whole, "byte by byte");
    for (let split = 0; split <= wire.length; split++) {
      assert.deepEqual(readResponse(wire, [split], wish, parser), whole, `split at ${split}`);
    }
    const skipped = readResponse(wire, [], { ...wish, keepBody: false }, parser);
    assert.equal(skipped.body, "");
    if (whole.failure !== "too-large.body") assert.deepEqual({ ...skipped, body: whole.body }, whole);
  });
}

function assertExpected(example: ResponseCase, reading: ReturnType<typeof readResponse>): void {
  const { expect } = example;
  assert.equal(reading.headBytes + reading.bodyBytes, reading.consumed);
  if (expect === "more") {
    assert.equal(reading.parsed, "more");
    assert.equal(reading.consumed, example.wire.length);
  } else if ("failure" in expect) {
    assert.equal(reading.failure, expect.failure);
    assert.equal(reading.parsed, "failed");
    assert.equal(reading.keepAlive, false);
    if (example.left !== undefined) assert.equal(example.wire.length - reading.consumed, example.left);
  } else {
    assert.equal(reading.failure, null);
    assert.deepEqual(
      { status: reading.status, body: reading.body, keepAlive: reading.keepAlive },
      expect,
    );
    assert.equal(reading.parsed, "done");
    assert.equal(reading.contentBytes, expect.body.length);
    assert.equal(example.wire.length - reading.consumed, example.left ?? 0);
  }
}

function everyOffset(wire: Uint8Array): number[] {
  return Array.from({ length: Math.max(0, wire.length - 1) }, (_, i) => i + 1);
}

Deno.test("response: names of cases are unique", () => {
  assert.equal(new Set(CASES.map((example) => example.name)).size, CASES.length);
});

Deno.test("response: counts head, framing and content apart", () => {
  const head = "HTTP/1.1 100 Continue\r\n\r\n" + OK + "Transfer-Encoding: chunked\r\n\r\n";
  const body = "5;x\r\nhello\r\n0\r\nA: b\r\n\r\n";
  const wish = { head: false, keepBody: false, closes: false };
  const reading = readResponse(octetsOf(head + body + "next"), [], wish);
  assert.equal(reading.headBytes, head.length);
  assert.equal(reading.bodyBytes, body.length);
  assert.equal(reading.contentBytes, 5);
});

Deno.test("response: a pipeline is read one response after the other, whatever the splits", () => {
  const bodies = ["one", "", "three", "four"];
  const wire = octetsOf(
    `${OK}Content-Length: 3\r\n\r\none` + "HTTP/1.1 204 No Content\r\n\r\n" +
      `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nthree\r\n0\r\n\r\n` + `${OK}Content-Length: 4\r\n\r\nfour`,
  );
  for (let size = 1; size <= wire.length; size++) {
    const parser = new ResponseParser();
    const found: string[] = [];
    parser.begin(false, true);
    for (let from = 0; from < wire.length; from += size) {
      const end = Math.min(wire.length, from + size);
      for (let at = from; at < end; at = parser.consumed) {
        if (parser.feed(wire, at, end) === PARSED.more) continue;
        assert.equal(parser.failure, null);
        found.push(latin1(parser.body()));
        parser.begin(false, true);
      }
    }
    assert.deepEqual(found, bodies, `in pieces of ${size}`);
  }
});

Deno.test("response: feeding nothing changes nothing", () => {
  const parser = new ResponseParser();
  parser.begin(false, false);
  const wire = octetsOf(`${OK}Content-Length: 2\r\n\r\nab`);
  for (let i = 0; i < wire.length; i++) {
    assert.equal(parser.feed(wire, i, i), PARSED.more);
    assert.equal(parser.consumed, i);
    assert.equal(parser.feed(wire, i, i + 1), i === wire.length - 1 ? PARSED.done : PARSED.more);
  }
});

Deno.test("response: a parser that has ended refuses bytes and the close", () => {
  const parser = new ResponseParser();
  assert.throws(() => parser.feed(new Uint8Array(1), 0, 1), /has ended/);
  parser.begin(true, false);
  const wire = octetsOf(`${OK}\r\n`);
  assert.equal(parser.feed(wire, 0, wire.length), PARSED.done);
  assert.throws(() => parser.feed(wire, 0, wire.length), /has ended/);
  assert.throws(() => parser.close(), /has ended/);
});

Deno.test("response: a body that is not kept is counted beyond every limit", () => {
  const parser = new ResponseParser();
  const piece = new Uint8Array(1 << 20);
  const head = octetsOf(`${OK}Content-Length: ${64 * piece.length}\r\n\r\n`);
  parser.begin(false, false);
  parser.feed(head, 0, head.length);
  for (let i = 1; i <= 64; i++) {
    assert.equal(parser.feed(piece, 0, piece.length), i === 64 ? PARSED.done : PARSED.more);
  }
  assert.equal(parser.contentBytes, 64 * piece.length);
  assert.equal(parser.body().length, 0);
});

Deno.test("response: the body of the last response is gone with the next begin", () => {
  const parser = new ResponseParser();
  const wish = { head: false, keepBody: true, closes: false };
  const long = "x".repeat(300_000);
  const wire = octetsOf(`${OK}Content-Length: ${long.length}\r\n\r\n${long}`);
  parser.begin(false, true);
  assert.equal(parser.feed(wire, 0, wire.length), PARSED.done);
  assert.equal(parser.body().length, long.length);
  assert.equal(parser.body().at(-1), 120);
  assert.equal(readResponse(octetsOf(`${OK}Content-Length: 1\r\n\r\ny`), [], wish, parser).body, "y");
});

Deno.test("response: the head that is kept is that of the final response, however it came", () => {
  const interim = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
  const head = `${OK}Set-Cookie: a=1\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const wire = octetsOf(`${interim}${head}1\r\nx\r\n0\r\nTrailer: no\r\n\r\n`);
  const parser = new ResponseParser();
  for (let piece = 1; piece <= wire.length; piece++) {
    parser.begin(false, false, true);
    for (let at = 0; at < wire.length; at += piece) parser.feed(wire, at, Math.min(wire.length, at + piece));
    assert.deepEqual(parser.head(), octetsOf(head), `in pieces of ${piece}`);
  }
  parser.begin(false, false);
  parser.feed(wire, 0, wire.length);
  assert.equal(parser.head().length, 0);
});

Deno.test("response: an abandoned response leaves nothing to the next", () => {
  const parser = new ResponseParser();
  const wish = { head: false, keepBody: true, closes: false };
  for (const { wire } of CASES) {
    for (const cut of [wire.length, Math.floor(wire.length / 2), 30, 45]) {
      for (
        const next of [`${OK}A\0: b\r\n\r\n`, `HTTP/1.1 200 O\0\r\n`, `${OK}Content-Length: 2\r\n\r\nok`]
      ) {
        readResponse(octetsOf(wire.slice(0, cut)), [], wish, parser);
        const reading = readResponse(octetsOf(next), [], wish, parser);
        assert.deepEqual(reading, readResponse(octetsOf(next), [], wish));
      }
    }
  }
});
