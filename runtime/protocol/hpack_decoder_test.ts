import assert from "node:assert/strict";
import fc from "fast-check";
import { hex } from "../../tests/http2/hex.ts";
import { ModelEncoder, type ModelField } from "../../tests/http2/hpack_model.ts";
import { HpackDecoder } from "./hpack_decoder.ts";
import { ABSENT } from "./http1_field_values.ts";
import { LIMITS } from "./parsed.ts";

function textOf(decoder: HpackDecoder): string {
  return String.fromCharCode(...decoder.text.subarray(0, decoder.textBytes));
}

/** What a block says, to a decoder that may have read others before. */
function read(decoder: HpackDecoder, block: string | Uint8Array, isTrailer = false): string {
  const bytes = typeof block === "string" ? hex(block) : block;
  if (!decoder.decode(bytes, 0, bytes.length, isTrailer)) return "malformed";
  return decoder.failure ?? textOf(decoder);
}

const DATE_21 = "Mon, 21 Oct 2013 20:13:21 GMT";
const DATE_22 = "Mon, 21 Oct 2013 20:13:22 GMT";
const ANSWERS = [
  `HTTP/2 302\r\ncache-control: private\r\ndate: ${DATE_21}\r\nlocation: https://www.example.com\r\n\r\n`,
  `HTTP/2 307\r\ncache-control: private\r\ndate: ${DATE_21}\r\nlocation: https://www.example.com\r\n\r\n`,
  `HTTP/2 200\r\ncache-control: private\r\ndate: ${DATE_22}\r\nlocation: https://www.example.com\r\n` +
  "content-encoding: gzip\r\nset-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\r\n\r\n",
];
/** The examples of appendix C.5 and C.6 are of a table of 256 octets. */
const TABLE_OF_256 = "3fe1 01";

for (
  const [appendix, blocks] of [
    ["C.5", [
      `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120
       474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      "4803 3330 37c1 c0bf",
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738
       666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33
       3630 303b 2076 6572 7369 6f6e 3d31`,
    ]],
    ["C.6", [
      `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718
       63c7 8f0b 97c8 e9ae 82ae 43d3`,
      "4883 640e ffc1 c0bf",
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7
       b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
    ]],
  ] as const
) {
  Deno.test(`hpack: the responses of RFC 7541 ${appendix}`, () => {
    const decoder = new HpackDecoder();
    blocks.forEach((block, i) => {
      assert.equal(read(decoder, (i === 0 ? TABLE_OF_256 : "") + block), ANSWERS[i]);
    });
    // After the third, the table holds set-cookie, content-encoding and date, and nothing else.
    assert.equal(read(decoder, "88 bf"), "HTTP/2 200\r\ncontent-encoding: gzip\r\n\r\n");
    assert.equal(read(decoder, "88 c1"), "malformed");
  });
}

