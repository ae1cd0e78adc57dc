/** Server-sent events of servers that frame them as they like: what the ledger tells is what they sent, and when. */
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import { MESSAGE } from "../runtime/ledger/record.ts";
import { recordsOf } from "./ledger_records.ts";
import { errorsOf, provenRun, recordsOfStep } from "./proven_run.ts";
import { writeCertificates } from "./real_peers/certificates.ts";
import { startTlsNginx } from "./real_peers/tls_nginx.ts";
import { assertExitCode, type Outcome } from "./run_report.ts";
import { inFolder, until } from "./running.ts";
import { EXACT_TRANSPORTS } from "./transports.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A response in pieces, each written for itself; and the data of the events that are in it (WHATWG HTML, section 9.2.6). */
type Framing = Readonly<{ name: string; head: string; pieces: readonly string[]; data: readonly string[] }>;

const CHUNKED = "transfer-encoding: chunked\r\n";
const CLOSED = "connection: close\r\n";

const chunk = (text: string) => `${utf8(text).length.toString(16)}\r\n${text}\r\n`;
const chunks = (text: string, size: number) =>
  (text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []).map(chunk).join("") + "0\r\n\r\n";

const STREAM = `: a comment

event: price
id: 7
retry: 1000
data: {"ä":1}

data:two
data: lines
data

event: done
data:  last

`;
const DATA = [`{"ä":1}`, "two\nlines\n", " last"];

const FRAMINGS: readonly Framing[] = [
  { name: "one chunk", head: CHUNKED, pieces: [chunks(STREAM, 10_000)], data: DATA },
  { name: "chunks of a letter", head: CHUNKED, pieces: [chunks(STREAM, 1)], data: DATA },
  { name: "a byte at a time", head: CHUNKED, pieces: [...chunks(STREAM, 7)], data: DATA },
  {
    name: "chunk extensions and trailers",
    head: CHUNKED,
    pieces: [
      chunk(STREAM).replace("\r\n", ";a=b\r\n") + "0\r\nchecked: yes\r\n\r\n",
    ],
    data: DATA,
  },
  { name: "until the end", head: CLOSED, pieces: STREAM.split(/(?<= )/), data: DATA },
  {
    name: "of a length",
    head: `content-length: ${utf8(STREAM).length}\r\n`,
    pieces: STREAM.split(/(?=:)/),
    data: DATA,
  },
  { name: "CR", head: CLOSED, pieces: [STREAM.replaceAll("\n", "\r")], data: DATA },
  { name: "CR a byte at a time", head: CLOSED, pieces: [...STREAM.replaceAll("\n", "\r")], data: DATA },
  {
    name: "CRLF, torn",
    head: CHUNKED,
    pieces: [chunks(STREAM.replaceAll("\n", "\r\n"), 1)],
    data: DATA,
  },
  { name: "byte order mark", head: CLOSED, pieces: [`\ufeff${STREAM}`], data: DATA },
  { name: "the last event is not whole", head: CLOSED, pieces: [`${STREAM}data: lost\n`], data: DATA },
  { name: "no event", head: CLOSED, pieces: [": nothing\n\n", "event: empty\n\n"], data: [] },
  { name: "empty data", head: CHUNKED, pieces: [chunks("data\n\ndata:\n\n", 3)], data: ["", ""] },
];

