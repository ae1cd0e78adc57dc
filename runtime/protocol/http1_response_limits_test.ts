import assert from "node:assert/strict";
import { readResponse } from "../../tests/http1/response_reading.ts";
import { ResponseParser } from "./http1_response.ts";
import { octetsOf } from "./octets.ts";
import { type Failure, LIMITS, PARSED } from "./parsed.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const HEAD_END = "Content-Length: 0\r\n\r\n";
const wish = { head: false, keepBody: true, closes: false };

/** A field line of so many bytes. */
const fieldOf = (bytes: number) => "X:" + "y".repeat(bytes - 4) + "\r\n";
const manyFieldsOf = (bytes: number) =>
  fieldOf(64).repeat(Math.floor(bytes / 64) - 1) + fieldOf(64 + bytes % 64);

type LimitCase = Readonly<{ name: string; wire: (bytes: number) => string; limit: number; failure: Failure }>;

/** Each holds at `limit`, and fails with one byte more. */
const cases: readonly LimitCase[] = [
  {
    name: "one long header",
    wire: (bytes) => OK + fieldOf(bytes - OK.length - HEAD_END.length) + HEAD_END,
    limit: LIMITS.headBytes,
    failure: "too-large.head",
  },
  {
    name: "many headers",
    wire: (bytes) => OK + manyFieldsOf(bytes - OK.length - HEAD_END.length) + HEAD_END,
    limit: LIMITS.headBytes,
    failure: "too-large.head",
  },
  {
    name: "long reason",
    wire: (bytes) => "HTTP/1.1 200 " + "x".repeat(bytes - 15 - HEAD_END.length) + "\r\n" + HEAD_END,
    limit: LIMITS.headBytes,
    failure: "too-large.head",
  },
  {
    name: "heads of interim responses count",
    wire: (bytes) => {
      const interim = "HTTP/1.1 100 C\r\n\r\n".repeat(1000);
      return interim + OK + fieldOf(bytes - interim.length - OK.length - HEAD_END.length) + HEAD_END;
    },
    limit: LIMITS.headBytes,
    failure: "too-large.head",
  },
  {
    name: "trailer",
    wire: (bytes) => CHUNKED + "0\r\n" + manyFieldsOf(bytes - 2) + "\r\n",
    limit: LIMITS.headBytes,
    failure: "too-large.head",
  },
  {
    name: "line of a chunk with zeros",
    wire: (bytes) => `${CHUNKED}${"0".repeat(bytes - 3)}1\r\nx\r\n0\r\n\r\n`,
    limit: LIMITS.chunkLineBytes,
    failure: "protocol.chunk",
  },
  {
    name: "line of a chunk with an extension",
    wire: (bytes) => `${CHUNKED}1;${"e".repeat(bytes - 4)}\r\nx\r\n0\r\n\r\n`,
    limit: LIMITS.chunkLineBytes,
    failure: "protocol.chunk",
  },
];

for (const { name, wire, limit, failure } of cases) {
  Deno.test(`response limits: ${name}`, () => {
    const well = octetsOf(wire(limit));
    const over = octetsOf(wire(limit + 1));
    const expected = readResponse(over, [], wish);
    assert.equal(readResponse(well, [], wish).parsed, "done");
    assert.equal(expected.failure, failure);
    for (const size of [1, 7, 1000, 1024, 65535, 65536, 65537]) {
      assert.equal(readResponse(well, inPiecesOf(size, well.length), wish).parsed, "done");
      assert.deepEqual(
        readResponse(over, inPiecesOf(size, over.length), wish),
        expected,
        `in pieces of ${size}`,
      );
    }
  });
}

Deno.test("response limits: interim responses without end", () => {
  const wire = octetsOf("HTTP/1.1 100 Continue\r\n\r\n".repeat(10_000));
  const reading = readResponse(wire, [], wish);
  assert.equal(reading.failure, "too-large.head");
  assert.equal(reading.consumed, LIMITS.headBytes);
  assert.deepEqual(readResponse(wire, inPiecesOf(999, wire.length), wish), reading);
});

const endless: readonly (readonly [before: string, part: string])[] = [
  ["HTTP/1.1 200 ", "y"],
  [OK, "y"],
  [OK + "X: ", "y"],
  [OK + "X: ", "\n "],
  [OK + "X: ", "\r\n\t"],
  [OK + "X: ", "\0"],
  [OK + "X: ", "\0\r"],
];

for (const [before, part] of endless) {
  Deno.test(`response limits: ${JSON.stringify([before, part])} without end, byte by byte, costs no squares`, () => {
    const wire = octetsOf(before + part.repeat(LIMITS.headBytes));
    const startMs = performance.now();
    const reading = readResponse(wire, inPiecesOf(1, wire.length), wish);
    assert.equal(reading.failure, "too-large.head");
    assert.equal(reading.consumed, LIMITS.headBytes);
    // Looked at again with every byte, this line would cost 2^31 steps.
    assert.ok(performance.now() - startMs < 1500);
  });
}

const KEPT = LIMITS.keptBodyBytes;

/** Bodies of one size in the three ways to frame one. */
const framings: readonly Readonly<{ name: string; wire: (bytes: number) => Uint8Array; closes: boolean }>[] =
  [
    {
      name: "content-length",
      wire: (bytes) => joined(`${OK}Content-Length: ${bytes}\r\n\r\n`, bytes, ""),
      closes: false,
    },
    { name: "close", wire: (bytes) => joined(`${OK}\r\n`, bytes, ""), closes: true },
    {
      name: "chunked",
      wire: (bytes) =>
        joined(`${CHUNKED}1\r\nx\r\n${(bytes - 1).toString(16)}\r\n`, bytes - 1, "\r\n0\r\n\r\n"),
      closes: false,
    },
  ];

for (const { name, wire, closes } of framings) {
  Deno.test(`response limits: kept body by ${name}`, () => {
    const well = wire(KEPT);
    const over = wire(KEPT + 1);
    for (const pieceBytes of [Infinity, 1_000_003]) {
      const kept = fed(well, pieceBytes, true, closes);
      assert.equal(kept.failure, null);
      assert.equal(kept.contentBytes, KEPT);
      assert.equal(kept.body().length, KEPT);
      assert.ok(kept.body().every((octet) => octet === 120));
      assert.equal(fed(over, pieceBytes, true, closes).failure, "too-large.body");
      const skipped = fed(over, pieceBytes, false, closes);
      assert.equal(skipped.failure, null);
      assert.equal(skipped.contentBytes, KEPT + 1);
      assert.equal(skipped.body().length, 0);
    }
  });
}

/** The parser behind `wire`, which must not leave it wanting more. */
function fed(wire: Uint8Array, pieceBytes: number, keepBody: boolean, closes: boolean): ResponseParser {
  const parser = new ResponseParser();
  parser.begin(false, keepBody);
  let parsed: number = PARSED.more;
  for (let at = 0; parsed === PARSED.more && at < wire.length; at = parser.consumed) {
    parsed = parser.feed(wire, at, Math.min(wire.length, at + pieceBytes));
  }
  if (parsed === PARSED.more && closes) parsed = parser.close();
  assert.notEqual(parsed, PARSED.more);
  return parser;
}

function joined(before: string, contentBytes: number, after: string): Uint8Array {
  const wire = new Uint8Array(before.length + contentBytes + after.length).fill(120);
  wire.set(octetsOf(before));
  wire.set(octetsOf(after), before.length + contentBytes);
  return wire;
}

function inPiecesOf(size: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / size) - 1 }, (_, i) => (i + 1) * size);
}
