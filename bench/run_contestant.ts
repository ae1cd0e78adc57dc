import type { Contestant } from "./contestant.ts";
import { type Finished, lastWords } from "./process.ts";

/** z6c's: thresholds missed and run invalid, which are results as well. */
const RESULTS: readonly number[] = [0, 97, 99];

/** Runs a program to its end in `cwd`. */
type Run = (command: readonly string[], cwd: string) => Promise<Finished>;

/** Runs it once, to its end, and returns what it printed. Throws where it failed. */
export async function runContestant(
  { name, command, folder }: Contestant,
  run: Run,
): Promise<string> {
  const finished = await run(command, folder);
  const { code, stdout } = finished;
  const isGood = name.startsWith("z6c") ? RESULTS.includes(code) : code === 0;
  if (!isGood) throw new Error(`exit code ${code}: ${lastWords(finished)}`);
  await Deno.remove(`${folder}/z6c-out`, { recursive: true }).catch(() => {});
  return stdout;
}
