/** A picture beside the one that is checked in. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

/** Another machine's fonts draw other letters. */
const DIFFERENT_PIXELS_MOST = 0.06;
const DIFFERENT_HEIGHT_MOST = 0.04;

/**
 * Holds PNG `bytes` against the file at `path`; with `UPDATE_GOLDEN=1` they become it. Throws where more than that share of
 * pixels differs: sharp letters of another font differ in more of them than small ones.
 */
export function comparePicture(path: URL, bytes: Uint8Array, most = DIFFERENT_PIXELS_MOST): void {
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    mkdirSync(new URL(".", path), { recursive: true });
    writeFileSync(path, bytes);
  }
  const file = path.pathname.split("/").at(-1);
  const [found, wanted] = [bytes, readFileSync(path)].map((png) => PNG.sync.read(Buffer.from(png)));
  assert.equal(found.width, wanted.width, `${file}: width`);
  assert.ok(
    Math.abs(found.height - wanted.height) <= wanted.height * DIFFERENT_HEIGHT_MOST,
    `${file}: height`,
  );
  const height = Math.min(found.height, wanted.height);
  const size = found.width * height;
  const [one, other] = [found, wanted].map(({ data }) => data.subarray(0, size * 4));
  const different = pixelmatch(one, other, undefined, found.width, height, { threshold: 0.2 });
  assert.ok(
    different <= size * most,
    `${file}: ${(100 * different / size).toFixed(2)}% differ`,
  );
}
