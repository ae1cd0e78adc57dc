/**
 * The page of `z6c inspect --html` in a real browser: what it says is what the terminal says and what the JSON says, all of
 * its controls do what they should, and it looks as it did (tests/golden/inspect_page; `UPDATE_GOLDEN=1` writes it anew).
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { duration } from "../../runtime/report/format.ts";
import { shopLedger } from "../inspected_run.ts";
import { runToEnd, Z6C } from "../running.ts";
import { Terminal } from "../terminal.ts";
import { accessProblems, type Look, openFile, type Watched } from "./chromium.ts";
import { comparePicture } from "./compared_picture.ts";
import { type Room, testInChromium } from "./test_in_chromium.ts";

const GOLDEN = new URL("../golden/inspect_page/", import.meta.url);
const LEDGER = "shop.z6log";
const WIDE: Look = { width: 1440 };
const printed = new Map<string, string>();

/** What `z6c inspect shop.z6log ARGS` prints; throws where it fails. The same is asked for once. */
async function inspected({ folder }: Room, ...args: string[]): Promise<string> {
  const before = printed.get(args.join(" "));
  if (before !== undefined) return before;
  await Deno.writeFile(join(folder, LEDGER), shopLedger().bytes);
  const { code, stdout, stderr } = await runToEnd([...Z6C, "inspect", LEDGER, ...args], { cwd: folder });
  assert.equal(code, 0, stderr);
  printed.set(args.join(" "), stdout);
  return stdout;
}

async function openSelection(room: Room, filter: string, look = WIDE): Promise<Watched> {
  const file = `${filter.replace(/\W+/g, "-")}.html`;
  await inspected(room, ...(filter === "" ? [] : [filter]), "--html", file);
  return await openFile(room.browser, join(room.folder, file), look);
}

/** Each row's cells. */
function rows(page: Page): Promise<string[][]> {
  return page.locator("tbody tr:not([hidden])").evaluateAll((rows) =>
    rows.map((row) => [...row.children].map(({ textContent }) => (textContent ?? "").trim()))
  );
}

async function textLines(page: Page, id: string): Promise<string[]> {
  const text = await page.locator(id).textContent() ?? "";
  return text.trimEnd().split("\n").map((line) => line.trimEnd());
}

/** What `z6c inspect shop.z6log ARGS` shows in a terminal that is as wide as the page's diagrams. */
async function shownBy({ folder }: Room, ...args: string[]): Promise<readonly string[]> {
  const command = [...Z6C, "inspect", LEDGER, ...args];
  await using terminal = await Terminal.open(command, { columns: 80, cwd: folder });
  return (await terminal.left()).lines;
}

/** The first cell of the row that is marked. */
function marked(page: Page): Promise<string | null> {
  return page.locator("tr[aria-current] th").textContent();
}

const tickWord = (ticks: number) => `${(ticks / 1_000_000).toFixed(6)}s`;
const timeWord = (ticks: number | null) => ticks === null ? "" : duration(ticks);

