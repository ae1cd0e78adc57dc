import type { Contestant } from "./contestant.ts";
import { pinning } from "./process.ts";

const ANSWER = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
const PATIENCE_MS = 20_000;

/**
 * Milliseconds from starting a program on `core` until its first byte arrives at a server in this process, on `port`.
 * The program is ended then. Throws where none comes.
 */
export async function firstByteMs(
  { command, folder }: Contestant,
  core: number,
  port: number,
): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const connections: Deno.Conn[] = [];
  const first = Promise.withResolvers<number>();
  const serve = async (connection: Deno.Conn) => {
    connections.push(connection);
    const bytes = new Uint8Array(4096);
    while (await connection.read(bytes) !== null) {
      first.resolve(performance.now());
      await connection.write(ANSWER);
    }
  };
  const accepting = (async () => {
    // A program that is ended resets its connections: nothing is lost by that.
    for await (const connection of listener) serve(connection).catch(() => {});
  })();
  const [program, ...args] = [...pinning(core), ...command];
  const start = performance.now();
  const child = new Deno.Command(program, {
    args,
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const patience = setTimeout(() => first.reject(new Error("no byte came")), PATIENCE_MS);
  try {
    child.status.then(({ code }) => first.reject(new Error(`it ended with ${code} before its first byte`)));
    return await first.promise - start;
  } finally {
    clearTimeout(patience);
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await child.status;
    listener.close();
    await accepting;
    for (const connection of connections) connection.close();
    await Deno.remove(`${folder}/z6c-out`, { recursive: true }).catch(() => {});
  }
}
