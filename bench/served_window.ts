import type { Contestant } from "./contestant.ts";
import type { Nginx } from "./nginx.ts";
import { lastWords, startPinned } from "./process.ts";

/** What the server counted within the window, and what the client took of its processor meanwhile. */
export type ServedWindow = Readonly<{ rate: number; userMicroseconds: number }>;

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
  { command, folder }: Contestant,
  core: number,
  nginx: Nginx,
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
    return { requests: await nginx.requests(), atMs: performance.now(), user: await userTicks(child.pid) };
  };
  try {
    const before = await nginx.requests();
    const deadline = performance.now() + PATIENCE_MS;
    while ((await look()).requests === before) {
      if (performance.now() > deadline) throw new Error("sent no request");
      await pause(LOOK_MS);
    }
    await pause(warmupSeconds * 1000);
    const begin = await look();
    await pause(seconds * 1000);
    const end = await look();
    const output = await ended;
    if (!output.success) throw new Error(`exit code ${output.code}: ${wordsOf(output)}`);
    const requests = end.requests - begin.requests;
    if (requests === 0) throw new Error("sent nothing while it was measured");
    return {
      rate: (requests * 1000) / (end.atMs - begin.atMs),
      userMicroseconds: ((end.user - begin.user) * 1e6) / TICKS_PER_SECOND / requests,
    };
  } finally {
    if (!isOver) child.kill("SIGKILL");
    await ended;
  }
}

/** Of the process and all of its threads. NaN where it is over, or this is not Linux. */
async function userTicks(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  // The program's name, in brackets, may hold spaces; the 14th field is the 12th behind it.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]);
}

function wordsOf({ stdout, stderr }: Deno.CommandOutput): string {
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return lastWords({ stdout: said, stderr: complained });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((next) => setTimeout(next, milliseconds));
}
