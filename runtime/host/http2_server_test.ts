/** HTTP/2 on `socket` and `epoll` against the server of `node:http2`: what it received is what was sent. */
import { deepEqual, equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { DrivenNetwork } from "../../tests/driven_network.ts";
import { bothTransports, ONE_CONNECTION } from "../../tests/http2/met_peer.ts";
import type { TransportModule } from "./transport.ts";

const SLOTS = 8;

type Served = Readonly<{ stream: ServerHttp2Stream; headers: IncomingHttpHeaders; body: Buffer }>;

/** Lends a network and the server that it leads to. */
async function withServer(
  transport: TransportModule,
  settings: Readonly<{ maxConcurrentStreams?: number; initialWindowSize?: number }>,
  serve: (served: Served) => void,
  use: (network: DrivenNetwork) => Promise<void>,
): Promise<void> {
  const server = createServer({ settings });
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const parts: Uint8Array[] = [];
    stream.on("data", (part: Uint8Array) => parts.push(part));
    stream.on("end", () => serve({ stream, headers, body: Buffer.concat(parts) }));
    stream.on("error", () => {});
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const network = new DrivenNetwork(transport, { ...ONE_CONNECTION, host: "127.0.0.1", port });
  try {
    await use(network);
  } finally {
    network.close(0);
    await new Promise((closed) => server.close(closed));
  }
}

const request = (method: string, path: string, body = "") =>
  `${method} ${path} HTTP/1.1\r\nHost: a.test\r\nX-Own: yes\r\nConnection: keep-alive\r\n` +
  `content-length: ${body.length}\r\n\r\n${body}`;

bothTransports("hundreds of requests, more than the server allows at once", async (transport) => {
  const paths: string[] = [];
  await withServer(transport, { maxConcurrentStreams: 3 }, ({ stream, headers }) => {
    paths.push(String(headers[":path"]));
    stream.respond({ ":status": 200 });
    stream.end(String(headers[":path"]));
  }, async (network) => {
    const wanted = Array.from({ length: 400 }, (_, n) => `/${n}`);
    let next = 0;
    const sendNext = (slot: number) => {
      if (next < wanted.length) network.send(slot, request("GET", wanted[next++]));
    };
    network.whenAnswered = sendNext;
    for (let slot = 0; slot < SLOTS; slot++) sendNext(slot);
    const told = await network.until(1 + wanted.length);
    deepEqual(told.filter(({ kind }) => kind !== "response"), [{ kind: "opened", slot: 0 }]);
    const bodies = told.flatMap((it) => it.kind === "response" ? [it.body] : []);
    deepEqual(bodies.sort(), [...wanted].sort());
    deepEqual(paths.sort(), [...wanted].sort());
  });
});

bothTransports("fields and large bodies arrive as they were, both ways at once", async (transport) => {
  const seen: IncomingHttpHeaders[] = [];
  await withServer(transport, { initialWindowSize: 20_000 }, ({ stream, headers, body }) => {
    seen.push(headers);
    stream.respond({ ":status": 200 });
    stream.end(body);
  }, async (network) => {
    const bodies = Array.from(
      { length: 4 },
      (_, n) => String.fromCharCode(97 + n).repeat(300_000 * n) + "0123456789".repeat(100_000),
    );
    bodies.forEach((body, slot) => network.send(slot, request("POST", `/${slot}`, body)));
    const told = await network.until(1 + bodies.length);
    for (const it of told) {
      if (it.kind === "response") equal(it.body === bodies[it.slot], true, `slot ${it.slot}`);
      else equal(it.kind, "opened");
    }
    const [first] = seen.filter((it) => it[":path"] === "/0");
    const own = Object.entries(first).filter(([name]) => !["date"].includes(name));
    deepEqual(Object.fromEntries(own), {
      ":method": "POST",
      ":scheme": "http",
      ":authority": "a.test",
      ":path": "/0",
      "x-own": "yes",
      "content-length": String(bodies[0].length),
    });
  });
});

bothTransports(
  "HEAD, interim responses, trailers, statuses without content, and resets",
  async (transport) => {
    await withServer(transport, {}, ({ stream, headers }) => {
      switch (headers[":path"]) {
        case "/interim":
          stream.additionalHeaders({ ":status": 103 });
          stream.respond({ ":status": 200 });
          return stream.end("behind it");
        case "/trailer":
          stream.respond({ ":status": 200 }, { waitForTrailers: true });
          stream.on("wantTrailers", () => stream.sendTrailers({ checked: "yes" }));
          return stream.end("before it");
        case "/none":
          return stream.respond({ ":status": 204 }, { endStream: true });
        case "/reset":
          return stream.close(2);
        default:
          stream.respond({ ":status": 200, "content-length": "5" }, {
            endStream: headers[":method"] === "HEAD",
          });
          if (headers[":method"] !== "HEAD") stream.end("hello");
      }
    }, async (network) => {
      network.send(0, request("GET", "/interim"));
      network.send(1, request("GET", "/trailer"));
      network.send(2, request("GET", "/none"));
      network.send(3, request("GET", "/reset"));
      network.send(4, request("HEAD", "/"), { head: true });
      network.send(5, request("GET", "/"));
      const told = await network.until(7);
      const ends = told.flatMap((it) =>
        it.kind === "response"
          ? [[it.slot, it.status, it.body]]
          : it.kind === "failed"
          ? [[it.slot, it.error]]
          : []
      );
      deepEqual(ends.sort(), [
        [0, 200, "behind it"],
        [1, 200, "before it"],
        [2, 204, ""],
        [3, "stream.reset"],
        [4, 200, ""],
        [5, 200, "hello"],
      ]);
      equal(network.cause, "INTERNAL_ERROR");
    });
  },
);

bothTransports("a server that closes its sessions again and again loses nothing", async (transport) => {
  let served = 0;
  await withServer(transport, {}, ({ stream }) => {
    stream.respond({ ":status": 200 });
    stream.end("hello");
    if (++served % 10 === 0) stream.session?.close();
  }, async (network) => {
    let left = 100;
    network.whenAnswered = (slot) => {
      if (--left > 0) network.send(slot, request("GET", "/"));
    };
    network.send(0, request("GET", "/"));
    while (left > 0) await network.until(network.told.length + 1);
    await network.during();
    const count = (kind: string) => network.told.filter((it) => it.kind === kind).length;
    deepEqual([count("response"), count("failed")], [100, 0]);
    equal(count("opened"), 10);
    const reasons = network.told.flatMap((it) => it.kind === "closed" ? [it.reason] : []);
    deepEqual(reasons, new Array(10).fill("announced"));
  });
});
