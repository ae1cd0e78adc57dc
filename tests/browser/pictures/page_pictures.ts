/** The pictures of pages, light and dark, as a browser shows them. */
import { join } from "node:path";
import { runToEnd, Z6C } from "../../running.ts";
import { chromiumPath, openFile, startChromium } from "../chromium.ts";
import { NAMES } from "./staged_runs.ts";

const [LEDGER] = NAMES.troubled.split(".");
type PagePicture = Readonly<{
  name: string;
  words: readonly string[];
  /** What that command writes. */
  page: string;
  /** The picture begins there, instead of at the top. */
  from?: string;
  height: number;
}>;

const REPORT = { words: ["report", NAMES.troubled, "--report", "html"], page: `${LEDGER}.html` } as const;
const SELECTION = "selection.html";
const PAGE_PICTURES: readonly PagePicture[] = [
  { ...REPORT, name: "report", height: 790 },
  { ...REPORT, name: "charts", from: "#chart-response", height: 866 },
  {
    name: "inspect",
    words: ["inspect", NAMES.troubled, "outcome != good", "--html", SELECTION],
    page: SELECTION,
    height: 640,
  },
];
const WIDTH = 1320;
const SCALE = 1.25;
const MARGIN = 14;

/** Of the ledgers in `folder`: PNGs by their names, and what each whole page says in words. Throws where there is no browser. */
export async function pagePictures(folder: string): Promise<Map<string, Uint8Array>> {
  const chromium = chromiumPath();
  if (chromium === null) throw new Error("pictures of pages need Chromium");
  const browser = await startChromium(chromium);
  const pictures = new Map<string, Uint8Array>();
  try {
    for (const { name, words, page: file, from, height } of PAGE_PICTURES) {
      const { stderr } = await runToEnd([...Z6C, ...words], { cwd: folder });
      for (const colorScheme of ["light", "dark"] as const) {
        const look = { width: WIDTH, height, colorScheme, deviceScaleFactor: SCALE };
        const { page, troubles } = await openFile(browser, join(folder, file), look);
        if (troubles.length > 0) throw new Error(`${file}: ${troubles.join(", ")}${stderr}`);
        await page.addStyleTag({ content: ".top, .filters { position: static !important }" });
        const box = from === undefined ? null : await page.locator(from).boundingBox();
        const clip = { x: 0, y: box === null ? 0 : box.y - MARGIN, width: WIDTH, height };
        pictures.set(`${name}-${colorScheme}.png`, await page.screenshot({ fullPage: true, clip }));
        const lines = (await page.locator("main").innerText()).split("\n").map((line) => line.trim());
        const text = lines.filter((line) => line !== "").join("\n") + "\n";
        if (from === undefined) pictures.set(`${name}.txt`, new TextEncoder().encode(text));
        await page.close();
      }
    }
  } finally {
    await browser.close();
  }
  return pictures;
}
