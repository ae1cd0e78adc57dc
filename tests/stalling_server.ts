/** A server for one connection that stands still half a second of every second, and writes down what it did. */

export type StallingServer = Readonly<{
  port: number;
  /** Milliseconds after the first request was read: when each stall was over, late timers included, by its number. */
  stallEndsMs: readonly number[];
  /** When each request was answered, on the same clock. */
  answeredMs: readonly number[];
  stop(): Promise<void>;
}>;

/** Every second of the schedule, which begins with the first request: half of it open, then half of it stalled. */
export const STALL = { everyMs: 1000, fromMs: 500, lengthMs: 500 } as const;

const ANSWER = new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

/** Listens on 127.0.0.1. */
export function startStallingServer(): StallingServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stallEndsMs: number[] = [];
  const answeredMs: number[] = [];
  let startMs = -1;
  const elapsedMs = () => performance.now() - startMs;

  const serve = async (connection: Deno.TcpConn) => {
    connection.setNoDelay(true);
    const buffer = new Uint8Array(4096);
    // One read is one request: the client sends the next only when it has its answer, and requests are small.
    while (await connection.read(buffer) !== null) {
      if (startMs < 0) startMs = performance.now();
      await stall();
      await connection.write(ANSWER);
      answeredMs.push(elapsedMs());
    }
    connection.close();
  };
  const stall = async () => {
    const now = elapsedMs();
    const round = Math.floor(now / STALL.everyMs);
    if (now - round * STALL.everyMs < STALL.fromMs) return;
    const endMs = round * STALL.everyMs + STALL.fromMs + STALL.lengthMs;
    while (elapsedMs() < endMs) await new Promise((next) => setTimeout(next, endMs - elapsedMs()));
    stallEndsMs[round] = elapsedMs();
  };
  const accepting = (async () => {
    for await (const connection of listener) await serve(connection);
  })();
  return {
    port: listener.addr.port,
    stallEndsMs,
    answeredMs,
    async stop() {
      listener.close();
      await accepting;
    },
  };
}
