/** Exchanges on WebSockets against npm's `ws`, as it is and by TLS behind nginx: what z6c did is what the server saw. */
import assert from "node:assert/strict";
import { ERROR } from "../runtime/ledger/errors.ts";
import { MESSAGE } from "../runtime/ledger/record.ts";
import { recordsOf } from "./ledger_records.ts";
import { errorsOf, provenRun, recordsOfStep } from "./proven_run.ts";
import { writeCertificates } from "./real_peers/certificates.ts";
import { startWebSocketServer, type WebSocketsSeen } from "./real_peers/npm_programs.ts";
import { startTlsNginx } from "./real_peers/tls_nginx.ts";
import { assertExitCode, type Outcome } from "./run_report.ts";
import { inFolder } from "./running.ts";
import { EXACT_TRANSPORTS } from "./transports.ts";

const SESSIONS = 6;
/** WebSockets that are open when a run ends. */
const HELD = 10;
const LARGE_BYTES = 1024 * 1024;
/** Of three bytes a letter, so that the server's fragments of 1,000 end within letters. */
const PIECED_BYTES = 9000;
const CLOSE_REASON = "enough, ä";

/** `target`: lines of [target]. What is between `echo` and `deflate` is one WebSocket for each thing that a server may do. */
const scenario = (target: string) =>
  `name = "sockets"
[target]
${target}
[load]
model = "closed"
vus = 3
iterations = ${SESSIONS}
[[flow]]
name = "talk"

[[flow.step]]
name = "echo"
websocket = "/echo"
headers = { sec-websocket-protocol = "chat.v2" }
expect = { headers = { sec-websocket-protocol = "chat.v2" } }
exchange = [
  { name = "text", send = "zwölf \${session} \${uuid}" },
  { name = "text back", receive = { contains = "zwölf \${session} " }, capture = { who = { regex = '(\\S+)$' } } },
  { name = "json", send = { json = { who = "\${who}", n = [1, 2] } } },
  { name = "json back", receive = { json = { "/who" = "\${who}", "/n/1" = 2 } }, capture = { n = { json = "/n/0" } } },
  { name = "binary", send = { base64 = "AP8AgA==" } },
  { name = "binary back", receive = { min_bytes = 4, max_bytes = 4 } },
  { name = "large", send = { file = "large" } },
  { name = "large back", receive = { min_bytes = ${LARGE_BYTES}, max_bytes = ${LARGE_BYTES} } },
  { name = "ping", ping = "are you there?" },
  { repeat = 3, exchange = [
    { think = "1ms" },
    { name = "pass", send = "pass \${loop} of \${n}" },
    { name = "pass back", receive = { equals = "pass \${loop} of \${n}" } },
  ] },
  { name = "bye", close = { code = 4000, reason = "${CLOSE_REASON}" } },
]

[[flow.step]]
name = "pieces"
websocket = "/pieces"
exchange = [
  { name = "whole", send = "${"€".repeat(PIECED_BYTES / 3)}" },
  { name = "joined", receive = { matches = '^€+$', min_bytes = ${PIECED_BYTES} } },
  { name = "close", close = 1000 },
]

[[flow.step]]
name = "push"
websocket = "/push?count=5"
exchange = [{ name = "last", receive = { json = { "/n" = 4 } } }]

[[flow.step]]
name = "kept"
websocket = "/push?count=3"
exchange = [
  { think = "30ms" },
  { name = "first", receive = { json = { "/n" = 0 } } },
  { name = "second", receive = { json = { "/n" = 1 } } },
  { name = "third", receive = { json = { "/n" = 2 } }, within = "1s" },
  { name = "fourth", receive = {}, within = "20ms" },
]

[[flow.step]]
name = "pinged"
websocket = "/ping"
exchange = [{ name = "pong came", receive = { equals = "pong came" } }]

[[flow.step]]
name = "closed"
websocket = "/close?code=4001"
exchange = [{ name = "after close", receive = {} }, { name = "never", send = "too late" }]

[[flow.step]]
name = "silent"
websocket = "/silent"
exchange = [
  { name = "nothing", receive = {}, within = "100ms" },
  { name = "still open", send = "all the same" },
  { name = "adieu", close = 3000 },
]

[[flow.step]]
name = "vanish"
websocket = "/vanish"
exchange = [{ name = "gone", receive = {} }]

[[flow.step]]
name = "deflate"
websocket = "/deflate"
exchange = [{ name = "not begun", send = "x" }]
`;

