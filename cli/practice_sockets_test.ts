import assert from "node:assert/strict";
import { type PracticeServer, startPracticeServer } from "./practice_server.ts";

async function withServer(use: (server: PracticeServer, base: string) => Promise<void>): Promise<void> {
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  try {
    await use(server, `ws://127.0.0.1:${server.port}`);
  } finally {
    await server.stop();
  }
}

/** A client that keeps what comes. */
class Visitor {
  readonly socket: WebSocket;
  readonly heard: unknown[] = [];
  readonly closed: Promise<number>;
  readonly opened: Promise<void>;
  #wanted: { count: number; resolve(): void } = { count: Infinity, resolve() {} };

  constructor(url: string, protocols: string[] = []) {
    this.socket = new WebSocket(url, protocols);
    this.socket.binaryType = "arraybuffer";
    this.opened = new Promise((resolve, reject) => {
      this.socket.onopen = () => resolve();
      this.socket.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event instanceof ErrorEvent ? event.message : "refused"));
      };
    });
    this.closed = new Promise((resolve) => this.socket.onclose = ({ code }) => resolve(code));
    this.socket.onmessage = ({ data }) => {
      this.heard.push(typeof data === "string" ? data : [...new Uint8Array(data)]);
      if (this.heard.length >= this.#wanted.count) this.#wanted.resolve();
    };
  }

  /** All that has come, once there are `count`. */
  hears(count: number): Promise<unknown[]> {
    return new Promise((resolve) => {
      this.#wanted = { count, resolve: () => resolve(this.heard) };
      if (this.heard.length >= count) resolve(this.heard);
    });
  }

  says(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }
}

Deno.test("an echo is text for text and bytes for bytes", () =>
  withServer(async (server, base) => {
    const visitor = new Visitor(`${base}/echo`, ["other", "chat.v2"]);
    await visitor.opened;
    assert.equal(visitor.socket.protocol, "chat.v2");
    visitor.socket.send("grüß");
    visitor.socket.send(Uint8Array.of(0, 255));
    visitor.socket.send("");
    assert.deepEqual(await visitor.hears(3), ["grüß", [0, 255], ""]);
    visitor.socket.close(4321);
    assert.equal(await visitor.closed, 4321);
    assert.equal(server.requests(), 1);
  }));

Deno.test("the chat of a room goes to all of the room", () =>
  withServer(async (_server, base) => {
    const [ada, eve, other] = ["1", "1", "2"].map((room) => new Visitor(`${base}/rooms/${room}`));
    for (const visitor of [ada, eve, other]) {
      await visitor.opened;
      visitor.says({ type: "hello", who: "x" });
      await visitor.hears(1);
    }
    eve.says({ type: "say", text: "hi" });
    other.says({ type: "say", text: "ho" });
    const texts = async (visitor: Visitor) =>
      (await visitor.hears(2)).map((text) => JSON.parse(String(text)));
    for (const visitor of [ada, eve]) {
      assert.deepEqual((await texts(visitor))[1], { type: "said", from: "u2", text: "hi" });
    }
    assert.deepEqual((await texts(other))[1], { type: "said", from: "u1", text: "ho" });
    ada.socket.close();
    await ada.closed;
    eve.says({ type: "say", text: "again" });
    assert.equal((await eve.hears(3)).length, 3);
    assert.equal(ada.heard.length, 2);
    for (const visitor of [eve, other]) visitor.socket.close();
    await Promise.all([eve.closed, other.closed]);
    const next = new Visitor(`${base}/rooms/1`);
    await next.opened;
    next.says({ type: "hello" });
    assert.match(String((await next.hears(1))[0]), /"id":"u1"/, "the room is a new one");
    next.socket.close();
    await next.closed;
  }));

Deno.test("a ticker ticks as often as asked for, without drift, and closes", () =>
  withServer(async (_server, base) => {
    const began = performance.now();
    const visitor = new Visitor(`${base}/ticker?every=10ms&count=4`);
    await visitor.opened;
    assert.equal(await visitor.closed, 1000);
    const tookMs = performance.now() - began;
    assert(tookMs >= 29, `three times 10 ms took ${tookMs} ms`);
    assert.deepEqual(visitor.heard, [0, 1, 2, 3].map((n) => `{"type":"tick","n":${n}}`));
  }));

Deno.test("what is no upgrade is refused, or answered as HTTP where there is something to answer", () =>
  withServer(async ({ url }) => {
    const upgrade = { upgrade: "websocket", connection: "upgrade" };
    const cases: [string, HeadersInit, number][] = [
      ["/rooms/1", {}, 426],
      ["/ticker", {}, 426],
      ["/ticker?every=soon", {}, 400],
      ["/rooms/1", upgrade, 400],
      ["/echo", { upgrade: "h2c", connection: "upgrade" }, 200],
      ["/echo", {}, 200],
    ];
    for (const [path, headers, status] of cases) {
      const response = await fetch(url + path, { headers });
      await response.body?.cancel();
      assert.equal(response.status, status, path);
    }
  }));

Deno.test("a stop closes every socket, and whom it waits for cannot hold it", async () => {
  const server = startPracticeServer({ port: 0, host: "127.0.0.1", seed: 1 });
  const base = `ws://127.0.0.1:${server.port}`;
  const visitors = ["/echo", "/ticker?every=1h", "/rooms/1"].map((path) => new Visitor(base + path));
  await Promise.all(visitors.map(({ opened }) => opened));
  // One that reads nothing, and so never answers the close.
  using mute = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const key = "dGhlIHNhbXBsZSBub25jZQ==";
  const head = `GET /echo HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
    `sec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`;
  await mute.write(new TextEncoder().encode(head));
  const read = new Uint8Array(1024);
  const length = await mute.read(read) ?? 0;
  assert.match(
    new TextDecoder().decode(read.subarray(0, length)),
    /^HTTP\/1\.1 101 [^]*s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/,
  );
  await server.stop();
  // The ticker's own close may be first.
  for (const code of await Promise.all(visitors.map(({ closed }) => closed))) {
    assert([1000, 1001].includes(code));
  }
});
