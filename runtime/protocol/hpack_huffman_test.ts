import assert from "node:assert/strict";
import fc from "fast-check";
import { hex, toHex } from "../../tests/http2/hex.ts";
import { decodeHuffman, encodeHuffman, huffmanLength } from "./hpack_huffman.ts";
import { octetsOf } from "./octets.ts";

function encoded(octets: Uint8Array): Uint8Array {
  const into = new Uint8Array(4 * octets.length + 1);
  const end = encodeHuffman(octets, 0, octets.length, into, 0);
  assert.equal(end, huffmanLength(octets, 0, octets.length));
  return into.subarray(0, end);
}

/** Null where the code is malformed. */
function decoded(code: Uint8Array): Uint8Array | null {
  const into = new Uint8Array(2 * code.length);
  const end = decodeHuffman(code, 0, code.length, into, 0);
  return end < 0 ? null : into.subarray(0, end);
}

// RFC 7541 appendices C.4 and C.6.
for (
  const [text, code] of [
    ["www.example.com", "f1e3 c2e5 f23a 6ba0 ab90 f4ff"],
    ["no-cache", "a8eb 1064 9cbf"],
    ["custom-value", "25a8 49e9 5bb8 e8b4 bf"],
    ["302", "6402"],
    ["Mon, 21 Oct 2013 20:13:21 GMT", "d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff"],
    ["https://www.example.com", "9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3"],
    [
      "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
      `94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed
       4ee5 b106 3d50 07`,
    ],
    ["", ""],
  ]
) {
  Deno.test(`huffman: "${text.slice(0, 20)}" as RFC 7541 writes it`, () => {
    assert.equal(toHex(encoded(octetsOf(text))), toHex(hex(code)));
    assert.deepEqual(decoded(hex(code)), octetsOf(text));
  });
}

Deno.test("huffman: single octets have the codes of RFC 7541 appendix B", () => {
  const codes = [[0, "1111111111000"], [10, "111111111111111111111111111100"], [48, "00000"], [
    92,
    "1111111111111110000",
  ]]
    .concat([[97, "00011"], [128, "11111111111111100110"], [249, "1111111111111111111111111110"]])
    .concat([[255, "11111111111111111111101110"], [38, "11111000"], [22, "111111111111111111111111111110"]]);
  for (const [octet, code] of codes) {
    const bits = [...encoded(Uint8Array.of(Number(octet)))].map((o) => o.toString(2).padStart(8, "0")).join(
      "",
    );
    assert.equal(bits, String(code).padEnd(bits.length, "1"), `octet ${octet}`);
  }
});

Deno.test("huffman: what is encoded is decoded to the same, whatever it is", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
    assert.deepEqual(decoded(encoded(octets)), octets);
  }));
});

for (
  const [what, code] of [
    ["eight bits of padding", "1f ff"],
    ["padding of zeros", "18"],
    ["padding that is no beginning of the end of string", "f1e3 c2e5 f23a 6ba0 ab90 f4fe"],
    ["the end of string", "ffff ffff"],
    ["the end of string in the middle", "1fff ffff ff18"],
    ["padding alone, of eight bits", "ff"],
  ]
) {
  Deno.test(`huffman: ${what} is refused`, () => assert.equal(decoded(hex(code)), null));
}

Deno.test("huffman: padding of up to seven bits is none of the text", () => {
  assert.deepEqual(decoded(hex("1f")), octetsOf("a"));
  assert.deepEqual(decoded(hex("07")), octetsOf("0"));
});
