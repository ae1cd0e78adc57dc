import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import fc from "fast-check";
import { drawnMs, fallsTo, stallWaitMs } from "./practice_paths.ts";
import { type PracticeServer, startPracticeServer } from "./practice_server.ts";

async function withServer(use: (server: PracticeServer) => Promise<void>, seed = 1): Promise<void> {
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/** What comes back on a connection of its own, up to its end. */
async function rawAnswer(server: PracticeServer, path: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const request = `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  let text = "";
  const buffer = new Uint8Array(4096);
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return text;
    text += new TextDecoder("latin1").decode(buffer.subarray(0, length));
  }
}

async function statuses(
  server: PracticeServer,
  path: string,
  count: number,
  headers = {},
): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const response = await fetch(server.url + path, { headers });
    await response.body?.cancel();
    found.push(response.status);
  }
  return found;
}

Deno.test("paths answer with what they say", () =>
  withServer(async (server) => {
    const cases: { path: string; headers?: HeadersInit; status: number; length?: number; body?: RegExp }[] = [
      { path: "/", status: 200, body: /^\{"ok":true/ },
      { path: "/health", status: 200, body: /^\{"ok":true/ },
      { path: "/bytes/64KiB", status: 200, length: 65_536 },
      { path: "/bytes/0B", status: 200, length: 0 },
      { path: "/bytes/1GiB", status: 400, body: /256 MiB/ },
      { path: "/bytes/64kilo", status: 400, body: /size/ },
      { path: "/status/404", status: 404, length: 0 },
      { path: "/status/304", status: 304 },
      { path: "/status/100", status: 400, body: /no status/ },
      { path: "/fail/100%", status: 503 },
      { path: "/fail/0%", status: 200 },
      { path: "/fail/101%", status: 400 },
      { path: "/chunked/10x1KiB", status: 200, length: 10_240 },
      { path: "/chunked/0x1KiB", status: 200, length: 0 },
      { path: "/chunked/1KiB", status: 400, body: /not like/ },
      { path: "/items/7", status: 200, body: /^\{"id":7,"name":"item 7","price_cents":\d+\}$/ },
      { path: "/items/x", status: 400, body: /whole number/ },
      { path: "/delay/1ms", status: 200 },
      { path: "/delay/5ms..1ms", status: 400, body: /backwards/ },
      { path: "/delay/2h", status: 400, body: /hour/ },
      { path: "/stall?every=1s&for=1s", status: 400, body: /shorter/ },
      { path: "/stall?every=2ms&for=1ms", status: 200 },
      { path: "/nowhere/at/all", status: 404, body: /"\/bytes\/64KiB"/ },
      { path: "/?a=/b", status: 200 },
      { path: "/", headers: { "x-z6c-status": "500" }, status: 500, length: 0 },
      { path: "/items/7", headers: { "x-z6c-size": "10KiB" }, status: 200, length: 10_240 },
      { path: "/", headers: { "x-z6c-size": "3B", "x-z6c-status": "201" }, status: 201, length: 3 },
      { path: "/", headers: { "x-z6c-size": "3B", "x-z6c-status": "204" }, status: 204, length: 0 },
      { path: "/", headers: { "x-z6c-fail": "100%", "x-z6c-status": "201" }, status: 503 },
      { path: "/", headers: { "x-z6c-delay": "1ms" }, status: 200, body: /ok/ },
      { path: "/", headers: { "x-z6c-delay": "soon" }, status: 400, body: /duration/ },
    ];
    for (const { path, headers, status, length, body } of cases) {
      const response = await fetch(server.url + path, { headers });
      const text = await response.text();
      assert.equal(response.status, status, `${path} ${text}`);
      if (length !== undefined) assert.equal(text.length, length, path);
      if (body !== undefined) assert.match(text, body, path);
    }
    assert.equal(server.requests(), cases.length);
  }));

Deno.test("echo tells what it was sent", () =>
  withServer(async (server) => {
    const response = await fetch(`${server.url}/echo/a?b=c`, {
      method: "PUT",
      headers: { "x-one": "1" },
      body: "ü",
    });
    const { method, path, headers, body } = await response.json();
    assert.deepEqual([method, path, headers["x-one"], body], ["PUT", "/echo/a?b=c", "1", "ü"]);
  }));

Deno.test("a token of the authorization server opens what is protected", () =>
  withServer(async (server) => {
    const { url } = server;
    const response = await fetch(`${url}/oauth/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("me:secret")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const { access_token } = await response.json();
    const opened = await fetch(`${url}/protected`, { headers: { authorization: `Bearer ${access_token}` } });
    assert.deepEqual([opened.status, await opened.json()], [200, { ok: true, client: "me" }]);
    assert.deepEqual(await statuses(server, "/protected", 1), [401]);
  }));

