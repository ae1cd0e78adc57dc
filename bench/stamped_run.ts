import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../tests/running.ts";
import { pinning } from "./process.ts";
import { Stamps } from "./stamps.ts";
import { BenchFailure } from "./turns.ts";

/** Each of its rounds, `everyMs` long, ends in a stall of `lengthMs`; the first begins with the first request. */
export type StallSchedule = Readonly<{ everyMs: number; lengthMs: number }>;

/** A port for a stamping server: the same for all runs of a table, so that executables can be built for it. */
export const stampingPort: () => number = freePort;

const NEVER: StallSchedule = { everyMs: 0, lengthMs: 0 };

/** Lets `use` send requests to a stamping server on `core`, started for it, and returns what that wrote down. */
export async function stamped<T>(
  { folder, port, core, schedule = NEVER }: {
    folder: string;
    port: number;
    core: number;
    schedule?: StallSchedule;
  },
  use: () => Promise<T>,
): Promise<{ result: T; stamps: Stamps }> {
  const file = join(folder, "stamps");
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const own = [Deno.execPath(), "run", "-A", "--quiet", main, "serve", String(port), file];
  const [program, ...args] = [
    ...pinning(core),
    ...own,
    String(schedule.everyMs),
    String(schedule.lengthMs),
  ];
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  if ((await reader.read()).done) throw new BenchFailure("the stamping server does not start");
  try {
    const result = await use();
    await stop(port);
    if (!(await child.status).success) throw new BenchFailure("the stamping server failed");
    return { result, stamps: await Stamps.read(file) };
  } catch (cause) {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    throw cause;
  } finally {
    await child.status;
    await reader.cancel();
  }
}

async function stop(port: number): Promise<void> {
  try {
    await (await fetch(`http://127.0.0.1:${port}/stop`)).body?.cancel();
  } catch (cause) {
    throw new BenchFailure(`the stamping server is gone: ${cause}`);
  }
}
