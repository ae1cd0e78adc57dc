import assert from "node:assert/strict";
import fc from "fast-check";
import { DrivenConnection } from "../../tests/http2/driven_connection.ts";
import { ModelDecoder } from "../../tests/http2/hpack_model.ts";
import { toHex } from "../../tests/http2/hex.ts";
import * as server from "../../tests/http2/server_frames.ts";
import { HpackIndexer } from "./hpack_indexer.ts";
import { StandingFields } from "./hpack_standing_fields.ts";
import { FLAG, FRAME, SETTING } from "./http2_frames.ts";
import { Http2RequestReader } from "./http2_request.ts";
import { octetsOf } from "./octets.ts";

const SMALL = "GET / HTTP/1.1\r\nhost: www.example.com\r\naccept: */*\r\nauthorization: a\r\n\r\n";

function written(indexer: HpackIndexer): Uint8Array {
  return indexer.bytes.slice(0, indexer.length);
}

Deno.test("hpack indexer: what stands is told once, and then by its index; paths and secrets are not", () => {
  const standing = new StandingFields();
  const indexer = new HpackIndexer();
  const one = new Http2RequestReader("http", standing).readFixed(octetsOf(SMALL));
  const other = new Http2RequestReader("http", standing).readFixed(
    octetsOf(SMALL.replace("GET /", "GET /a")),
  );
  indexer.write(one);
  assert.equal(
    toHex(written(indexer)),
    "828684" + "418cf1e3c2e5f23a6ba0ab90f4ff" + "53032a2f2a" + "1f080161",
  );
  indexer.write(other);
  assert.equal(toHex(written(indexer)), "8286" + "04022f61" + "bfbe" + "1f080161", "the same fields are one");
  indexer.turnOff();
  indexer.write(one);
  assert.deepEqual(written(indexer), one.block);
});

Deno.test("hpack indexer: a line that changes is never told to be remembered", () => {
  const reader = new Http2RequestReader("http", new StandingFields());
  const indexer = new HpackIndexer();
  for (let i = 0; i < 20; i++) {
    const bytes = octetsOf(`GET /${i} HTTP/1.1\r\nhost: a\r\nx-number: ${i}\r\naccept: b\r\n\r\n`);
    indexer.write(reader.read(bytes, bytes.length));
    const adds = written(indexer).filter((octet) => octet === 0x41 || octet === 0x53).length;
    assert.equal(adds, i === 1 ? 2 : 0, `host and accept, at the second look: ${i}`);
  }
});

const value = fc.tuple(fc.constantFrom(..."abX~"), fc.constantFrom(1, 3, 400, 1500)).map(([letter, times]) =>
  letter.repeat(times)
);
const text = fc.record({
  path: fc.constantFrom("/", "/a", "/b"),
  fields: fc.array(fc.tuple(fc.constantFrom("accept", "x-one", "x-two", "cookie"), value), { maxLength: 4 }),
}).map(({ path, fields }) => {
  const lines = fields.map(([name, text]) => `${name}: ${text}\r\n`).join("");
  return `GET ${path} HTTP/1.1\r\nhost: a.test\r\n${lines}\r\n`;
});

Deno.test("hpack indexer: whatever is told short says the same, also when its table is full", () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 40 }),
      (texts, picks) => {
        const standing = new StandingFields();
        const readers = [new Http2RequestReader("http", standing), new Http2RequestReader("http", standing)];
        const fixed = texts.map((it) => new Http2RequestReader("http", standing).readFixed(octetsOf(it)));
        const indexer = new HpackIndexer();
        const [decoder, plain] = [new ModelDecoder(), new ModelDecoder()];
        for (const [pick, isFixed] of picks) {
          const which = pick % texts.length;
          const bytes = octetsOf(texts[which]);
          const request = isFixed ? fixed[which] : readers[pick % 7 === 0 ? 1 : 0].read(bytes, bytes.length);
          indexer.write(request);
          const expected = plain.decode(request.block.subarray(0, request.blockBytes));
          assert.deepEqual(decoder.decode(written(indexer)), expected);
          assert.ok(indexer.length <= request.blockBytes + 8);
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("hpack indexer: a connection's heads are read in the order of its frames, those that waited too", () => {
  const driven = new DrivenConnection();
  driven.feed(server.settings([SETTING.maxConcurrentStreams, 2]));
  for (let slot = 0; slot < 6; slot++) driven.request(slot, SMALL.replace("GET /", `GET /${slot}`));
  for (let stream = 1; stream < 13; stream += 2) {
    driven.feed(server.headers(stream, [0x88], FLAG.endStream));
    if (stream === 5) driven.feed(server.settings([SETTING.headerTableSize, 100]));
  }
  driven.request(0, SMALL);
  const decoder = new ModelDecoder();
  const paths = driven.frames().filter(({ type }) => type === FRAME.headers).map(({ payload }) => {
    const fields = decoder.decode(payload);
    assert.deepEqual(fields.slice(-3), [[":authority", "www.example.com"], ["accept", "*/*"], [
      "authorization",
      "a",
    ]]);
    return fields.find(([name]) => name === ":path")?.[1];
  });
  assert.deepEqual(paths, ["/0", "/1", "/2", "/3", "/4", "/5", "/"]);
});
