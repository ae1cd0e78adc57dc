import assert from "node:assert/strict";
import fc from "fast-check";
import { encodePathValue, encodeQueryValue, encodeUrl } from "./percent_encoding.ts";

Deno.test("URLs, path values and query values", () => {
  const cases: [written: string, url: string, path: string, query: string][] = [
    ["plain-._~", "plain-._~", "plain-._~", "plain-._~"],
    ["a b", "a%20b", "a%20b", "a%20b"],
    ["/a/b?c=d&e", "/a/b?c=d&e", "/a/b%3Fc%3Dd%26e", "%2Fa%2Fb%3Fc%3Dd%26e"],
    ["%20", "%20", "%2520", "%2520"],
    ["%c3%A9", "%c3%A9", "%25c3%25A9", "%25c3%25A9"],
    ["%2", "%252", "%252", "%252"],
    ["100%", "100%25", "100%25", "100%25"],
    ["%zz%41%", "%25zz%41%25", "%25zz%2541%25", "%25zz%2541%25"],
    ["é😀", "%C3%A9%F0%9F%98%80", "%C3%A9%F0%9F%98%80", "%C3%A9%F0%9F%98%80"],
    ["[x]|^`{}\\", "%5Bx%5D%7C%5E%60%7B%7D%5C", "%5Bx%5D%7C%5E%60%7B%7D%5C", "%5Bx%5D%7C%5E%60%7B%7D%5C"],
    ["#", "%23", "%23", "%23"],
    ["a+b", "a+b", "a%2Bb", "a%2Bb"],
    ["!'()*", "!'()*", "%21%27%28%29%2A", "%21%27%28%29%2A"],
    ["a\r\nb\0", "a%0D%0Ab%00", "a%0D%0Ab%00", "a%0D%0Ab%00"],
  ];
  for (const [written, url, path, query] of cases) {
    assert.deepEqual([encodeUrl(written), encodePathValue(written), encodeQueryValue(written)], [
      url,
      path,
      query,
    ]);
  }
});

Deno.test("an encoded URL is not encoded again, and nothing of it can break a request line", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const once = encodeUrl(text);
    assert.match(once, /^[\x21-\x7e]*$/);
    assert.equal(encodeUrl(once), once);
  }));
});

Deno.test("a value comes back as it was", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assert.equal(new URLSearchParams(`q=${encodeQueryValue(text)}`).get("q"), text);
    assert.equal(decodeURIComponent(encodePathValue(text)), text);
  }));
});
