import type { Contestant } from "./contestant.ts";
import type { CountingServer } from "./counting_server.ts";
import { numberAt } from "./peers/peer.ts";
import { lastWords, startPinned } from "./process.ts";

/**
 * What the server counted within the window, and what the client took of its processor meanwhile: in user mode for each
 * of what was served, and in all, as a share of one core. `stdout`: what it printed.
 */
export type ServedWindow = Readonly<
  { rate: number; userMicroseconds: number; busy: number; stdout: string }
>;

/** When to count: from `warmupSeconds` after the first request on, for `seconds`. */
export type Window = Readonly<{ warmupSeconds: number; seconds: number }>;

const LOOK_MS = 5;
const PATIENCE_MS = 30_000;
/** Ticks of /proc/PID/stat in a second: USER_HZ, the same on every Linux. */
const TICKS_PER_SECOND = 100;

/**
 * Runs a client on `core` to its end, and counts by the server within a window in the middle, for all clients alike:
 * neither their starts and ends nor their own arithmetic is in it. Throws where the client fails, or ends too early.
 */
export async function servedWindow(
  { name, command, folder }: Contestant,
  core: number,
  server: CountingServer,
  { warmupSeconds, seconds }: Window,
): Promise<ServedWindow> {
  const child = startPinned(command, core, folder);
  let isOver = false;
  const ended = child.output().then((output) => {
    isOver = true;
    return output;
  });
  const look = async () => {
    if (isOver) throw new Error(`ended before it was measured: ${wordsOf(await ended)}`);
    return { served: await server.served(), atMs: performance.now(), ...await ticksOf(child.pid) };
  };
  try {
    const before = await server.served();
    const deadline = performance.now() + PATIENCE_MS;
    while ((await look()).served === before) {
      if (performance.now() > deadline) throw new Error("sent no request");
      await pause(LOOK_MS);
    }
    await pause(warmupSeconds * 1000);
    const begin = await look();
    await pause(seconds * 1000);
    const end = await look();
    const output = await ended;
    if (!output.success) throw new Error(`exit code ${output.code}: ${wordsOf(output)}`);
    const stdout = new TextDecoder().decode(output.stdout);
    if (name.startsWith("z6c")) assertNoErrors(stdout);
    const served = end.served - begin.served;
    if (served === 0) throw new Error("sent nothing while it was measured");
    const tickMs = 1000 / TICKS_PER_SECOND;
    return {
      rate: (served * 1000) / (end.atMs - begin.atMs),
      userMicroseconds: ((end.user - begin.user) * tickMs * 1000) / served,
      busy: ((end.user + end.system - begin.user - begin.system) * tickMs) / (end.atMs - begin.atMs),
      stdout,
    };
  } finally {
    if (!isOver) child.kill("SIGKILL");
    await ended;
  }
}

/** Of the process and all of its threads. NaN where it is over, or this is not Linux. */
async function ticksOf(pid: number): Promise<{ user: number; system: number }> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // The program's name, in brackets, may hold spaces; the 14th field is the 12th behind it.
  const [user, system] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13);
  return { user: Number(user), system: Number(system) };
}

/** Of z6c's own report: a server counts what was asked, whatever came of it. */
function assertNoErrors(report: string): void {
  const json: unknown = JSON.parse(report);
  for (const kind of ["requests", "messages"]) {
    const errors = numberAt(json, kind, "errors");
    if (errors > 0) throw new Error(`${errors} errors of ${kind}`);
  }
}

function wordsOf({ stdout, stderr }: Deno.CommandOutput): string {
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return lastWords({ stdout: said, stderr: complained });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, milliseconds));
}
