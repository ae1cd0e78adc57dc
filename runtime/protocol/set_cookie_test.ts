import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { cookieDate, readSetCookie } from "./set_cookie.ts";

Deno.test("a field sets what RFC 6265 section 5.2 says", () => {
  const plain = { name: "a", value: "b", domain: "", path: "", secure: false, expiresMs: Infinity };
  const cases: [string, Partial<typeof plain> | null][] = [
    ["a=b", {}],
    [" a = b ; HttpOnly", {}],
    ["a=b=c", { value: "b=c" }],
    ["a=", { value: "" }],
    ['a="b"', { value: '"b"' }],
    ["a=b; Secure; Path=/x; Domain=.Shop.TEST", { secure: true, path: "/x", domain: "shop.test" }],
    ["a=b; path=x", {}],
    ["a=b; Path=/x; path=", {}],
    ["a=b; Max-Age=10", { expiresMs: 11_000 }],
    ["a=b; max-age=0", { expiresMs: -Infinity }],
    ["a=b; max-age=x", {}],
    ["a=b; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:02 GMT", { expiresMs: 11_000 }],
    ["a=b; expires=Thu, 01 Jan 1970 00:00:02 GMT", { expiresMs: 2_000 }],
    ["a=b; expires=sometime", {}],
    ["a", null],
    ["=b", null],
    ["", null],
  ];
  for (const [text, wanted] of cases) {
    deepEqual(readSetCookie(text, 1_000), wanted === null ? null : { ...plain, ...wanted }, text);
  }
});

Deno.test("dates are read as leniently as they are written", () => {
  const wanted = Date.UTC(1994, 10, 6, 8, 49, 37);
  for (
    const text of [
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
      "6 nov 94 8:49:37",
    ]
  ) equal(cookieDate(text), wanted, text);
  for (
    const text of ["", "06 Nov 1994", "32 Nov 1994 08:49:37", "31 Feb 1994 08:49:37", "6 Nov 1994 24:00:00"]
  ) {
    equal(cookieDate(text), null, text);
  }
  const seconds = fc.integer({ min: 0, max: 2_000_000_000 });
  fc.assert(
    fc.property(seconds, (second) => equal(cookieDate(new Date(second * 1000).toUTCString()), second * 1000)),
  );
});
