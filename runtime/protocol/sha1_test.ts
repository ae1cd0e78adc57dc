import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { octetsOf } from "./octets.ts";
import { sha1 } from "./sha1.ts";

Deno.test("sha1: the vectors of RFC 3174, and an empty text", () => {
  const cases: readonly (readonly [text: string, digest: string])[] = [
    ["", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
    ["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
    ],
    ["a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"],
    [
      "0123456701234567012345670123456701234567012345670123456701234567".repeat(10),
      "dea356a2cddd90c7a7ecedc5ebb563934f460452",
    ],
  ];
  for (const [text, digest] of cases) assert.equal(Buffer.from(sha1(octetsOf(text))).toString("hex"), digest);
});

Deno.test("sha1: as the platform has it, at every length around a block", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.deepEqual([...sha1(bytes)], [...createHash("sha1").update(bytes).digest()]);
  }));
});