/** Answers `/N` in the N-th framing. */
class FramingServer implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly url = `http://127.0.0.1:${this.#listener.addr.port}`;

  constructor() {
    this.#accept();
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener) {
      socket.setNoDelay(true);
      this.#serve(socket).catch(() => {}).finally(() => socket.close());
    }
  }

  async #serve(socket: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(4096);
    for (let length = await socket.read(buffer); length !== null; length = await socket.read(buffer)) {
      const [, path] = /^GET \/(\d+) /.exec(new TextDecoder().decode(buffer.subarray(0, length))) ?? [];
      const { head, pieces } = FRAMINGS[Number(path)];
      const start = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n${head}\r\n`;
      for (const piece of [start, ...pieces]) await write(socket, utf8(piece));
      if (head === CLOSED) return;
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
  }
}

async function write(socket: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
}

for (const transport of EXACT_TRANSPORTS) {
  Deno.test(`events are what was sent, however it is framed: ${transport}`, () =>
    inFolder(async (folder) => {
      using server = new FramingServer();
      const steps = FRAMINGS.map(({ name, data }, at) =>
        `[[flow.step]]
name = "${name}"
get = "/${at}"
events = {}
${data.length === 0 ? "" : `expect = { body = { equals = ${JSON.stringify(data.at(-1))} } }`}
`
      );
      const outcome = await provenRun(
        folder,
        `name = "framings"
[target]
base = "${server.url}"
[load]
model = "closed"
vus = 2
iterations = 4
[[flow]]
name = "listen"
${steps.join("")}`,
        ["--transport", transport],
      );
      assertExitCode(outcome, 0);
      assert.deepEqual(errorsOf(outcome), {});
      for (const { name, data } of FRAMINGS) {
        const came = recordsOfStep(outcome, "messageReceived", name);
        const bytes = data.map((text) => utf8(text).length);
        for (const session of [0, 1, 2, 3]) {
          assert.deepEqual(came.filter((it) => it.session === session).map(({ b }) => b), bytes, name);
        }
        assert(came.every(({ c }) => c === MESSAGE.event));
        const ended = recordsOfStep(outcome, "responseEnded", name);
        assert.deepEqual(ended.map(({ c }) => [c & 0xffff, c >>> 24]), Array(4).fill([200, 0]), name);
      }
    }));
}

/** Pauses of the server before each event of `/paced`. */
const PAUSES_MS = [0, 30, 5, 60, 15, 45, 1, 25];

/** A plain server of Node: `/paced` sends events now and then, and `/endless` does not end. */
class PacedServer implements AsyncDisposable {
  /** When it sent each event of `/paced`, in ms, by request. */
  readonly sent: number[][] = [];
  /** Of `/endless`: requests, those that are under way, and events sent. */
  begun = 0;
  open = 0;
  readonly #server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    if (request.url === "/paced") this.#pace(response);
    else this.#endlessly(response);
  });

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? `http://127.0.0.1:${address.port}` : "";
  }

  async #pace(response: ServerResponse): Promise<void> {
    const stamps: number[] = [];
    this.sent.push(stamps);
    for (const [n, pause] of PAUSES_MS.entries()) {
      await new Promise((next) => setTimeout(next, pause));
      stamps.push(performance.now());
      response.write(`data: {"n":${n}}\n\n`);
    }
    response.end();
  }

  #endlessly(response: ServerResponse): void {
    this.begun++;
    this.open++;
    let n = 0;
    const next = () => response.write(`event: ${n % 5 === 4 ? "fifth" : "other"}\ndata: {"n":${n++}}\n\n`);
    const timer = setInterval(next, 1);
    response.on("close", () => {
      clearInterval(timer);
      this.open--;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

const LOAD = `[load]
model = "closed"
vus = 1
iterations = 3
[[flow]]
name = "listen"
`;

/** What the machine may be late by, at either end, usually. */
const TOLERANCE_MS = 10;

for (const transport of EXACT_TRANSPORTS) {
  Deno.test(`gaps are those with which a server of Node sent events: ${transport}`, () =>
    inFolder(async (folder) => {
      await using server = new PacedServer();
      const base = await server.listen();
      const text = `name = "paced"
[target]
base = "${base}"
${LOAD}
[[flow.step]]
name = "paced"
get = "/paced"
events = {}
expect = { json = { "/n" = ${PAUSES_MS.length - 1} } }
`;
      const outcome = await provenRun(folder, text, ["--transport", transport]);
      assertExitCode(outcome, 0);
      const off: number[] = [];
      for (const [session, stamps] of server.sent.entries()) {
        const came = recordsOf(outcome.ledger, "messageReceived").filter((it) => it.session === session);
        assert.equal(came.length, PAUSES_MS.length);
        for (const [n, { a, tick }] of came.entries()) {
          if (n === 0) continue;
          assert.equal(tick - came[n - 1].tick, a, "the gap is that of the ticks");
          off.push(Math.abs(a / 1000 - (stamps[n] - stamps[n - 1])));
        }
        const [issued] = recordsOf(outcome.ledger, "requestIssued").filter((it) => it.session === session);
        assert.equal(came[0].tick - issued.tick, came[0].a, "the first counts from the issue");
      }
      off.sort((one, other) => one - other);
      const median = off[off.length >> 1];
      assert(
        median <= TOLERANCE_MS,
        `gaps are off by ${median.toFixed(1)} ms in the median: ${off.join(" ")}`,
      );
      const gaps = outcome.report.messages?.gap;
      assert.equal(gaps?.count, off.length);
      const longest = (gaps?.max ?? 0) / 1000;
      assert(longest >= Math.max(...PAUSES_MS) - TOLERANCE_MS, `${longest} ms`);
    }));

  Deno.test(`a stream is left at the event that is waited for, and the server sees it: ${transport}`, () =>
    inFolder(async (folder) => {
      await using server = new PacedServer();
      const text = endless(`base = "${await server.listen()}"`);
      const outcome = await provenRun(folder, text, ["--transport", transport]);
      await assertLeft(outcome, server);
      assert.equal(recordsOf(outcome.ledger, "connectionOpened").length, 4 * 3, "each is left by closing it");
    }));
}

for (const protocol of ["http/1.1", "h2"]) {
  Deno.test(`a stream is left behind nginx and TLS: ${protocol}`, () =>
    inFolder(async (folder) => {
      await using server = new PacedServer();
      const { port } = new URL(await server.listen());
      const certificates = writeCertificates(folder);
      await using nginx = await startTlsNginx(folder, { certificates, webSocketPort: Number(port) });
      const target = `base = "${nginx.url("good")}/ws"\nprotocol = "${protocol}"\ntls = { ca = "ca.pem" }`;
      const outcome = await provenRun(folder, endless(target));
      await assertLeft(outcome, server);
      const opened = recordsOf(outcome.ledger, "connectionOpened").length;
      assert.equal(opened, protocol === "h2" ? 1 : 4 * 3, "of HTTP/2, the stream alone is left");
    }));
}

function endless(target: string): string {
  return `name = "endless"
[target]
${target}
${LOAD}
[[flow.step]]
name = "named"
get = "/endless"
events = { until = { event = "fifth" } }
expect = { json = { "/n" = 4 } }
capture = { n = { json = "/n" } }
[[flow.step]]
name = "value"
get = "/endless"
events = { until = { json = { "/n" = 7 } }, count = 100 }
expect = { json = { "/n" = 7 } }
[[flow.step]]
name = "counted"
get = "/endless"
events = { until = { event = "never" }, count = 3 }
expect = { json = { "/n" = 2 } }
[[flow.step]]
name = "in vain"
get = "/endless"
events = { until = { event = "never" } }
timeout = "50ms"
`;
}

async function assertLeft(outcome: Outcome, server: PacedServer): Promise<void> {
  assertExitCode(outcome, 0);
  const { "receive.timeout": late, "wait.timeout": later, ...others } = errorsOf(outcome);
  assert.deepEqual(others, {});
  // A proxy in front may hold back what is too little.
  assert.equal((late?.count ?? 0) + (later?.count ?? 0), 3);
  for (const [name, events] of [["named", 5], ["value", 8], ["counted", 3]] as const) {
    assert.equal(recordsOfStep(outcome, "messageReceived", name).length, 3 * events, name);
    const ended = recordsOfStep(outcome, "responseEnded", name);
    assert.deepEqual(ended.map(({ c }) => c >>> 24), [0, 0, 0], name);
  }
  assert.equal(server.begun, 4 * 3);
  await until("the server sees that all have gone", () => server.open === 0);
}
