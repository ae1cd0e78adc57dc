import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { sampleText } from "./sample_text.ts";

Deno.test("a text is found for what people write", () => {
  const patterns = [
    "id=(.)",
    "^ok$",
    "\\d{3}-\\d{2,4}",
    "(?:a|b)+c?",
    'name="([^"]+)"',
    "token: (?<token>[A-Za-z0-9_-]{20,})",
    "(?<=id=)\\d+",
    "(?=\\d)[^ab]+",
    "(?!a)\\w+",
    "^\\s*\\{.*\\}\\s*$",
    "\\bword\\b",
    "^a*(?<!a)b+$",
    "([ab])\\1",
    "(?<x>.)\\k<x>",
    "\\p{Lu}\\p{L}*",
    "\\u{1F600}|\\u00e9",
    "\\x41[\\x42-\\x44]\\cA\\0",
    "[^]",
    "^$",
    "[\\]\\-^]",
    'csrf_token" value="(.*?)"',
    "/orders/(\\d+)(?:\\?.*)?$",
    "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "",
    "é|ü",
    "\\d+\\.\\d+",
    "\\/path\\/(\\w+)",
  ];
  for (const pattern of patterns) {
    const text = sampleText(pattern);
    ok(text !== null && new RegExp(pattern, "u").test(text), `${pattern}: ${JSON.stringify(text)}`);
  }
});

Deno.test("what is captured is not empty where it need not be", () => {
  for (const pattern of ["id=(.*)", "a(b?)", "x(\\d*)y"]) {
    const text = sampleText(pattern) ?? "";
    ok((new RegExp(pattern, "u").exec(text)?.[1] ?? "") !== "", pattern);
  }
});

Deno.test("there is none for what nothing matches, or only what is too long, or what is no pattern", () => {
  for (const pattern of ["a^b", "[]", "a{100000}", "(?=b)a", "("]) equal(sampleText(pattern), null, pattern);
});

Deno.test("a text is found for any nest of literals, sets, groups and quantifiers", () => {
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(..."a|B|\\d|\\w|\\s|.|[a-f]|[^x]|\\.|é|-|:| |\\S|\\D|\\W|\\p{L}".split("|")),
      fc.array(tie("pattern"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")),
      fc.array(tie("pattern"), { minLength: 2, maxLength: 3 }).map((parts) => `(?:${parts.join("|")})`),
      fc.tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{1,}", "{0,3}", "*?", "+?"))
        .map(([of, quantifier]) => `(${of})${quantifier}`),
    ),
  }));
  fc.assert(
    fc.property(pattern, fc.boolean(), (inner, isAnchored) => {
      const pattern = isAnchored ? `^${inner}$` : inner;
      const text = sampleText(pattern);
      ok(text !== null && new RegExp(pattern, "u").test(text), pattern);
    }),
    { numRuns: 500 },
  );
});
