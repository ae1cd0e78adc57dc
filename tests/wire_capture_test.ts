/** What tshark takes down at the loopback interface is what the ledger tells: connections, requests, frames and bytes. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { xxh32 } from "../runtime/engine/xxh32.ts";
import { ERROR } from "../runtime/ledger/errors.ts";
import { CLOSED, MESSAGE } from "../runtime/ledger/record.ts";
import { recordsOf, type WholeRecord } from "./ledger_records.ts";
import { startNginx } from "./nginx.ts";
import { provenRun, recordsOfStep } from "./proven_run.ts";
import {
  type Captured,
  type Http2Frame,
  type Side,
  startCapture,
  type WebSocketFrame,
} from "./real_peers/capture.ts";
import { writeCertificates } from "./real_peers/certificates.ts";
import { startGrpcServer, startWebSocketServer } from "./real_peers/npm_programs.ts";
import { startTlsNginx } from "./real_peers/tls_nginx.ts";
import { assertExitCode, type Outcome } from "./run_report.ts";
import { inFolder } from "./running.ts";
import { EXACT_TRANSPORTS } from "./transports.ts";

const PROTO = fileURLToPath(new URL("../scenarios/practice.proto", import.meta.url));
/** Of a frame of HTTP/2, RFC 9113 section 4.1. */
const FRAME_HEAD_BYTES = 9;
const FRAME = { data: 0, headers: 1, reset: 3, goAway: 7 } as const;
const CANCEL = 8;

function scenario(target: string, load: string, steps: string): string {
  return `name = "wire"
[target]
${target}
[load]
model = "closed"
${load}
[[flow]]
name = "visit"
${steps}`;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, it) => all + it, 0);

/** What comes and goes at the port while `run` is under way; lent to `judge`. */
function captured(
  port: number,
  run: () => Promise<Outcome>,
  judge: (outcome: Outcome, wire: Captured) => Promise<void>,
): Promise<void> {
  // A folder of its own: nginx, where it is started by root, makes that of a test its own, and tshark gives up root's rights.
  return inFolder(async (folder) => {
    await using capture = await startCapture(folder, port);
    const outcome = await run();
    const wire = await capture.stop();
    assertExitCode(outcome, 0);
    await judge(outcome, wire);
  });
}

/** One more than the ledger has: z6c looks whether the target is there before it begins. */
async function assertConnections({ ledger }: Outcome, wire: Captured): Promise<void> {
  const { connections } = await wire.tcp();
  assert.equal(connections, 1 + recordsOf(ledger, "connectionOpened").length);
}

for (const transport of EXACT_TRANSPORTS) {
  const flags = ["--transport", transport];

  Deno.test(`HTTP/1.1 on the wire is what the ledger tells: ${transport}`, () =>
    inFolder(async (folder) => {
      const nginx = await startNginx(folder);
      try {
        const port = Number(new URL(nginx.url).port);
        await captured(port, () => provenRun(folder, http1(nginx.url), flags), assertHttp1);
      } finally {
        await nginx.stop();
      }
    }));

  Deno.test(`HTTP/2 on the wire is what the ledger tells: ${transport}`, () =>
    inFolder(async (folder) => {
      const certificates = writeCertificates(folder);
      await using nginx = await startTlsNginx(folder, { certificates, requestsPerConnection: 20 });
      const port = nginx.port("clear");
      await captured(port, () => provenRun(folder, http2(`127.0.0.1:${port}`), flags), assertHttp2);
    }));

  Deno.test(`streams that are left are reset on the wire: ${transport}`, () =>
    inFolder(async (folder) => {
      await using server = await startGrpcServer();
      await Deno.copyFile(PROTO, `${folder}/practice.proto`);
      const text = streams(server.address);
      await captured(server.port, () => provenRun(folder, text, flags), assertStreams);
    }));

  Deno.test(`WebSockets on the wire are what the ledger tells: ${transport}`, () =>
    inFolder(async (folder) => {
      await using server = await startWebSocketServer();
      const outcomes: Outcome[] = [];
      const runs = async () => {
        for (const seed of ["5", "5", "6"]) {
          outcomes.push(await provenRun(folder, sockets(server.address), [...flags, "--seed", seed]));
        }
        return outcomes[0];
      };
      await captured(server.port, runs, (_, wire) => assertSockets(outcomes, wire));
    }));
}

