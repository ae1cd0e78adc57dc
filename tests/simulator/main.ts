/**
 * The simulator for ourselves: `./z6c dev simulate --seed N --seconds S [--seeds N]` runs random trials from a seed on,
 * and `./z6c dev simulate FILE…` runs those that were kept.
 */
import { parseArgs } from "node:util";
import { Broken, checkTrial } from "./check_trial.ts";
import { failureOf, type Found, smallestOf } from "./simulate.ts";
import { trialText } from "./trial.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, seconds: { type: "string" }, seeds: { type: "string" } },
});
Deno.exit(positionals.length > 0 ? await runFiles(positionals) : await runSeeds());

async function runFiles(paths: readonly string[]): Promise<number> {
  for (const path of paths) {
    try {
      console.log(`${path}: ${await checkTrial(await Deno.readTextFile(path))}`);
    } catch (cause) {
      if (!(cause instanceof Broken)) throw cause;
      console.log(`${path} fails: ${cause.message}`);
      return 1;
    }
  }
  return 0;
}

async function runSeeds(): Promise<number> {
  const first = whole(values.seed, crypto.getRandomValues(new Uint32Array(1))[0]);
  const seconds = whole(values.seconds, values.seeds === undefined ? 10 : Infinity);
  const seeds = whole(values.seeds, Infinity);
  console.log(`seed ${first}`);
  const counts = { held: 0, refused: 0, "too long": 0 };
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  let told = 0;
  let seed = first;
  for (; seed < first + seeds && elapsed() < seconds; seed++) {
    const found = await failureOf(seed, (outcome) => counts[outcome]++);
    if (found !== null) return await tell(found);
    if (elapsed() < told + 1) continue;
    told = elapsed();
    console.log(progress(seed + 1 - first, counts, told));
  }
  console.log(progress(seed - first, counts, elapsed()));
  return 0;
}

function progress(seeds: number, counts: Readonly<Record<string, number>>, seconds: number): string {
  const told = Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(", ");
  return `${seconds.toFixed(0).padStart(5)} s  ${seeds} seeds: ${told}`;
}

async function tell(found: Found): Promise<number> {
  console.log(`\nseed ${found.seed} fails: ${found.broken.message}\n\nmaking it smaller …\n`);
  const { broken, trial } = await smallestOf(found);
  console.log(`${trialText(trial)}\n${broken.message}\n`);
  console.log(`again: ./z6c dev simulate --seed ${found.seed} --seeds 1`);
  console.log("the smaller one, from its first line on, in a file: ./z6c dev simulate FILE");
  return 1;
}

function whole(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text)) throw new Error(`a whole number is wanted, and not "${text}"`);
  return Number(text);
}