testInChromium("the page of z6c inspect in Chromium", [
  ["numbers are those of the JSON", async (room) => {
    const { page, troubles } = await openSelection(room, "");
    const json = (await inspected(room, "--json", "--all")).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const shown = await rows(page);
    assert.equal(shown.length, json.length);
    for (const [at, cells] of shown.entries()) {
      const it = json[at];
      const [tick, session, vu, step, outcome, response, service, firstByte, lag] = cells;
      assert.equal(tick, tickWord(it.tick));
      assert.equal(session, it.flow === "setup" ? "setup" : String(it.session));
      assert.equal(vu, String(it.vu));
      assert.equal(step, `${it.flow}/${it.step}`);
      assert.ok(
        it.status === null ? outcome.endsWith(it.error) : outcome.startsWith(`${it.status}`),
        outcome,
      );
      assert.deepEqual(
        [response, service, firstByte, lag],
        [it.responseTicks, it.serviceTicks, it.firstByteTicks, it.lagTicks].map(timeWord),
      );
    }
    assert.match(await page.locator("main > .about").first().textContent() ?? "", /^37 requests · /);
    assert.deepEqual(troubles, []);
  }],

  ["rows say what the terminal says, with and without a filter", async (room) => {
    for (
      const filter of ["", "outcome != good", "step == pay and response_time > 500ms", "kind == sessionEnded"]
    ) {
      const { page } = await openSelection(room, filter);
      const terminal = (await inspected(room, ...(filter === "" ? [] : [filter]), "--all")).split("\n");
      const squeezed = (cells: readonly string[]) => cells.join(" ").replace(/\s+/g, " ").trim();
      const listed = terminal.slice(1, terminal.indexOf("")).map((line) => squeezed([line]));
      const found = (await rows(page)).map(squeezed);
      assert.equal(found.length, listed.length, filter);
      for (const [at, line] of listed.entries()) {
        // The terminal has 160 columns at most.
        if (line.endsWith("…")) assert.ok(found[at].startsWith(line.slice(0, -1)), line);
        else assert.equal(found[at], line);
      }
      await page.close();
    }
  }],

  ["a row shows its session and its moment as the terminal does", async (room) => {
    const { page, troubles } = await openSelection(room, "outcome != good");
    const all = await rows(page);
    for (const at of [0, 1]) {
      const [tick, session] = all[at];
      await page.locator("tbody tr").nth(at).locator("td").nth(2).click();
      assert.deepEqual(await textLines(page, "#session"), await shownBy(room, "--session", session));
      assert.deepEqual(await textLines(page, "#state"), await shownBy(room, "--at", tick));
    }
    assert.ok(await page.locator("#session .bad").count() > 0);
    assert.deepEqual(troubles, []);
  }],

  ["setup has its session, and no moment of the load", async (room) => {
    const { page } = await openSelection(room, "session == setup");
    assert.match((await textLines(page, "#session"))[0], /^setup · flow setup · /);
    assert.match((await textLines(page, "#state"))[0], /^Setup and teardown have a time of their own/);
  }],

  ["search narrows the list, and keys go through what is left", async (room) => {
    const { page, troubles } = await openSelection(room, "");
    const search = page.getByLabel("Search in these");
    await search.fill("BUY/pay");
    assert.equal(await page.locator("#shown").textContent(), "12 shown");
    const ticks = (await rows(page)).map(([tick]) => tick);
    assert.equal(ticks.length, 12);
    assert.equal(await marked(page), ticks[0], "what is marked can be seen");
    const list = page.getByLabel("requests", { exact: true });
    await list.focus();
    for (
      const [key, at] of [["ArrowDown", 1], ["ArrowDown", 2], ["ArrowUp", 1], ["End", 11], [
        "ArrowDown",
        11,
      ]] as const
    ) {
      await page.keyboard.press(key);
      assert.equal(await marked(page), ticks[at], key);
    }
    assert.ok(
      await page.locator("tr[aria-current]").evaluate((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        const box = row.closest(".list")?.getBoundingClientRect();
        return box !== undefined && top >= box.top && bottom <= box.bottom + 1;
      }),
      "the marked row is scrolled to",
    );
    await page.keyboard.press("Home");
    assert.equal(await marked(page), ticks[0]);
    await search.fill("no such word");
    assert.equal(await page.locator("#shown").textContent(), "0 shown");
    assert.equal((await rows(page)).length, 0);
    await search.fill("");
    assert.equal(await page.locator("#shown").textContent(), "37 shown");
    assert.deepEqual(troubles, []);
  }],

  ["everything can be reached and done by keyboard", async (room) => {
    const { page } = await openSelection(room, "outcome != good");
    const reached: string[] = [];
    for (let press = 0; press < 5; press++) {
      await page.keyboard.press("Tab");
      reached.push(
        await page.evaluate(
          "document.activeElement.id || document.activeElement.className || document.activeElement.tagName",
        ),
      );
    }
    assert.deepEqual(reached, ["search", "list", "BUTTON", "session", "state"]);
    await page.locator("tr[aria-current] button").focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "10.653100s");
    await page.locator("tbody tr").last().locator("button").focus();
    await page.keyboard.press("Enter");
    assert.equal(await marked(page), "12.655300s");
  }],

  ["nothing selected is said", async (room) => {
    const { page, troubles } = await openSelection(room, "status == 418");
    assert.deepEqual(await textLines(page, "#session"), ["Nothing is selected."]);
    assert.deepEqual(await accessProblems(page), []);
    assert.deepEqual(troubles, []);
  }],

  ["what a target said cannot become part of the page", async (room) => {
    const { page, troubles } = await openSelection(room, `text contains "Service"`);
    assert.match(await page.title(), /text contains "Service"/);
    assert.equal(await page.locator("script").count(), 2);
    assert.deepEqual(troubles, []);
  }],

  ["axe finds nothing, the page fits any screen, and it looks as it did", async (room) => {
    for (const width of [390, 900, 1440]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, troubles } = await openSelection(room, "outcome != good", {
          width,
          colorScheme,
          deviceScaleFactor: 0.4,
        });
        assert.deepEqual(await accessProblems(page), [], `${width} ${colorScheme}`);
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
        const picture = await page.screenshot({ fullPage: true });
        comparePicture(new URL(`${width}-${colorScheme}.png`, GOLDEN), picture);
        assert.deepEqual(troubles, []);
        await page.close();
      }
    }
  }],
]);
