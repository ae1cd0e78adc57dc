/** The ledgers that the pictures are of, kept beside them, so that they can be drawn again of the same run. */
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";
import { NAMES, stagedScenario } from "./staged_runs.ts";

const LEDGERS = [NAMES.calm, NAMES.troubled];

/** Copies the runs in `folder` to `kept`. */
export async function keepRuns(folder: string, kept: string): Promise<void> {
  await Deno.mkdir(kept, { recursive: true });
  await Deno.copyFile(join(folder, NAMES.scenario), join(kept, NAMES.scenario));
  for (const name of LEDGERS) {
    await Deno.writeFile(
      join(kept, `${name}.br`),
      brotliCompressSync(await Deno.readFile(join(folder, name))),
    );
  }
}

/** Unpacks the runs in `kept` to `folder`. Throws where they are of another scenario than README.md shows now. */
export async function unpackRuns(kept: string, folder: string): Promise<void> {
  const scenario = await Deno.readTextFile(join(kept, NAMES.scenario));
  if (scenario !== stagedScenario()) throw new Error("README.md's scenario has changed: ./z6c dev pictures");
  for (const name of LEDGERS) {
    await Deno.writeFile(
      join(folder, name),
      brotliDecompressSync(await Deno.readFile(join(kept, `${name}.br`))),
    );
  }
}
