import { equal } from "node:assert/strict";
import fc from "fast-check";
import { encodeText, TEXT_BYTES_MAX } from "./text.ts";
import { textOf, utf8, wholeCharacters } from "./utf8.ts";

Deno.test("a cut falls between two characters, as late as it can", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.nat(40), (text, bytesMax) => {
    const bytes = utf8(text);
    const kept = wholeCharacters(bytes, bytesMax);
    let wanted = "";
    for (const character of text) {
      if (utf8(wanted + character).length > bytesMax) break;
      wanted += character;
    }
    equal(textOf(bytes.subarray(0, kept)), textOf(utf8(wanted)));
  }));
});

Deno.test("Latin-1 texts stay whole however often they are encoded", () => {
  // The optimiser takes over after some thousand calls.
  const into = new Uint8Array(TEXT_BYTES_MAX);
  for (let n = 0; n < 60_000; n++) {
    const word = `Größe ${n % 10}`;
    const length = encodeText(word, into);
    if (length !== 9) equal(textOf(into.subarray(0, length)), word, `call ${n}`);
  }
  equal(textOf(into.subarray(0, 9)), "Größe 9");
});
