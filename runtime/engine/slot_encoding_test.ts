import { equal } from "node:assert/strict";
import fc from "fast-check";
import { encoded } from "./slot_encoding.ts";

Deno.test("a text is encoded for where it stands", () => {
  const text = "a/b c?&=ü'(*)~\r\n\"\\";
  equal(encoded(text, "none"), text);
  equal(encoded(text, "path"), "a/b%20c%3F%26%3D%C3%BC%27%28%2A%29~%0D%0A%22%5C");
  equal(encoded(text, "query"), "a%2Fb%20c%3F%26%3D%C3%BC%27%28%2A%29~%0D%0A%22%5C");
  equal(encoded(text, "json"), "a/b c?&=ü'(*)~\\r\\n\\\"\\\\");
  equal(encoded(text, "header"), "a/b c?&=ü'(*)~  \"\\");
  equal(encoded("\ud800", "query"), "%EF%BF%BD");
});

Deno.test("what is encoded can be decoded", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    equal(decodeURIComponent(encoded(text, "path")), text);
    equal(decodeURIComponent(encoded(text, "query")), text);
    equal(JSON.parse(`"${encoded(text, "json")}"`), text);
  }));
});