function http1(base: string): string {
  return scenario(
    `base = "${base}"\nconnections = "per-session"`,
    "vus = 3\niterations = 12",
    `[[flow.step]]
name = "get"
get = "/"
query = { n = "\${random.int(1, 100000)}" }
repeat = 3
[[flow.step]]
name = "post"
post = "/"
body = "${"x".repeat(3000)}\${session}"
`,
  );
}

async function assertHttp1(outcome: Outcome, wire: Captured): Promise<void> {
  const issued = recordsOf(outcome.ledger, "requestIssued");
  assert.equal(issued.length, 4 * 12);
  const count = async (filter: string) => (await wire.fields(filter, [filter], "http")).flat(2).length;
  assert.equal(await count("http.request"), issued.length);
  assert.equal(await count("http.response"), recordsOf(outcome.ledger, "responseEnded").length);
  await assertConnections(outcome, wire);
  const { bytes } = await wire.tcp();
  assert.equal(bytes.client, sum(issued.map(({ c }) => c)));
  assert.equal(bytes.server, sum(recordsOf(outcome.ledger, "responseEnded").map(({ b }) => b)));
  assert.deepEqual(outcome.report.data, { sentBytes: bytes.client, receivedBytes: bytes.server });
}

function http2(address: string): string {
  return scenario(
    `base = "http://${address}"\nprotocol = "h2"\nconnections = "shared:2"\nstreams = 5`,
    "vus = 8\niterations = 60",
    `[[flow.step]]
name = "small"
get = "/"
[[flow.step]]
name = "missing"
get = "/none/\${session}"
expect = { status = 404 }
`,
  );
}

async function assertHttp2(outcome: Outcome, wire: Captured): Promise<void> {
  const frames = await wire.http2Frames();
  const issued = recordsOf(outcome.ledger, "requestIssued").length;
  const failed = recordsOf(outcome.ledger, "requestFailed");
  // Where the target is closing the connection, a request may be answered no more: before or after it was sent.
  assert(failed.every(({ a }) => a === ERROR["stream.goaway"]));
  const asked = of(frames, "client", FRAME.headers).length;
  assert(
    asked <= issued && asked >= issued - failed.length,
    `${asked} of ${issued}, ${failed.length} failed`,
  );
  const ended = recordsOf(outcome.ledger, "responseEnded");
  const answers = [...of(frames, "server", FRAME.headers), ...of(frames, "server", FRAME.data)];
  assert.equal(of(frames, "server", FRAME.headers).length, ended.length);
  assert.equal(sum(ended.map(({ b }) => b)), sum(answers.map(({ bytes }) => FRAME_HEAD_BYTES + bytes)));
  await assertConnections(outcome, wire);
  const announced = recordsOf(outcome.ledger, "connectionClosed").filter(({ a }) => a === CLOSED.announced);
  assert.equal(of(frames, "server", FRAME.goAway).length, announced.length);
  assert(announced.length >= 3, `${announced.length} connections of 20 requests`);
  assert.equal(of(frames, "client", FRAME.reset).length, 0);
}

/** Sessions end with a response, so that the run does not end before the last reset has gone out. */
function streams(address: string): string {
  return `proto = ["practice.proto"]\n` + scenario(
    `base = "http://${address}"\nprotocol = "h2"\nconnections = "shared:1"\nstreams = 4`,
    `vus = 4\niterations = ${WATCHES}`,
    `[[flow.step]]
name = "watch"
grpc = "practice.Shop/Watch"
message = { item = 3, count = 1000, every_ms = 5 }
messages = { count = 3 }
[[flow.step]]
name = "late"
grpc = "practice.Shop/Watch"
message = { item = 3, count = 2, every_ms = 1000 }
messages = { count = 2 }
timeout = "30ms"
[[flow.step]]
name = "item"
grpc = "practice.Shop/GetItem"
message = { id = 7 }
`,
  );
}

