/**
 * The least that a client must do which drives Linux from JavaScript: PORT CONNECTIONS SECONDS KIND. For each answer
 * one `recv` and one `send`; of kind `records` also the records that z6c writes, and of kind `parsed` z6c's reading of
 * answers besides. There is no engine: nothing is decided, counted, timed out or checked.
 */
import { openLibc, READY } from "../runtime/host/libc.ts";
import { createLedgerFile } from "../runtime/host/ledger_file.ts";
import { LiveClock } from "../runtime/host/live_clock.ts";
import { socketAddress } from "../runtime/host/socket_address.ts";
import { KIND } from "../runtime/ledger/record.ts";
import { LedgerWriter } from "../runtime/ledger/writer.ts";
import { KnownHead } from "../runtime/protocol/http1_known_head.ts";
import { ResponseParser } from "../runtime/protocol/http1_response.ts";
import { PARSED } from "../runtime/protocol/parsed.ts";

/** Those that z6c writes for a session of one request. */
const RECORDS = [
  KIND.requestIssued,
  KIND.responseEnded,
  KIND.sessionEnded,
  KIND.sessionStarted,
  KIND.requestPlanned,
];
const WAIT_MICROSECONDS = 100_000;

const [port, connections, seconds, kind] = Deno.args;
drive(Number(port), Number(connections), Number(seconds), kind);

function drive(port: number, connections: number, seconds: number, kind: string): void {
  const libc = openLibc();
  const clock = new LiveClock();
  const ledger = new LedgerWriter(createLedgerFile(`${crypto.randomUUID()}.z6log`), "{}");
  const request = new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  const known = new KnownHead();
  const parsers = Array.from({ length: connections }, () => new ResponseParser());
  const issued = new Float64Array(connections);
  const answer = new Uint8Array(64 * 1024);
  const isRecorded = kind !== "calls";
  const isParsed = kind === "parsed";
  let session = 0;

  const address = socketAddress("127.0.0.1", port);
  const sockets = Int32Array.from({ length: connections }, (_, connection) => {
    const socket = libc.openSocket(address);
    libc.connect(socket, address);
    libc.watch(socket, READY.out, connection, 0);
    return socket;
  });

  const send = (connection: number) => {
    if (isParsed) parsers[connection].begin(false, false, false, false, known);
    if (libc.send(sockets[connection], request, request.length) !== request.length) {
      throw new Error("not sent");
    }
  };

  const receive = (connection: number) => {
    const bytes = libc.receive(sockets[connection], answer);
    if (bytes <= 0) throw new Error("the server has closed a connection");
    if (isParsed && parsers[connection].feed(answer, 0, bytes) !== PARSED.done) {
      throw new Error("half an answer");
    }
    if (isRecorded) record(connection, bytes);
  };

  const record = (connection: number, bytes: number) => {
    const now = clock.now();
    session++;
    for (const recorded of RECORDS) {
      ledger.append(now, session, connection, recorded, 0, now - issued[connection], bytes, 200);
    }
    issued[connection] = now;
  };

  const end = clock.now() + seconds * 1e6;
  while (clock.now() < end) {
    const events = libc.wait(WAIT_MICROSECONDS);
    for (let n = 0; n < events; n++) {
      const connection = libc.eventLow(n);
      if (libc.eventReady(n) === READY.out) libc.watchFor(sockets[connection], READY.in, connection, 0);
      else receive(connection);
      send(connection);
    }
  }
  ledger.finish();
}
