import assert from "node:assert/strict";
import fc from "fast-check";
import { ModelDecoder, type ModelField } from "../../tests/http2/hpack_model.ts";
import { toHex } from "../../tests/http2/hex.ts";
import { StandingFields } from "./hpack_standing_fields.ts";
import { type Http2Request, Http2RequestReader } from "./http2_request.ts";
import { octetsOf } from "./octets.ts";

function fieldsOf({ block, blockBytes }: Http2Request): ModelField[] {
  return new ModelDecoder().decode(block.subarray(0, blockBytes));
}

function read(text: string, scheme: "http" | "https" = "http"): Http2Request {
  const bytes = octetsOf(text);
  return new Http2RequestReader(scheme, new StandingFields()).read(bytes, bytes.length);
}

for (
  const [what, text, expected] of [
    ["the least", "GET / HTTP/1.1\r\nhost: a\r\n\r\n", [[":method", "GET"], [":scheme", "http"], [
      ":path",
      "/",
    ], [":authority", "a"]]],
    [
      "host behind other fields, and names in upper case",
      "PUT /a?b=c HTTP/1.1\r\nX-One: 1\r\nHost: a.test:8080\r\nAccept: \t*/*\r\n\r\n",
      [[":method", "PUT"], [":scheme", "http"], [":path", "/a?b=c"], [":authority", "a.test:8080"], [
        "x-one",
        "1",
      ], [
        "accept",
        "*/*",
      ]],
    ],
    [
      "fields about a connection",
      "GET /index.html HTTP/1.1\r\nhost: a\r\nConnection: keep-alive\r\nKeep-Alive: 3\r\ntransfer-encoding: x\r\n" +
      "upgrade: h2c\r\nproxy-connection: x\r\nhttp2-settings: x\r\nte: gzip\r\n\r\n",
      [[":method", "GET"], [":scheme", "http"], [":path", "/index.html"], [":authority", "a"]],
    ],
    [
      "te: trailers",
      "GET / HTTP/1.1\r\nhost: a\r\nTE: trailers\r\n\r\n",
      [[":method", "GET"], [":scheme", "http"], [":path", "/"], [":authority", "a"], ["te", "trailers"]],
    ],
    [
      "a value of nothing, and no host",
      "OPTIONS * HTTP/1.1\r\nx:\r\n\r\n",
      [[":method", "OPTIONS"], [":scheme", "http"], [":path", "*"], ["x", ""]],
    ],
  ] as const
) {
  Deno.test(`http2 request: ${what}`, () => assert.deepEqual(fieldsOf(read(text)), expected));
}

Deno.test("http2 request: the scheme, and the content", () => {
  const text = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhe\r\no";
  const request = read(text, "https");
  assert.deepEqual(fieldsOf(request)[1], [":scheme", "https"]);
  assert.equal(String.fromCharCode(...request.body.subarray(request.bodyStart, request.bodyEnd)), "he\r\no");
});

Deno.test("http2 request: octets as RFC 7541 wants them, and secrets that nobody may remember", () => {
  const { block, blockBytes } = read(
    "GET / HTTP/1.1\r\nhost: www.example.com\r\nauthorization: a\r\ncookie: b\r\n\r\n",
  );
  assert.equal(
    toHex(block.subarray(0, blockBytes)),
    "828684018cf1e3c2e5f23a6ba0ab90f4ff" + "1f08" + "0161" + "1f11" + "0162",
  );
});

Deno.test("http2 request: a copy stays when the next one is read", () => {
  const reader = new Http2RequestReader("http", new StandingFields());
  const bytes = octetsOf("GET /one HTTP/1.1\r\nhost: a\r\n\r\n");
  const copy = reader.readFixed(bytes);
  const other = octetsOf("GET /another HTTP/1.1\r\nhost: a\r\n\r\nbody");
  reader.read(other, other.length);
  assert.equal(fieldsOf(copy)[2][1], "/one");
  assert.equal(copy.bodyStart, copy.bodyEnd);
});

Deno.test("http2 request: any fields are said as they are, also long ones", () => {
  const name = fc.string({ unit: fc.constantFrom(..."abcxyz-_0"), minLength: 1, maxLength: 30 }).map((n) =>
    `x${n}`
  );
  const value = fc.string({ unit: fc.constantFrom(..."abc XYZ-~{}\xff"), maxLength: 400 }).map((v) =>
    v.trim()
  );
  fc.assert(fc.property(fc.array(fc.tuple(name, value)), (fields) => {
    const lines = fields.map(([n, v]) => `${n}: ${v}\r\n`).join("");
    assert.deepEqual(fieldsOf(read(`GET / HTTP/1.1\r\nhost: a\r\n${lines}\r\n`)).slice(4), fields);
  }));
});

Deno.test("http2 request: a reader that has read others reads like a new one", () => {
  const line = fc.tuple(
    fc.constantFrom("x-a", "X-A", "accept", "Te", "connection"),
    fc.constantFrom("", "a", "b", "trailers"),
  );
  const text = fc.record({
    target: fc.constantFrom("/", "/a", "/b"),
    hostAt: fc.nat(3),
    lines: fc.array(line, { maxLength: 3 }),
    body: fc.constantFrom("", "x: y\r\n"),
  }).map(({ target, hostAt, lines, body }) => {
    const fields = lines.map(([name, value]) => `${name}: ${value}\r\n`);
    fields.splice(hostAt, 0, "Host: a.test\r\n");
    return `GET ${target} HTTP/1.1\r\n${fields.join("")}\r\n${body}`;
  });
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 12 }), (texts) => {
      const reader = new Http2RequestReader("http", new StandingFields());
      for (const text of texts) {
        const bytes = octetsOf(text);
        const alone = read(text);
        const again = reader.read(bytes, bytes.length);
        assert.equal(
          toHex(again.block.subarray(0, again.blockBytes)),
          toHex(alone.block.subarray(0, alone.blockBytes)),
        );
        assert.deepEqual([again.bodyStart, again.bodyEnd], [alone.bodyStart, alone.bodyEnd]);
      }
    }),
    { numRuns: 500 },
  );
});