const WATCHES = 12;

async function assertStreams(outcome: Outcome, wire: Captured): Promise<void> {
  const frames = await wire.http2Frames();
  const issued = recordsOf(outcome.ledger, "requestIssued").length;
  assert.equal(issued, 3 * WATCHES);
  assert.equal(of(frames, "client", FRAME.headers).length, issued);
  assert.equal(of(frames, "client", FRAME.data).length, issued, "a message each");
  // Of what was late, the server may say so itself, for it is told the deadline.
  const late = recordsOfStep(outcome, "requestFailed", "late").length;
  const resets = of(frames, "client", FRAME.reset);
  assert.equal(resets.length, WATCHES + late);
  assert.equal(new Set(resets.map(({ stream }) => stream)).size, resets.length);
  const codes = await wire.fields(
    "http2.type == 3 && http2.rst_stream.error",
    ["http2.rst_stream.error"],
    "http2",
  );
  assert(codes.flat(2).every((code) => Number(code) === CANCEL), codes.join());
  await assertConnections(outcome, wire);
  const messages = recordsOf(outcome.ledger, "messageReceived").length;
  assert(messages >= (3 + 1) * WATCHES);
  assert(
    messages <= of(frames, "server", FRAME.data).length,
    "what comes for a stream that was left is passed over",
  );
}

function of(frames: readonly Http2Frame[], from: Side, type: number): Http2Frame[] {
  return frames.filter((frame) => frame.from === from && frame.type === type);
}

const SESSIONS = 3;

/** One user, so that connections follow one another. */
function sockets(address: string): string {
  return scenario(
    `base = "http://${address}"`,
    `vus = 1\niterations = ${SESSIONS}`,
    `[[flow.step]]
name = "echo"
websocket = "/echo"
exchange = [
  { send = "session \${session}, \${uuid}" },
  { receive = {} },
  { repeat = 4, exchange = [
    { name = "binary", send = { base64 = "AP8AgA==" } },
    { name = "binary back", receive = {} },
  ] },
  { name = "middle", send = "${"m".repeat(300)}\${random.int(1, 9)}" },
  { name = "middle back", receive = {} },
  { name = "long", send = "${"l".repeat(70_000)}" },
  { name = "long back", receive = {} },
  { ping = "are you there?" },
  { close = { code = 4000, reason = "enough" } },
]
`,
  );
}

/** Three runs, the first two of the same seed. */
async function assertSockets(outcomes: readonly Outcome[], wire: Captured): Promise<void> {
  assertFrames(await wire.webSocketFrames(), outcomes);
  // One connection before each run looks whether the target is there, and sends nothing.
  const sent = (await sentByClients(wire)).filter((hex) => hex !== "");
  assert.equal(sent.length, outcomes.length * SESSIONS);
  const ofRuns = outcomes.map((_, n) => sent.slice(SESSIONS * n, SESSIONS * (n + 1)));
  const [first, again, other] = ofRuns;
  assert.deepEqual(again, first, "the same seed, the same bytes");
  for (const [n, hex] of other.entries()) assert.notEqual(hex, first[n], "another seed, others");
  for (const [n, outcome] of outcomes.entries()) assertDigests(outcome, ofRuns[n]);
}

