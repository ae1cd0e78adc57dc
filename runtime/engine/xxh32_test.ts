import { equal } from "node:assert/strict";
import { xxh32 } from "./xxh32.ts";

Deno.test("xxh32 gives the published values", () => {
  const cases: [string, number, number][] = [
    ["", 0, 0x02cc5d05],
    ["", 0x9e3779b1, 0x36b78ae7],
    ["a", 0, 0x550d7456],
    ["abc", 0, 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0, 0xe2293b2f],
  ];
  for (const [text, seed, expected] of cases) {
    const bytes = new TextEncoder().encode(`.${text}.`);
    equal(xxh32(bytes, 1, bytes.length - 1, seed), expected, JSON.stringify(text));
  }
});
