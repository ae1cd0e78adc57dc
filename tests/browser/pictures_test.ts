/**
 * The pictures of README.md are those that `./z6c dev pictures` makes, and show today's program: drawn again of the run that
 * is kept beside them, every word is the same, and pages look the same.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, inFolder } from "../running.ts";
import { chromiumPath } from "./chromium.ts";
import { comparePicture } from "./compared_picture.ts";
import { makePictures } from "./pictures/make_pictures.ts";
import { toyStage } from "./pictures/staged_runs.ts";

const README = new URL("../../README.md", import.meta.url);
const PICTURES = new URL("../../docs/pictures/", import.meta.url);
const MOST_BYTES = 1_500_000;
/** What pages say is compared by words. */
const DIFFERENT_MOST = 0.15;
const DRAW = "draw them again: ./z6c dev pictures --kept";

const ignore = chromiumPath() === null;

function filesIn(folder: string | URL): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
}

Deno.test("README.md shows every picture there is, and no other; together they are small", () => {
  const readme = Deno.readTextFileSync(README);
  const named = [...readme.matchAll(/docs\/pictures\/([\w.-]+)/g)].map(([, name]) => name);
  const pictures = filesIn(PICTURES).filter((name) => !name.endsWith(".txt"));
  assert.deepEqual([...new Set(named)].sort(), pictures);
  const sizes = pictures.map((name) => Deno.statSync(new URL(name, PICTURES)).size);
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < MOST_BYTES);
  for (const [image] of readme.matchAll(/<img\b[^>]*>/g)) assert.match(image, / alt="[^"]{20,}"/);
});

Deno.test({ name: "the pictures are of today's program", ignore }, async () => {
  await inFolder(async (folder) => {
    await makePictures(folder, null, fileURLToPath(PICTURES));
    for (const name of filesIn(PICTURES)) {
      const [kept, drawn] = [new URL(name, PICTURES), join(folder, name)];
      if (name.endsWith(".png")) comparePicture(kept, Deno.readFileSync(drawn), DIFFERENT_MOST);
      else assert.equal(Deno.readTextFileSync(drawn), Deno.readTextFileSync(kept), `${name}: ${DRAW}`);
    }
  });
});

Deno.test({ name: "pictures can be made of a new run, and are the same ones", ignore }, async () => {
  await inFolder(async (folder) => {
    await makePictures(folder, toyStage(freePort()));
    assert.deepEqual(filesIn(folder), filesIn(PICTURES));
    assert.deepEqual(filesIn(join(folder, "runs")), filesIn(new URL("runs/", PICTURES)));
    const summary = Deno.readTextFileSync(join(folder, "summary.txt"));
    assert.match(summary, /^\$ z6c report checkout\.z6log\n\n✗ (?:FAILED|INVALID) {2}checkout\n/);
    assert.match(Deno.readTextFileSync(join(folder, "live.txt")), / in flight · /);
  });
});
