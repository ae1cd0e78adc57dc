import { join } from "node:path";
import { buildPlan } from "../cli/commands/build.ts";
import { planOf } from "../cli/scenario.ts";

/** z6c as its users have it: an executable, built from a scenario. */
export type Subject = Readonly<{ path: string; folder: string }>;

/** Builds a scenario into an executable in `folder`. */
export async function buildSubject(folder: string, name: string, scenario: string): Promise<Subject> {
  const file = join(folder, `${name}.toml`);
  await Deno.writeTextFile(file, scenario);
  const [{ path }] = await buildPlan(await planOf(file, [], false), {
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
