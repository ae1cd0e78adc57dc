import process from "node:process";
import type { Processor } from "../engine/host.ts";
import type { Looking } from "./looking.ts";

/** What the thread that calls this has used since it began, less what it spent looking; null where the system does not tell. */
export function threadProcessor(looking: Looking): Processor | null {
  try {
    threadTicks();
  } catch {
    return null;
  }
  return { usedTicks: () => threadTicks() - looking.ticks };
}

/** Of this thread alone, by the system's count. Linux may count in steps of 10 ms. */
function threadTicks(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