/** Steps that send, and how often a session does each. */
const SENT: Readonly<Record<string, number>> = {
  "echo.text": 1,
  "echo.json": 1,
  "echo.binary": 1,
  "echo.large": 1,
  "echo.pass": 3,
  "pieces.whole": 1,
  "silent.still open": 1,
};
const SENT_BY_EACH = Object.values(SENT).reduce((sum, times) => sum + times, 0);
/** Steps that wait for what comes, and how often. */
const CAME: Readonly<Record<string, number>> = {
  "echo.text back": 1,
  "echo.json back": 1,
  "echo.binary back": 1,
  "echo.large back": 1,
  "echo.ping": 1,
  "echo.pass back": 3,
  "pieces.joined": 1,
  "push.last": 1,
  "kept.first": 1,
  "kept.second": 1,
  "kept.third": 1,
  "pinged.pong came": 1,
};

function run(
  folder: string,
  target: string,
  flags: readonly string[],
  readAtStart: readonly string[] = [],
): Promise<Outcome> {
  Deno.writeFileSync(`${folder}/large`, Uint8Array.from({ length: LARGE_BYTES }, (_, at) => at * 7));
  return provenRun(folder, scenario(target), flags, readAtStart);
}

/** Of a masked frame's payload. RFC 6455 section 5.2. */
function payloadBytes(frameBytes: number): number {
  return frameBytes - 4 - (frameBytes <= 6 + 125 ? 2 : frameBytes <= 8 + 0xffff ? 4 : 10);
}

function assertAgreed(outcome: Outcome, seen: WebSocketsSeen): void {
  assertSent(outcome, seen);
  assertReceived(outcome);
  assertErrors(outcome);
  const { ledger, report } = outcome;
  assert.equal(seen.connections, 9 * SESSIONS, "the last refuses only as we see it");
  assert.equal(recordsOf(ledger, "connectionOpened").length, seen.connections);
  assert.equal(recordsOf(ledger, "connectionClosed").length, seen.connections);
  assert.equal(seen.extensions, 0, "compression is not asked for");
  assert.equal(report.messages?.sent, seen.messages);
  assert.deepEqual(report.messages?.closeCodes, [
    { code: 1000, count: 4 * SESSIONS },
    { code: 3000, count: SESSIONS },
    { code: 4000, count: SESSIONS },
  ]);
}

function assertSent(outcome: Outcome, seen: WebSocketsSeen): void {
  let bytes = 0;
  for (const [name, times] of Object.entries(SENT)) {
    const issued = recordsOfStep(outcome, "requestIssued", name);
    assert.equal(issued.length, times * SESSIONS, name);
    bytes += issued.reduce((sum, { c }) => sum + payloadBytes(c), 0);
  }
  assert.equal(seen.messages, SENT_BY_EACH * SESSIONS);
  assert.equal(seen.bytes, bytes);
  assert.equal(seen.pings, SESSIONS);
  assert.equal(seen.pongs, SESSIONS);
  const answers = recordsOf(outcome.ledger, "frameAnswered");
  const answered = (kind: number) => answers.filter(({ a }) => a === kind).length;
  assert.equal(answered(MESSAGE.pong), seen.pongs);
  assert.equal(answered(MESSAGE.close), seen.closes["4001"], "the server closes, and we answer");
  assert.equal(seen.closes["4000"], SESSIONS);
  assert.equal(seen.reasons[CLOSE_REASON], SESSIONS);
  assert.equal(seen.closes["3000"], SESSIONS);
  assert.equal(seen.closes["1000"], 4 * SESSIONS);
}

function assertReceived(outcome: Outcome): void {
  for (const [name, times] of Object.entries(CAME)) {
    const ended = recordsOfStep(outcome, "responseEnded", name);
    assert.equal(ended.length, times * SESSIONS, name);
    assert(ended.every(({ c }) => c >>> 24 === 0), `no check of ${name} fails`);
  }
  const came = recordsOf(outcome.ledger, "messageReceived");
  const count = (kind: number) => came.filter(({ c }) => c === kind).length;
  // Echoed: text, json, three passes, the joined one; pushed: 5 and 3; and "pong came".
  assert.equal(count(MESSAGE.text), (6 + 5 + 3 + 1) * SESSIONS);
  assert.equal(count(MESSAGE.binary), 2 * SESSIONS);
  assert.equal(count(MESSAGE.ping), SESSIONS);
  assert.equal(count(MESSAGE.pong), SESSIONS);
  assert.equal(
    count(MESSAGE.close),
    (6 + 1) * SESSIONS,
    "of those that we close, and of the one that is closed",
  );
  const [{ b: large }] = recordsOfStep(outcome, "responseEnded", "echo.large back");
  assert.equal(large, LARGE_BYTES);
  const [{ b: joined }] = recordsOfStep(outcome, "responseEnded", "pieces.joined");
  assert.equal(joined, PIECED_BYTES, "of a message in nine fragments");
}

