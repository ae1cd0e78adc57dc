import type { Contestant } from "./contestant.ts";
import { lastWords, startPinned } from "./process.ts";

/** What a process took of the memory while it ran, in bytes, and of the processor, and what it printed. */
export type Watched = Readonly<
  { peak: number; course: readonly number[]; stdout: string; seconds: number; processorSeconds: number }
>;

const LOOK_MS = 20;
/** Of /proc: `sysconf(_SC_CLK_TCK)`, which Linux holds at 100. */
const CLOCK_TICKS = 100;

/**
 * Runs it to its end, and follows its resident memory by the system's own account: the high-water mark, and what it
 * was at even distances of time. Linux only. `core` null: not pinned. Throws where it fails.
 */
export async function watched(
  { name, command, folder }: Contestant,
  core: number | null,
  goodCodes: readonly number[] = [0],
): Promise<Watched> {
  const start = performance.now();
  const child = startPinned(command, core, folder);
  let peak = 0;
  let processorSeconds = 0;
  const course: number[] = [];
  let isOver = false;
  const output = child.output().then((output) => {
    isOver = true;
    return output;
  });
  while (!isOver) {
    const text = await Deno.readTextFile(`/proc/${child.pid}/status`).catch(() => "");
    const now = 1024 * Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0);
    if (now > 0) course.push(now);
    peak = Math.max(peak, 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1] ?? 0));
    const stat = await Deno.readTextFile(`/proc/${child.pid}/stat`).catch(() => "");
    processorSeconds = Math.max(processorSeconds, processorTicks(stat) / CLOCK_TICKS);
    await new Promise((next) => setTimeout(next, LOOK_MS));
  }
  const seconds = (performance.now() - start) / 1000;
  const { code, stdout, stderr } = await output;
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!goodCodes.includes(code)) {
    throw new Error(`${name}: exit code ${code}: ${lastWords({ stdout: said, stderr: complained })}`);
  }
  return { peak, course, stdout: said, seconds, processorSeconds };
}

/** Of all threads, as user and in the system: fields 14 and 15. The program's name, before them, may hold blanks. */
function processorTicks(stat: string): number {
  const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number);
  return user + system;
}
