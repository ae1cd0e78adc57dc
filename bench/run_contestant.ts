import type { Contestant } from "./contestant.ts";
import { lastWords, runPinned } from "./process.ts";

/** z6c's: thresholds missed and run invalid, which are results as well. */
const RESULTS: readonly number[] = [0, 97, 99];

/** Runs it once on `core`, to its end, and returns what it printed. Throws where it failed. */
export async function runContestant(
  { name, command, folder }: Contestant,
  core: number,
  run: typeof runPinned = runPinned,
): Promise<string> {
  const finished = await run(command, core, folder);
  const { code, stdout } = finished;
  const isGood = name.startsWith("z6c") ? RESULTS.includes(code) : code === 0;
  if (!isGood) throw new Error(`exit code ${code}: ${lastWords(finished)}`);
  await Deno.remove(`${folder}/z6c-out`, { recursive: true }).catch(() => {});
  return stdout;
}