for (
  const [appendix, blocks] of [
    ["C.3", [
      "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "8286 84be 5808 6e6f 2d63 6163 6865",
      "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ]],
    ["C.4", [
      "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
      "8286 84be 5886 a8eb 1064 9cbf",
      "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ]],
  ] as const
) {
  Deno.test(`hpack: the requests of RFC 7541 ${appendix} are no responses, but are remembered`, () => {
    const decoder = new HpackDecoder();
    for (const block of blocks) assert.equal(read(decoder, block), "protocol.header");
    assert.equal(
      read(decoder, "88 be bf"),
      "HTTP/2 200\r\ncustom-key: custom-value\r\ncache-control: no-cache\r\n\r\n",
    );
    assert.equal(read(decoder, "88 c0"), "protocol.header", ":authority");
    assert.equal(read(decoder, "88 c1"), "malformed");
  });
}

Deno.test("hpack: the literals of RFC 7541 C.2", () => {
  const decoder = new HpackDecoder();
  const custom = "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572";
  assert.equal(read(decoder, `88 ${custom}`), "HTTP/2 200\r\ncustom-key: custom-header\r\n\r\n");
  assert.equal(read(decoder, "040c 2f73 616d 706c 652f 7061 7468"), "protocol.header");
  const password = "1008 7061 7373 776f 7264 0673 6563 7265 74";
  assert.equal(read(decoder, `88 ${password}`), "HTTP/2 200\r\npassword: secret\r\n\r\n");
  assert.equal(read(decoder, "88 be bf"), "malformed", "only the first was to be remembered");
});

// What a server may write, and what it must not. `00` begins a literal: name and value follow with their lengths.
for (
  const [what, block, expected] of [
    ["nothing", "", "protocol.status-line"],
    ["no status", "5a 04 677a6970", "protocol.status-line"],
    ["two statuses", "88 89", "protocol.header"],
    ["a status behind a field", "5a 04 677a6970 88", "protocol.header"],
    ["a status that is no number", "08 03 32783030", "malformed"],
    ["a status of letters", "08 03 327830", "protocol.header"],
    ["a status of four digits", "08 04 32303030", "protocol.header"],
    ["a status below 100", "08 03 303939", "protocol.header"],
    ["a pseudo-field of requests", "88 84", "protocol.header"],
    ["a pseudo-field that is none", "88 00 03 3a7878 01 31", "protocol.header"],
    ["a name in upper case", "88 00 01 41 01 31", "protocol.header"],
    ["a name with a space", "88 00 02 6120 01 31", "protocol.header"],
    ["a name of nothing", "88 00 00 01 31", "protocol.header"],
    ["a line's end in a value", "88 00 01 61 03 310d0a", "protocol.header"],
    ["a zero octet in a value", "88 00 01 61 01 00", "protocol.header"],
    ["a value that begins with a space", "88 00 01 61 02 2031", "protocol.header"],
    ["a value that ends with a tab", "88 00 01 61 02 3109", "protocol.header"],
    ["a value of nothing", "88 00 01 61 00", "HTTP/2 200\r\na: \r\n\r\n"],
    ["a value above ASCII", "88 00 01 61 01 e9", "HTTP/2 200\r\na: \xe9\r\n\r\n"],
    ["connection", "88 00 0a 636f6e6e656374696f6e 01 78", "protocol.header"],
    ["transfer-encoding", "88 0f2a 07 6368756e6b6564", "protocol.header"],
    ["a content length", "88 0f0d 02 3432", "HTTP/2 200\r\ncontent-length: 42\r\n\r\n"],
    [
      "two that are the same",
      "88 0f0d 02 3432 0f0d 02 3432",
      "HTTP/2 200\r\ncontent-length: 42\r\ncontent-length: 42\r\n\r\n",
    ],
    ["two that differ", "88 0f0d 02 3432 0f0d 02 3433", "protocol.content-length"],
    ["one that is no number", "88 0f0d 02 3478", "protocol.content-length"],
    ["index 0", "80", "malformed"],
    ["an index beyond the table", "be", "malformed"],
    ["a name beyond the table", "7e 01 31", "malformed"],
    ["an integer without end", "ff ffffffffffffffff", "malformed"],
    ["an integer cut short", "ff 80", "malformed"],
    ["an integer above any use", "3f ffffffff0f", "malformed"],
    ["a string longer than the block", "88 00 05 61", "malformed"],
    ["a string that is missing", "88 00 01 61", "malformed"],
    ["a literal that is only begun", "88 00", "malformed"],
    ["Huffman code with wrong padding", "88 00 81 18 01 31", "malformed"],
    ["a table larger than allowed", "3fe2 1f 88", "malformed"],
    ["a table as large as allowed", "3fe1 1f 88", "HTTP/2 200\r\n\r\n"],
    ["two sizes of the table", "20 3fe1 1f 88", "HTTP/2 200\r\n\r\n"],
    ["a size behind a field", "88 20", "malformed"],
  ] as const
) {
  Deno.test(`hpack: ${what}`, () => assert.equal(read(new HpackDecoder(), block), expected));
}

Deno.test("hpack: a trailer has no status line, and no pseudo-fields", () => {
  const decoder = new HpackDecoder();
  assert.equal(read(decoder, "00 01 61 01 31", true), "a: 1\r\n");
  assert.equal(read(decoder, "88", true), "protocol.header");
  assert.equal(read(decoder, "", true), "");
  assert.equal(decoder.status, 0);
});

Deno.test("hpack: what is decoded beside the text", () => {
  const decoder = new HpackDecoder();
  read(decoder, "89 0f0d 03 313233");
  assert.deepEqual([decoder.status, decoder.contentLength], [204, 123]);
  read(decoder, "88");
  assert.deepEqual([decoder.status, decoder.contentLength], [200, ABSENT]);
});

Deno.test("hpack: a block like the one before is read anew when the table has changed", () => {
  const decoder = new HpackDecoder();
  const add = (value: string) => read(decoder, `88 40 01 61 01 ${value}`);
  add("31");
  assert.equal(read(decoder, "88 be"), "HTTP/2 200\r\na: 1\r\n\r\n");
  assert.equal(read(decoder, "88 be"), "HTTP/2 200\r\na: 1\r\n\r\n");
  add("32");
  assert.equal(read(decoder, "88 be"), "HTTP/2 200\r\na: 2\r\n\r\n");
  add("33");
  add("33");
  assert.equal(
    read(decoder, "88 bf c0"),
    "HTTP/2 200\r\na: 3\r\na: 2\r\n\r\n",
    "what a block adds is added each time",
  );
  assert.equal(read(decoder, "be", true), "a: 3\r\n");
  assert.equal(read(decoder, "be"), "protocol.status-line", "not what it was in a trailer");
});

Deno.test("hpack: what a server adds in every response fills the table, and pushes out what came before", () => {
  const decoder = new HpackDecoder();
  const adds = "88 40 01 61 01 31 40 01 62 01 32";
  const [a, b] = ["a: 1\r\n", "b: 2\r\n"];
  read(decoder, "88 40 01 63 01 33");
  for (let times = 1; times <= 100; times++) {
    assert.equal(read(decoder, adds), `HTTP/2 200\r\n${a}${b}\r\n`);
    if (times === 2) assert.equal(read(decoder, "be bf c0 c1 c2", true), b + a + b + a + "c: 3\r\n");
  }
  // Entries of 34 octets: 120 of them are in 4,096.
  assert.equal(read(decoder, "ff 37 ff 36", true), "malformed", "index 182 is that of the 121st");
  assert.equal(read(decoder, "ff 36 ff 35", true), a + b, "the 120th and the 119th");
});

Deno.test("hpack: a block that asks for what it adds is read anew", () => {
  const decoder = new HpackDecoder();
  // Adds `a: 1`, or with a name from the table `a: 2`; then names what stands behind its own.
  assert.equal(read(decoder, "88 40 01 61 01 31 bf"), "malformed");
  const other = new HpackDecoder();
  read(other, "88 40 01 62 01 32");
  assert.equal(read(other, "88 40 01 61 01 31 bf"), "HTTP/2 200\r\na: 1\r\nb: 2\r\n\r\n");
  assert.equal(read(other, "88 40 01 61 01 31 bf"), "HTTP/2 200\r\na: 1\r\na: 1\r\n\r\n");
});

Deno.test("hpack: a head beyond its limit fails, and what it adds to the table is remembered", () => {
  const decoder = new HpackDecoder();
  // A field of 3,000 octets that is added, and then named again and again.
  const value = new Uint8Array(3000).fill(97);
  const length = [0x7f, (3000 - 127) % 128 + 128, Math.floor((3000 - 127) / 128)];
  const block = [0x88, 0x40, 1, 97, ...length, ...value];
  for (let i = 0; i < 30; i++) block.push(0xbe);
  block.push(0x40, 1, 98, 1, 49);
  assert.equal(read(decoder, Uint8Array.from(block)), "too-large.head");
  assert.ok(decoder.textBytes <= LIMITS.headBytes + 4096);
  assert.equal(read(decoder, "88 be"), "HTTP/2 200\r\nb: 1\r\n\r\n");
});

const token = fc.string({
  unit: fc.constantFrom(..."abcxyz0189-_.~!#$&'*+^`|%"),
  minLength: 1,
  maxLength: 12,
}).filter((name) => !["connection", "upgrade", "keep-alive", "content-length"].includes(name));
const value = fc.string({
  unit: fc.integer({ min: 33, max: 255 }).filter((o) => o !== 127).map((o) => String.fromCharCode(o)),
  maxLength: 40,
});
const field = fc.oneof(
  fc.tuple(token, value),
  fc.constantFrom<ModelField>(["server", "nginx"], ["date", DATE_21], ["accept-encoding", "gzip, deflate"]),
  fc.tuple(fc.constantFrom("etag", "x"), fc.string({ unit: fc.constant("e"), maxLength: 600 })),
);
const lists = fc.array(fc.tuple(fc.integer({ min: 100, max: 999 }), fc.array(field, { maxLength: 8 })), {
  minLength: 1,
  maxLength: 12,
});

Deno.test("hpack: whatever lists a server writes, in whatever way, are read as they are", () => {
  fc.assert(
    fc.property(lists, fc.infiniteStream(fc.nat(1 << 20)), (heads, choices) => {
      const encoder = new ModelEncoder();
      const decoder = new HpackDecoder();
      for (const [status, fields] of heads) {
        const block = encoder.encode(
          [[":status", String(status)], ...fields],
          (below) => choices.next().value % below,
        );
        const lines = fields.map(([name, text]) => `${name}: ${text}\r\n`);
        assert.equal(read(decoder, block), `HTTP/2 ${status}\r\n${lines.join("")}\r\n`);
        assert.equal(decoder.status, status);
      }
    }),
    { numRuns: 400 },
  );
});
