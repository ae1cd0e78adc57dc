/**
 * Makes the pictures of README.md: `./z6c dev pictures` of a new run, which takes a minute and wants a quiet machine;
 * `./z6c dev pictures --kept` of the run that is kept beside them, in seconds. Needs Chromium and tmux.
 */
import { fileURLToPath } from "node:url";
import { makePictures } from "./make_pictures.ts";
import { wholeStage } from "./staged_runs.ts";

const TARGET = fileURLToPath(new URL("../../../docs/pictures", import.meta.url));

await makePictures(TARGET, Deno.args.includes("--kept") ? null : wholeStage());
