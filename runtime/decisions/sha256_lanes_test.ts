import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { hexOf } from "./decision_hash.ts";
import { Sha256Lanes } from "./sha256_lanes.ts";

Deno.test("messages on several lanes, fed in turns, have the SHA-256 that node:crypto gives", () => {
  const message = fc.uint32Array({ maxLength: 70, size: "max" });
  fc.assert(fc.property(message, message, message, (...messages) => {
    const lanes = new Sha256Lanes(3);
    for (const lane of messages.keys()) lanes.begin(lane);
    for (let at = 0; at < 70; at++) {
      messages.forEach((words, lane) => at < words.length && lanes.feed(lane, words[at]));
    }
    messages.forEach((words, lane) => {
      lanes.finish(lane);
      const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
      assert.equal(hexOf(lanes.digest), createHash("sha256").update(bytes).digest("hex"));
    });
  }));
});

Deno.test("messages of every length around a block's end are padded as they should be", () => {
  const lanes = new Sha256Lanes(1);
  for (let length = 0; length <= 64; length++) {
    const words = Uint32Array.from({ length }, (_, n) => (n + 1) * 0x9e3779b1);
    lanes.begin(0);
    for (const word of words) lanes.feed(0, word);
    lanes.finish(0);
    const bytes = new Uint8Array(words.buffer);
    assert.equal(hexOf(lanes.digest), createHash("sha256").update(bytes).digest("hex"), String(length));
  }
});

Deno.test("a lane begins anew after any message", () => {
  const lanes = new Sha256Lanes(1);
  const hashes = [20, 0, 20].map((words) => {
    lanes.begin(0);
    for (let n = 0; n < words; n++) lanes.feed(0, n * 0x01020304);
    lanes.finish(0);
    return hexOf(lanes.digest);
  });
  assert.equal(hashes[0], hashes[2]);
  assert.equal(hashes[1], createHash("sha256").digest("hex"));
});
