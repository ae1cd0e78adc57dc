/** All pictures of README.md, into a folder that holds nothing else. */
import { join } from "node:path";
import { inFolder } from "../../running.ts";
import { keepRuns, unpackRuns } from "./kept_runs.ts";
import { pagePictures } from "./page_pictures.ts";
import { mistakenScenario, type Stage, stageRuns } from "./staged_runs.ts";
import { terminalPictures } from "./terminal_pictures.ts";

/** Of `target`: where the ledgers lie that were run. */
const RUNS = "runs";

/**
 * Makes them of new runs on `stage`; without one, of the runs that are kept in `from`. What lies in `target` and is no
 * picture any more is removed.
 */
export function makePictures(target: string, stage: Stage | null, from = target): Promise<void> {
  return inFolder(async (folder) => {
    if (stage === null) await unpackRuns(join(from, RUNS), folder);
    else await stageRuns(folder, stage);
    await Deno.writeTextFile(join(folder, "mistaken.toml"), mistakenScenario());
    const made = new Map<string, string | Uint8Array>(await pagePictures(folder));
    for (const { name, text, svg } of await terminalPictures(folder)) {
      made.set(`${name}.svg`, svg).set(`${name}.txt`, text);
    }
    await Deno.mkdir(target, { recursive: true });
    if (stage !== null) await keepRuns(folder, join(target, RUNS));
    for (const { name, isFile } of [...Deno.readDirSync(target)]) {
      if (isFile && !made.has(name)) await Deno.remove(join(target, name));
    }
    for (const [name, content] of made) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(join(target, name), bytes);
    }
  });
}
