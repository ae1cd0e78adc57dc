import type { CountingServer } from "./counting_server.ts";
import { NotInstalled, programOf } from "./installed.ts";
import { startPinned } from "./process.ts";

/** A server of bench/servers; `ask` reads one more of its counts. */
export type GoServer = CountingServer & Readonly<{ ask(path: string): Promise<number> }>;

/** Starts one of bench/servers on `core`, by the name bench/install_peers.sh knows. Throws where it is not installed. */
export async function startGoServer(name: string, core: number): Promise<GoServer> {
  const program = await programOf(name);
  if (program === null) throw new NotInstalled(name);
  const child = startPinned([program], core, ".");
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  // Its port, and that of its counts where this is another.
  const [port, countPort = port] = new TextDecoder().decode(value).trim().split(" ").map(Number);
  if (!(port > 0)) throw new Error(`${name} does not start`);
  const ask = async (path: string) =>
    Number(await (await fetch(`http://127.0.0.1:${countPort}${path}`)).text());
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    served: () => ask("/served"),
    ask,
    async stop() {
      child.kill("SIGTERM");
      await Promise.all([child.status, reader.cancel(), child.stderr.cancel()]);
    },
  };
}
