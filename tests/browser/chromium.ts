/** A real browser for tests of pages, driven by Playwright. */
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where Chromium is installed; null where it is not, and says so. */
export function chromiumPath(): string | null {
  for (const path of PROGRAMS) {
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // The next may be there.
    }
  }
  console.log(`tests of pages are skipped: there is no ${PROGRAMS[0]} (apt-get install chromium)`);
  return null;
}

/** Headless, with a profile of its own that is thrown away. */
export function startChromium(executablePath: string): Promise<Browser> {
  const args = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--font-render-hinting=none"];
  return chromium.launch({ executablePath, args });
}

/** A page, and everything that went wrong on it: errors, words on the console, requests for anything but the file. */
export type Watched = Readonly<{ page: Page; troubles: string[] }>;

export type Look = Readonly<{
  width: number;
  height?: number;
  colorScheme?: "light" | "dark";
  deviceScaleFactor?: number;
}>;

/** Opens a file. Requests for anything else are refused, and told as troubles. */
export async function openFile(browser: Browser, path: string, look: Look): Promise<Watched> {
  const { width, height = 900, ...others } = look;
  const page = await browser.newPage({ viewport: { width, height }, ...others });
  const troubles: string[] = [];
  page.on("console", (message) => troubles.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("file:") && !url.startsWith("data:")) troubles.push(`request: ${url}`);
  });
  await page.goto(`file://${path}`);
  return { page, troubles };
}

/** What axe-core finds that keeps people out, one line each. */
export async function accessProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, { resultTypes: ["violations"] })`) as {
    violations: { id: string; help: string; nodes: { html: string }[] }[];
  };
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 160)}`);
}
