/**
 * A run of two workers, the second of which dies: `deno run fragile_run.ts PLAN OUT WHEN`. Its transport throws where
 * no transport may, when the worker begins (WHEN is `early`) or after ten requests (`late`). The module of its workers, too.
 */
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../runtime/command_line.ts";
import { socketTransport } from "../runtime/host/socket.ts";
import type { TransportModule } from "../runtime/host/transport.ts";
import { exitWith, runPlan } from "../runtime/main.ts";
import { inWorker, serveWorker } from "../runtime/live/worker.ts";

const name: string = Reflect.get(globalThis, "name") ?? "";

const fragile = (when: string): TransportModule => ({
  name: "socket",
  open(plan, clock, completions) {
    const network = socketTransport.open(plan, clock, completions);
    if (name !== "shard 2 of 2") return network;
    if (when === "early") throw new Error("the worker fell over early");
    let sent = 0;
    const { send } = network;
    network.send = (slot, bytes, length, wish) => {
      if (++sent > 10) throw new Error("the worker fell over late");
      send.call(network, slot, bytes, length, wish);
    };
    return network;
  },
});

/** The path of this module. */
export const FRAGILE_RUN = fileURLToPath(import.meta.url);

if (inWorker()) {
  await serveWorker([fragile(new URL(import.meta.url).hash.slice(1))]);
} else if (import.meta.main) {
  const [plan, out, when] = Deno.args;
  const command = readCommandLine(["--workers", "2", "--json", "--quiet"], out);
  if (command.verb !== "run") throw new Error("it runs");
  const { options } = command;
  const read = () => JSON.parse(Deno.readTextFileSync(plan));
  await exitWith(() => runPlan(read(), [socketTransport], options, `${import.meta.url}#${when}`));
}
