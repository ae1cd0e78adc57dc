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

Deno.test("a URL becomes what is asked of its own origin", () => {
  const cases: [string, string][] = [
    ["/a?b=c", "/a?b=c"],
    ["a/b", "/a/b"],
    ["", "/"],
    ["?page=2", "/?page=2"],
    ["http://shop.test:8080", "/"],
    ["http://shop.test:8080/a?b=c", "/a?b=c"],
    ["HTTP://SHOP.test:8080?b", "/?b"],
    ["http://shop.test/a", "/http://shop.test/a"],
    ["https://shop.test:8080/a", "/https://shop.test:8080/a"],
    ["http://shop.test:8080.evil.test/a", "/http://shop.test:8080.evil.test/a"],
    ["//shop.test/a", "//shop.test/a"],
    ['/a b\u00fc%20%25|"<>[]\r\n', "/a%20b%C3%BC%20%25%7C%22%3C%3E%5B%5D%0D%0A"],
    ["/a#b?c", "/a"],
    ["/\ud800", "/%EF%BF%BD"],
  ];
  for (const [text, target] of cases) equal(encoded(text, "target", "http://shop.test:8080"), target, text);
  equal(encoded("https://shop.test:443/a", "target", "https://shop.test"), "/a");
});

Deno.test("what is encoded can be decoded", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    equal(decodeURIComponent(encoded(text, "path")), text);
    equal(decodeURIComponent(encoded(text, "query")), text);
    equal(JSON.parse(`"${encoded(text, "json")}"`), text);
  }));
});