/** Text, binary, ping and close by direction, with their bytes; a pong answers a ping. */
function assertFrames(frames: readonly WebSocketFrame[], outcomes: readonly Outcome[]): void {
  const records = (kind: string) => outcomes.flatMap(({ ledger }) => recordsOf(ledger, kind));
  assert(frames.every(({ from, isMasked }) => isMasked === (from === "client")));
  const came = records("messageReceived");
  for (const kind of [MESSAGE.text, MESSAGE.binary, MESSAGE.close, MESSAGE.ping, MESSAGE.pong]) {
    const told = came.filter(({ c }) => c === kind).map(({ b }) => b);
    const seen = frames.filter(({ from, opcode }) => from === "server" && opcode === kind);
    assert.deepEqual(seen.map(({ bytes }) => bytes), told, `opcode ${kind} of the server`);
  }
  const clients = frames.filter(({ from }) => from === "client");
  const sizes = outcomes.flatMap((outcome) => framesIssued(outcome).map(({ c }) => c));
  assert.deepEqual(clients.map(({ bytes }) => bytes + headBytes(bytes) + 4), sizes, "of whole frames");
  const each = [1, 2, 2, 2, 2, 1, 1, 9, 8];
  assert.deepEqual(clients.map(({ opcode }) => opcode), Array(3 * SESSIONS).fill(each).flat());
  assert.equal(records("frameAnswered").length, 0);
}

/** RFC 6455 section 5.2. */
function headBytes(payload: number): number {
  return payload <= 125 ? 2 : payload <= 0xffff ? 4 : 10;
}

/** Of what is sent on a WebSocket; what is waited for sends nothing. */
function framesIssued({ ledger }: Outcome): WholeRecord[] {
  return recordsOf(ledger, "requestIssued").filter((it) => isFrame(ledger.header.plan.steps, it));
}

function isFrame(steps: readonly { kind: string }[], { step }: WholeRecord): boolean {
  return step !== null && ["send", "ping", "close"].includes(steps[step].kind);
}

/** All that each connection carried from its client, in hex, in the order in which they were opened. */
async function sentByClients(wire: Captured): Promise<string[]> {
  const names = ["tcp.stream", "tcp.flags.syn", "tcp.srcport", "tcp.payload"];
  const sent = new Map<string, string>();
  const clients = new Map<string, string>();
  for (const [[stream], [syn], [from], payload] of await wire.fields("!tcp.analysis.retransmission", names)) {
    if (/^(?:1|True)$/.test(syn) && !clients.has(stream)) clients.set(stream, from);
    const hex = payload.join("").replaceAll(":", "");
    if (clients.get(stream) === from) sent.set(stream, (sent.get(stream) ?? "") + hex);
  }
  return [...sent.values()];
}

/** What was decided of every frame (docs/determinism.md) is the digest of its bytes on the wire, masking key included. */
function assertDigests({ ledger }: Outcome, connections: readonly string[]): void {
  const digests = connections.flatMap((hex) => wireDigests(Uint8Array.fromHex(hex)));
  const planned = recordsOf(ledger, "requestPlanned").filter((it) => isFrame(ledger.header.plan.steps, it));
  assert.deepEqual(digests, planned.map(({ b, c }) => [b, c]));
}

/** Of each frame behind the upgrade: over its first byte, its masking key and its payload, unmasked. */
function wireDigests(bytes: Uint8Array): [low: number, high: number][] {
  const digests: [number, number][] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = new TextDecoder("latin1").decode(bytes).indexOf("\r\n\r\n") + 4;
  while (at < bytes.length) {
    const short = bytes[at + 1] & 127;
    const length = short === 126 ? view.getUint16(at + 2) : short === 127 ? view.getUint32(at + 6) : short;
    const key = bytes.subarray(at + headBytes(length), at + headBytes(length) + 4);
    const start = at + headBytes(length) + 4;
    const payload = bytes.slice(start, start + length).map((octet, n) => octet ^ key[n % 4]);
    const decided = Uint8Array.of(bytes[at], ...key, ...payload);
    digests.push([xxh32(decided, 0, decided.length, 0), xxh32(decided, 0, decided.length, 0x9e3779b1)]);
    at = start + length;
  }
  return digests;
}
