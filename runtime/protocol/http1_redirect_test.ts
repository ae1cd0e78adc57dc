import { equal } from "node:assert/strict";
import { redirectedRequest, redirectTarget } from "./http1_redirect.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const ORIGIN = "http://shop.test:8080";

Deno.test("a redirect leads where its location says, within the origin", () => {
  const cases: [number, string | undefined, string | null][] = [
    [302, "/b", "/b"],
    [301, "c?x=1#there", "/a/c?x=1"],
    [303, "../d", "/d"],
    [307, "?q=2", "/a/b?q=2"],
    [308, "http://shop.test:8080/e", "/e"],
    [302, "//shop.test:8080/f g", "/f%20g"],
    [302, "", "/a/b?old=1"],
    [302, "http://shop.test/e", null],
    [302, "https://shop.test:8080/e", null],
    [302, "http://elsewhere.test:8080/", null],
    [302, "http://[", null],
    [302, undefined, null],
    [300, "/b", null],
    [304, "/b", null],
    [201, "/b", null],
  ];
  const request = bytes("GET /a/b?old=1 HTTP/1.1\r\n\r\n");
  for (const [status, location, wanted] of cases) {
    equal(redirectTarget(status, location, request, ORIGIN), wanted, `${status} ${location}`);
  }
  equal(redirectTarget(302, "http://shop.test/x", bytes("GET / HTTP/1.1\r\n\r\n"), "http://shop.test"), "/x");
});

Deno.test("the request that follows keeps its fields, and its body only where the status says so", () => {
  const post =
    "POST /a HTTP/1.1\r\nhost: h\r\nContent-Type: x/y\r\ncookie: a=1\r\ncontent-length: 5\r\nz: 1\r\n\r\nh\r\n\r\n";
  const get = "GET /b HTTP/1.1\r\nhost: h\r\nz: 1\r\ncookie: b=2\r\n\r\n";
  const again =
    "POST /b HTTP/1.1\r\nhost: h\r\nContent-Type: x/y\r\ncontent-length: 5\r\nz: 1\r\ncookie: b=2\r\n\r\nh\r\n\r\n";
  for (const [status, wanted] of [[301, get], [302, get], [303, get], [307, again], [308, again]] as const) {
    const bytesNow = redirectedRequest(bytes(post), status, "/b", "cookie: a=1\r\n", "cookie: b=2\r\n");
    equal(new TextDecoder().decode(bytesNow), wanted, `${status}`);
  }
  for (
    const [method, status, wanted] of [["HEAD", 303, "HEAD"], ["PUT", 302, "PUT"], [
      "PUT",
      303,
      "GET",
    ]] as const
  ) {
    const bytesNow = redirectedRequest(bytes(`${method} /a HTTP/1.1\r\n\r\n`), status, "/b", "", "");
    equal(new TextDecoder().decode(bytesNow), `${wanted} /b HTTP/1.1\r\n\r\n`);
  }
});
