/** Hands TCP through to one port for the first connection, and to another one from then on. */
import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";

export type TurningRelay = Readonly<{ port: number }> & Disposable;

/** So what is good when z6c looks at a target, before it begins, may be bad when the run goes there. */
export async function startTurningRelay(firstPort: number, thenPort: number): Promise<TurningRelay> {
  const sockets = new Set<Socket>();
  let isFirst = true;
  const server = createServer((client) => {
    const target = connect({ host: "127.0.0.1", port: isFirst ? firstPort : thenPort });
    isFirst = false;
    for (const [from, to] of [[client, target], [target, client]]) {
      sockets.add(from);
      from.pipe(to);
      from.once("error", () => to.destroy());
      from.once("close", () => to.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a relay has a port");
  return {
    port: address.port,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
