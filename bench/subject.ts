import { join } from "node:path";
import { buildPlan } from "../cli/commands/build.ts";
import { planOf } from "../cli/scenario.ts";
import type { Summary } from "../runtime/reduce/summary.ts";
import { type Finished, runPinned } from "./process.ts";

/** z6c as its users have it: an executable, built from a scenario. */
export type Subject = Readonly<{ path: string; folder: string }>;

/** Builds a scenario into an executable in `folder`. */
export async function buildSubject(folder: string, name: string, scenario: string): Promise<Subject> {
  const file = join(folder, `${name}.toml`);
  await Deno.writeTextFile(file, scenario);
  const [{ path }] = await buildPlan(planOf(file, [], false), {
    output: join(folder, name),
    planFile: join(folder, `${name}.plan.json`),
    lockFile: join(folder, `${name}.lock`),
    form: "auto",
    targets: [],
    transports: [],
    allowHosts: [],
    allowAnyHost: false,
    outFolder: "z6c-out",
    color: false,
  });
  return { path, folder };
}

/** Runs it once on `core` and removes its ledger. Throws where it did not come to a report. */
export async function runSubject(
  { path, folder }: Subject,
  core: number,
): Promise<Finished & { summary: Summary }> {
  const finished = await runPinned([path, "--json", "--quiet"], core, folder);
  await Deno.remove(join(folder, "z6c-out"), { recursive: true });
  if (!finished.stdout.startsWith("{")) {
    throw new Error(`${path} ended with ${finished.code}: ${finished.stderr}`);
  }
  return { ...finished, summary: JSON.parse(finished.stdout) };
}
