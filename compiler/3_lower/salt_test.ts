import assert from "node:assert/strict";
import fc from "fast-check";
import { fnv1a32, salts } from "./salt.ts";

Deno.test("FNV-1a agrees with the published test vectors", () => {
  const cases: [string, number][] = [
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["b", 0xe70c2de5],
    ["foobar", 0xbf9cf968],
    ["chongo was here!\n", 0xd49930d5],
  ];
  for (const [text, hash] of cases) assert.equal(fnv1a32(text), hash, JSON.stringify(text));
});

Deno.test("salts hash UTF-8, not UTF-16", () => {
  assert.equal(fnv1a32("é"), fnv1a32BytesModel([0xc3, 0xa9]));
});

Deno.test("where hashes meet, the first name keeps its own and the later one moves on", () => {
  // Two names of a well-known collision of 32-bit FNV-1a.
  assert.equal(fnv1a32("costarring"), fnv1a32("liquid"));
  assert.deepEqual(salts(["costarring", "liquid"]), [fnv1a32("costarring"), fnv1a32("liquid#2")]);
  assert.deepEqual(salts(["x", "x", "x"]), [fnv1a32("x"), fnv1a32("x#2"), fnv1a32("x#3")]);
});

Deno.test("0 and 1 are nobody's salt", () => {
  assert.deepEqual(["akhnp9x", "df4a01h"].map(fnv1a32), [0, 1]);
  assert.deepEqual(salts(["akhnp9x", "df4a01h"]), [fnv1a32("akhnp9x#2"), fnv1a32("df4a01h#2")]);
});

Deno.test("salts are unique", () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 2 })), (names) => {
    assert.equal(new Set(salts(names)).size, names.length);
  }));
});

function fnv1a32BytesModel(bytes: number[]): number {
  let hash = 0x811c9dc5n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffff_ffffn;
  return Number(hash);
}
