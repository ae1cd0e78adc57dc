/** Tests that share one browser, and are skipped where there is none. */
import type { Browser } from "playwright-core";
import { inFolder } from "../running.ts";
import { chromiumPath, startChromium } from "./chromium.ts";

/** What all looks at pages share: a browser, and a folder for pages. */
export type Room = Readonly<{ browser: Browser; folder: string }>;

/** One test, with a step for each look. */
export function testInChromium(
  name: string,
  looks: readonly (readonly [name: string, look: (room: Room) => Promise<void>])[],
): void {
  const chromium = chromiumPath();
  Deno.test({
    name,
    ignore: chromium === null,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn(test) {
      if (chromium === null) return;
      const browser = await startChromium(chromium);
      try {
        await inFolder(async (folder) => {
          for (const [name, look] of looks) await test.step(name, () => look({ browser, folder }));
        });
      } finally {
        await browser.close();
      }
    },
  });
}
