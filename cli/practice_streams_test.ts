import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { issueCertificate, makeAuthority } from "./practice_certificates.ts";
import { type PracticeServer, startPracticeServer } from "./practice_server.ts";

async function withServer(use: (server: PracticeServer) => Promise<void>, seed = 1): Promise<void> {
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

Deno.test("events come as the standard has them, end with done, and are the same each time", () =>
  withServer(async ({ url }) => {
    const response = await fetch(`${url}/events?count=3&every=1ms`, {
      headers: { "accept-encoding": "gzip" },
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    assert.equal(response.headers.get("content-encoding"), null);
    const text = await response.text();
    const events = text.split("\n\n").slice(0, -1).map((event) =>
      Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/).slice(0, 2)))
    );
    assert.deepEqual(events.map(({ id, event }) => `${id} ${event}`), [
      "0 price",
      "1 price",
      "2 price",
      "3 done",
    ]);
    assert.deepEqual(Object.keys(JSON.parse(events[1].data)), ["n", "item", "price_cents"]);
    assert.deepEqual(JSON.parse(events[3].data), { count: 3, last: true });
    assert.equal(await (await fetch(`${url}/events?count=3&every=0ms`)).text(), text);
  }));

Deno.test("events and chunks come at their times, by HTTP/1.1 and by HTTP/2", () =>
  withServer(async ({ url }) => {
    for (const version of [{ http2: false }, { http1: false }]) {
      using client = Deno.createHttpClient(version);
      for (const path of ["/events?count=3&every=20ms", "/stream?bytes=40B&chunk=10B&every=20ms"]) {
        const began = performance.now();
        const response = await fetch(url + path, { client });
        const times: number[] = [];
        for await (const _ of response.body ?? []) times.push(performance.now() - began);
        assert(times.length === 4, `${path}: ${times}`);
        assert(times[3] >= 59, `${path}: ${times}`);
      }
    }
  }));

Deno.test("a stream has the bytes asked for, and what cannot be is refused", () =>
  withServer(async ({ url }) => {
    const cases: [string, number, number?][] = [
      ["/stream?bytes=100000B&every=0ms", 200, 100_000],
      ["/stream?bytes=33B&chunk=10B&every=0ms", 200, 33],
      ["/stream?bytes=0B", 200, 0],
      ["/stream?bytes=1GiB", 400],
      ["/stream?chunk=0B", 400],
      ["/stream?chunk=2MiB", 400],
      ["/stream?every=2h", 400],
      ["/events?count=1000001", 400],
      ["/events?count=many", 400],
      ["/events?count=0", 200],
    ];
    for (const [path, status, length] of cases) {
      const response = await fetch(url + path);
      const body = await response.bytes();
      assert.equal(response.status, status, path);
      if (length !== undefined) assert.equal(body.length, length, path);
    }
  }));

Deno.test("a stop ends a stream under way", async () => {
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  const response = await fetch(`${server.url}/events?every=1h`);
  const reader = (response.body ?? new ReadableStream<never>()).getReader();
  await reader.read();
  const rest = reader.read().then(({ done }) => done, () => true);
  await new Promise((next) => setImmediate(next));
  await server.stop();
  assert.equal(await rest, true);
});

Deno.test("the second port speaks TLS, HTTP/2 by ALPN, and the same practice", async () => {
  const authority = makeAuthority("CA");
  const certificate = issueCertificate(authority, { name: "server", hosts: ["localhost"] });
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1, tls: { port: 0, certificate } });
  try {
    const port = new URL(server.tlsUrl ?? "").port;
    for (const [version, proto] of [[{ http2: false }, "1.1"], [{ http1: false }, "2"]] as const) {
      using client = Deno.createHttpClient({ ...version, caCerts: [authority.certificatePem] });
      const item = await (await fetch(`https://localhost:${port}/items/7`, { client })).text();
      assert.equal(item, await (await fetch(`${server.url}/items/7`)).text(), proto);
    }
    assert.equal(server.requests(), 4);
    using held = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const taken = { port: held.addr.port, certificate };
    const both = () => startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1, tls: taken });
    assert.throws(both, Deno.errors.AddrInUse);
  } finally {
    await server.stop();
  }
});
