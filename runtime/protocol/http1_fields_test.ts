import { deepEqual, equal } from "node:assert/strict";
import { readFields, requestTarget } from "./http1_fields.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("fields are read in order, folded lines and lone line feeds too", () => {
  const head =
    "HTTP/1.1 200 OK\r\nX-One:  a b \t\r\nSet-Cookie: a=1\r\nset-cookie:b=2\nFolded: one\r\n  two\r\nEmpty:\r\n" +
    "Name: Zoë: \u0085\r\n\r\n";
  deepEqual(readFields(bytes(head)), [
    ["x-one", "a b"],
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
    ["folded", "one two"],
    ["empty", ""],
    ["name", "Zoë: \u0085"],
  ]);
  deepEqual(readFields(bytes("HTTP/1.1 204\r\n\r\n")), []);
});

Deno.test("the target of a request is what stands in its line", () => {
  equal(requestTarget(bytes("GET /a/b?c=d HTTP/1.1\r\nx: y\r\n\r\n")), "/a/b?c=d");
});