Deno.test("connections end where they should", () =>
  withServer(async (server) => {
    assert.equal(await rawAnswer(server, "/close"), "");
    const truncated = await rawAnswer(server, "/truncate");
    assert.match(truncated, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(truncated, /content-length: 1024\r\n/i);
    assert.equal(truncated.split("\r\n\r\n")[1].length, 512);
    const chunked = await rawAnswer(server, "/chunked/3x16B");
    assert.match(chunked, /transfer-encoding: chunked\r\n/i);
    assert.match(chunked, /(?:10\r\n[^]{16}\r\n){3}0\r\n\r\n$/);
  }));

Deno.test("the same seed fails the same requests, another seed others, each at its rate", async () => {
  const runs: string[] = [];
  for (const seed of [7, 7, 8]) {
    await withServer(async (server) => {
      const byPath = await statuses(server, "/fail/30%", 200);
      const byHeader = await statuses(server, "/", 200, { "x-z6c-fail": "30%" });
      for (const found of [byPath, byHeader]) {
        const failed = found.filter((status) => status === 503).length;
        assert(failed > 35 && failed < 85, `${failed} of 200`);
      }
      runs.push([...byPath, ...byHeader].join());
    }, seed);
  }
  assert.equal(runs[0], runs[1]);
  assert.notEqual(runs[0], runs[2]);
});

Deno.test("an item stays the same whenever it is asked for", () =>
  withServer(async (server) => {
    const texts = new Set<string>();
    for (let i = 0; i < 3; i++) texts.add(await (await fetch(`${server.url}/items/12`)).text());
    assert.equal(texts.size, 1);
  }));

Deno.test("a delay lasts at least as long as asked for", () =>
  withServer(async (server) => {
    for (const [path, headers] of [["/delay/20ms..30ms", {}], ["/", { "x-z6c-delay": "20ms" }]] as const) {
      const began = performance.now();
      await (await fetch(server.url + path, { headers })).body?.cancel();
      const tookMs = performance.now() - began;
      // Timers may be early by the fraction of a millisecond they are rounded by.
      assert(tookMs >= 19, `${path} took ${tookMs} ms`);
    }
  }));

Deno.test("a stop ends what is under way", async () => {
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  const arrived = fetch(`${server.url}/delay/1h`).then((response) => response.text(), () => "ended");
  while (server.requests() === 0) await new Promise((next) => setImmediate(next));
  await server.stop();
  assert.notEqual(await arrived, undefined);
});

Deno.test("a port that is taken is an error at once", () =>
  withServer((server) => {
    const again = () => startPracticeServer({ port: server.port, host: "127.0.0.1", seed: 1 });
    assert.throws(again, Deno.errors.AddrInUse);
    return Promise.resolve();
  }));

Deno.test("stalls begin at each multiple of their period", () => {
  const cases: [number, number, number, number][] = [
    [0, 1000, 500, 500],
    [200, 1000, 500, 300],
    [500, 1000, 500, 0],
    [999, 1000, 500, 0],
    [1000, 1000, 500, 500],
    [2499, 1000, 500, 1],
  ];
  for (const [elapsed, every, lasting, wait] of cases) {
    assert.equal(stallWaitMs(elapsed, every, lasting), wait);
  }
});

Deno.test("draws stay within their range and their share", () => {
  const u32 = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(fc.property(u32, fc.nat(1000), fc.nat(1000), (draw, from, more) => {
    const ms = drawnMs([from, from + more], draw);
    assert(ms >= from && ms <= from + more);
  }));
  fc.assert(fc.property(u32, (draw) => {
    assert.equal(fallsTo(0, draw), false);
    assert.equal(fallsTo(1_000_000, draw), true);
    assert.equal(fallsTo(500_000, draw), draw < 2 ** 31);
  }));
});
