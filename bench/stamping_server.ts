/**
 * A server in a process of its own that writes down when each request came and when it was answered, and can stand
 * still on a schedule. One loop over the C library's sockets, so that it serves tens of thousands a second from a part
 * of one core.
 */
import { openLibc, READY } from "../runtime/host/libc.ts";
import { ListeningSocket } from "./listening_socket.ts";
import { type Stall, STAMP } from "./stamps.ts";

/** It keeps the stamps of so many requests, and answers the rest without. */
const MOST = 4_000_000;
const ANSWER = new TextEncoder().encode(
  "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhello world\n",
);
const WAIT_MICROSECONDS = 100_000;
/** The last stretch of a stall is spun through: sleep is late. */
const SPIN_MS = 0.5;

/** Serves until `GET /stop`, then writes stamps into `file` as `Stamps` reads them. `everyMs` 0: it never stalls. */
export function serveStamped(port: number, file: string, everyMs: number, lengthMs: number): void {
  const libc = openLibc();
  const listening = new ListeningSocket(port);
  libc.watch(listening.descriptor, READY.in, listening.descriptor, 0);
  const stamps = new Float64Array(MOST * STAMP.numbers);
  /** By round, where somebody came to notice. */
  const stallEndsMs: number[] = [];
  const bytes = new Uint8Array(65_536);
  let count = 0;
  let firstMs = -1;
  let isOver = false;

  const standStill = () => {
    if (everyMs === 0 || firstMs < 0) return;
    const now = performance.now();
    const round = Math.floor((now - firstMs) / everyMs);
    // Each round is open first, and stalled to its end.
    const endMs = firstMs + (round + 1) * everyMs;
    if (now < endMs - lengthMs) return;
    while (endMs - performance.now() > SPIN_MS) {
      listening.sleep(Math.floor((endMs - performance.now() - SPIN_MS) * 1000));
    }
    while (performance.now() < endMs);
    stallEndsMs[round] = performance.now();
  };
  const serve = (socket: number) => {
    const length = libc.receive(socket, bytes);
    if (length === 0) libc.close(socket);
    if (length <= 0) return;
    const arrivedMs = performance.now();
    if (bytes[length - 1] !== 10 || bytes[length - 3] !== 10) throw new Error("a request came in parts");
    isOver = startsWith(bytes, "GET /stop ");
    if (firstMs < 0) firstMs = arrivedMs;
    libc.send(socket, ANSWER, ANSWER.length);
    if (count === MOST || isOver) return;
    const at = count++ * STAMP.numbers;
    stamps[at + STAMP.arrivedMs] = arrivedMs;
    stamps[at + STAMP.answeredMs] = performance.now();
    stamps[at + STAMP.session] = sessionOf(bytes);
  };

  console.log("listening");
  while (!isOver) {
    const events = libc.wait(WAIT_MICROSECONDS);
    for (let n = 0; n < events && !isOver; n++) {
      standStill();
      const socket = libc.eventLow(n);
      if (socket !== listening.descriptor) serve(socket);
      else {
        for (let next = listening.accept(); next >= 0; next = listening.accept()) {
          libc.watch(next, READY.in, next, 0);
        }
      }
    }
  }
  Deno.writeFileSync(file, new Uint8Array(stamps.buffer, 0, count * STAMP.numbers * 8));
  const rounds = everyMs === 0 || firstMs < 0 ? 0 : Math.floor((performance.now() - firstMs) / everyMs) + 1;
  const stalls = Array.from({ length: rounds }, (_, round): Stall => {
    const endMs = firstMs + (round + 1) * everyMs;
    return { beginMs: endMs - lengthMs, endMs: stallEndsMs[round] ?? endMs };
  });
  Deno.writeTextFileSync(`${file}.json`, JSON.stringify(stalls));
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (bytes[at] !== text.charCodeAt(at)) return false;
  }
  return true;
}

/** Of `GET /123 `: 123; −1 for another path. */
function sessionOf(bytes: Uint8Array): number {
  let session = 0;
  let at = 5;
  for (; bytes[at] >= 48 && bytes[at] <= 57; at++) session = session * 10 + bytes[at] - 48;
  return at > 5 && bytes[at] === 32 ? session : -1;
}