function assertErrors(outcome: Outcome): void {
  const { "websocket.closed": closed, "wait.timeout": late, "websocket.refused": refused, ...others } =
    errorsOf(outcome);
  assert.deepEqual(others, {});
  assert.deepEqual([closed.count, closed.steps], [2 * SESSIONS, ["closed.after close", "vanish.gone"]]);
  const [error] = outcome.report.errors.filter(({ name }) => name === "websocket.closed");
  const excerpts = new Map(error.steps.map(({ step, excerpt }) => [step, excerpt]));
  assert.equal(excerpts.get("closed.after close"), "4001 asked for");
  assert.match(excerpts.get("vanish.gone") ?? "", /^1006 /);
  assert.deepEqual([late.count, late.steps], [2 * SESSIONS, ["kept.fourth", "silent.nothing"]]);
  assert.deepEqual([refused.count, refused.steps], [SESSIONS, ["deflate"]]);
  assert.match(refused.excerpt, /permessage-deflate|extension/);
  assert.equal(recordsOfStep(outcome, "requestIssued", "closed.never").length, 0, "the rest is left out");
  assert.equal(recordsOfStep(outcome, "requestIssued", "deflate.not begun").length, 0);
}

for (const transport of EXACT_TRANSPORTS) {
  Deno.test(`ws sees of every exchange what the ledger tells: ${transport}`, () =>
    inFolder(async (folder) => {
      await using server = await startWebSocketServer();
      const outcome = await run(folder, `base = "http://${server.address}"`, ["--transport", transport]);
      assertAgreed(outcome, await server.stop());
      assertExitCode(outcome, 0);
    }));
}

// Clients with a certificate have TLS of another make.
for (const server of ["good", "clientRequired"] as const) {
  Deno.test(`ws sees the same by TLS, behind nginx: ${server}`, () =>
    inFolder(async (folder) => {
      const certificates = writeCertificates(folder);
      await using sockets = await startWebSocketServer();
      await using nginx = await startTlsNginx(folder, { certificates, webSocketPort: sockets.port });
      const shown = server === "good" ? "" : `, cert = "client.pem", key = "client.key"`;
      const target = `base = "${nginx.url(server)}/ws"\ntls = { ca = "ca.pem"${shown} }`;
      const outcome = await run(folder, target, [], ["client.key"]);
      await nginx.stop();
      assertAgreed(outcome, await sockets.stop());
      assertExitCode(outcome, 0);
      const secured = recordsOf(outcome.ledger, "connectionSecured");
      assert.equal(secured.length, 9 * SESSIONS);
      assert(secured.every(({ a }) => a === 1), "HTTP/1.1");
      assert(nginx.log().every(({ tls, status }) => tls === "TLSv1.3" && status === 101));
    }));
}

for (const transport of EXACT_TRANSPORTS) {
  Deno.test(`a run ends while WebSockets are held open: ${transport}`, () =>
    inFolder(async (folder) => {
      await using server = await startWebSocketServer();
      const text = `name = "held"
[target]
base = "http://${server.address}"
transport = "${transport}"
[load]
model = "closed"
stages = [{ for = "500ms", vus = ${HELD} }]
graceful_stop = "0s"
[[flow]]
name = "listen"
[[flow.step]]
name = "thinking"
websocket = "/echo"
exchange = [{ send = "\${session}" }, { think = "1h" }]
[[flow]]
name = "wait"
[[flow.step]]
name = "waiting"
websocket = "/silent"
exchange = [{ receive = {}, within = "1h" }]
`;
      assertHeld(await provenRun(folder, text), await server.stop());
    }));
}

/** At its end, some may not have been opened yet. */
function assertHeld(outcome: Outcome, seen: WebSocketsSeen): void {
  const count = (kind: string) => recordsOf(outcome.ledger, kind).length;
  assert.equal(outcome.report.sessions.stopped, HELD);
  assert.equal(count("connectionOpened"), HELD);
  assert.equal(count("connectionClosed"), HELD);
  const sent = recordsOfStep(outcome, "requestIssued", "thinking.send").length;
  assert.equal(count("requestIssued"), count("responseEnded") + sent + count("requestFailed"));
  assert(recordsOf(outcome.ledger, "requestFailed").every(({ a }) => a === ERROR["stop.cancelled"]));
  const open = count("responseEnded");
  assert(seen.connections >= open && seen.connections <= HELD, `${open} ≤ ${seen.connections} ≤ ${HELD}`);
  assert.equal(seen.messages, sent);
  assert.deepEqual(seen.closes, { 1006: seen.connections }, "they end as they are");
}
