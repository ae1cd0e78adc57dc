/** The page of `z6c compare --html` in a real browser: it loads nothing, fits any screen, and axe finds nothing. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd, Z6C } from "../running.ts";
import { accessProblems, openFile } from "./chromium.ts";
import { unpackRuns } from "./pictures/kept_runs.ts";
import { NAMES } from "./pictures/staged_runs.ts";
import { testInChromium } from "./test_in_chromium.ts";

const RUNS = fileURLToPath(new URL("../../docs/pictures/runs", import.meta.url));

testInChromium("the page of z6c compare in Chromium", [
  ["says what the JSON says, in both themes, at three widths", async ({ browser, folder }) => {
    await unpackRuns(RUNS, folder);
    const command = [...Z6C, "compare", NAMES.calm, NAMES.troubled, "--html", "compared.html", "--json"];
    const { stdout, stderr, code } = await runToEnd(command, { cwd: folder });
    assert.equal(code, 0, stderr);
    const { baseline, candidate } = JSON.parse(stdout);
    for (const width of [390, 900, 1440]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, troubles } = await openFile(browser, join(folder, "compared.html"), {
          width,
          colorScheme,
        });
        assert.deepEqual(await accessProblems(page), [], `${width} ${colorScheme}`);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
        const verdicts = await page.locator(".verdict").allTextContents();
        assert.deepEqual(verdicts, [baseline.verdict.verdict, candidate.verdict.verdict]);
        assert.deepEqual(troubles, []);
        await page.close();
      }
    }
  }],
]);
