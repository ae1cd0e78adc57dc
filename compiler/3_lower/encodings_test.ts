import assert from "node:assert/strict";
import fc from "fast-check";
import type { Encoding } from "../../runtime/plan_templates.ts";
import { encodeValue, longestEncodedByte } from "./encodings.ts";

Deno.test("a value in each place", () => {
  const value = 'a/b c"\\\r\n\u0000é';
  const cases: [Encoding, string][] = [
    ["none", value],
    ["path", "a/b%20c%22%5C%0D%0A%00%C3%A9"],
    ["query", "a%2Fb%20c%22%5C%0D%0A%00%C3%A9"],
    ["json", String.raw`a/b c\"\\\r\n\u0000é`],
    ["header", 'a/b c"\\   é'],
  ];
  for (const [encoding, wanted] of cases) assert.equal(encodeValue(value, encoding), wanted);
});

Deno.test("no byte becomes more than is said", () => {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  const encodings = fc.constantFrom<Encoding>("none", "path", "query", "json", "header");
  fc.assert(fc.property(fc.string({ unit: "binary" }), encodings, (text, encoding) => {
    assert(bytes(encodeValue(text, encoding)) <= bytes(text) * longestEncodedByte(encoding));
  }));
});
