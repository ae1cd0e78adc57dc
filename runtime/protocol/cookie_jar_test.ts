import { equal, ok } from "node:assert/strict";
import { CookieJar } from "./cookie_jar.ts";

Deno.test("cookies go back to the paths they are meant for, the longest path first, then by age", () => {
  const jar = new CookieJar("shop.test", false);
  jar.store(["a=1; Path=/", "b=2", "c=3; Path=/shop/cart", "d=4; Secure; Path=/"], "/shop/login?x=/y", 0);
  equal(jar.line("/shop/cart", 0), "cookie: c=3; b=2; a=1\r\n");
  equal(jar.line("/shop/cart/pay?x", 0), "cookie: c=3; b=2; a=1\r\n");
  equal(jar.line("/shop/carts", 0), "cookie: b=2; a=1\r\n");
  equal(jar.line("/shopping", 0), "cookie: a=1\r\n");
  equal(jar.sent, "cookie: a=1\r\n");
  equal(new CookieJar("shop.test", false).line("/", 0), "");
});

Deno.test("a cookie set anew keeps its place; one that has expired is gone", () => {
  const jar = new CookieJar("shop.test", true);
  jar.store(["a=1; secure", "b=2; Max-Age=5", "c=3"], "/", 1_000);
  equal(jar.line("/", 5_999), "cookie: a=1; b=2; c=3\r\n");
  equal(jar.line("/", 6_000), "cookie: a=1; c=3\r\n");
  jar.store(["a=9"], "/", 7_000);
  equal(jar.line("/", 7_000), "cookie: a=9; c=3\r\n");
  jar.store(["a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "c=4; Max-Age=-1"], "/", 7_000);
  equal(jar.line("/", 7_000), "");
});

Deno.test("cookies for other hosts are refused", () => {
  const cases: [string, string, boolean][] = [
    ["www.shop.test", "shop.test", true],
    ["www.shop.test", ".WWW.shop.test", true],
    ["www.shop.test", "op.test", false],
    ["shop.test", "www.shop.test", false],
    ["shop.test", "elsewhere.test", false],
    ["127.0.0.1", "127.0.0.1", true],
    ["127.0.0.1", "0.0.1", false],
  ];
  for (const [host, domain, taken] of cases) {
    const jar = new CookieJar(host, false);
    jar.store([`a=1; Domain=${domain}`], "/", 0);
    equal(jar.line("/", 0) !== "", taken, `${host} ${domain}`);
  }
});

Deno.test("a line is never longer than 8 KiB, and the oldest give way", () => {
  const jar = new CookieJar("shop.test", false);
  for (let n = 0; n < 100; n++) {
    jar.store([`n${n}=${"x".repeat(n * 37)}`, `huge=${"x".repeat(5000)}`], "/", 0);
  }
  const line = jar.line("/", 0);
  ok(line.length <= 8192 && line.length > 4096);
  ok(line.includes("n99=") && !line.includes("n0=") && !line.includes("huge"));
});
