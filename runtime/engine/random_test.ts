import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { KeyedRandom, scale, scaleWords } from "./random.ts";

Deno.test("Philox4x32-10 gives the known answers of its authors' test vectors", () => {
  // Random123's kat_vectors: counter, key, result.
  const cases: [number[], number[], number[]][] = [
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
  ];
  for (const [counter, key, expected] of cases) {
    const random = new KeyedRandom(key[1] * 2 ** 32 + key[0]);
    random.draw(counter[0], counter[1], counter[2], counter[3]);
    deepEqual([...random.words], expected);
  }
});

Deno.test("Philox agrees with a BigInt model for any counter and any 53-bit seed", () => {
  const word = fc.nat(0xffff_ffff);
  fc.assert(fc.property(word, word, word, word, fc.maxSafeNat(), (a, b, c, d, seed) => {
    const random = new KeyedRandom(seed);
    random.draw(a, b, c, d);
    deepEqual([...random.words], model([a, b, c, d], seed));
  }));
});

function model(counter: number[], seed: number): number[] {
  const mask = 0xffff_ffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let k0 = BigInt(seed) & mask, k1 = BigInt(seed) >> 32n;
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0, p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3].map(Number);
}

Deno.test("scale is the exact product's upper half", () => {
  fc.assert(fc.property(fc.nat(0xffff_ffff), fc.integer({ min: 1, max: 2 ** 36 }), (draw, width) => {
    equal(scale(draw, width), Number((BigInt(draw) * BigInt(width)) >> 32n));
  }));
});

Deno.test("draws with neighbouring names are uncorrelated", () => {
  const random = new KeyedRandom(42);
  const buckets = new Array(16).fill(0);
  for (let session = 0; session < 16_000; session++) buckets[random.draw(session, 7, 1, 0) >>> 28]++;
  // Chi-square with 15 degrees of freedom: 37.7 is the 99.9 % point; the draws are fixed, so this cannot flake.
  const chiSquare = buckets.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  ok(chiSquare < 37.7, `chi-square ${chiSquare}`);
});

Deno.test("wide ranges use two words, and reach both of their ends", () => {
  const wide = Number.MAX_SAFE_INTEGER;
  equal(scaleWords(new Uint32Array([0, 0, 0, 0]), wide), 0);
  equal(scaleWords(new Uint32Array([0xffff_ffff, 0xffff_ffff, 0, 0]), wide), wide - 1);
  equal(scaleWords(new Uint32Array([0x8000_0000, 0, 0, 0]), 2 ** 40), 2 ** 39);
  equal(scaleWords(new Uint32Array([7, 1, 0, 0]), 100), scale(7, 100));
});
