/**
 * The HTML report in a real browser: its numbers are those of the JSON report, all of its controls do what they say, and
 * it looks as it did (tests/golden/html; `UPDATE_GOLDEN=1` writes the pictures anew).
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { reduce } from "../../runtime/reduce/reduce.ts";
import type { RequestTotals, Summary } from "../../runtime/reduce/summary.ts";
import { timelineOf } from "../../runtime/reduce/timeline_of.ts";
import { count, duration, percent } from "../../runtime/report/format.ts";
import { renderHtml } from "../../runtime/report/html/document.ts";
import { REPORT_RUNS } from "../report_runs.ts";
import { accessProblems, type Look, openFile, type Watched } from "./chromium.ts";
import { comparePicture } from "./compared_picture.ts";
import { type Room, testInChromium } from "./test_in_chromium.ts";

const GOLDEN = new URL("../golden/html/", import.meta.url);

type Opened = Watched & { summary: Summary };
type Opener = (name: keyof typeof REPORT_RUNS, look?: Look) => Promise<Opened>;

const looks: [name: string, look: (room: Room) => Promise<void>][] = [];

function inBrowser(name: string, look: (open: Opener) => Promise<void>): void {
  looks.push([name, (room) => look((run, look = { width: 1440 }) => openReport(room, run, look))]);
}

const summaries = new Map<string, Summary>();

/** Each page is written once for all looks. */
async function openReport({ browser, folder }: Room, name: keyof typeof REPORT_RUNS, look: Look) {
  const path = join(folder, `${name}.html`);
  let summary = summaries.get(name);
  if (summary === undefined) {
    const ledgers = REPORT_RUNS[name]();
    summary = reduce(ledgers);
    summaries.set(name, summary);
    const html = renderHtml(summary, timelineOf(ledgers, summary), ledgers[0].header.plan);
    await Deno.writeTextFile(path, html);
  }
  return { ...await openFile(browser, path, look), summary };
}

/** How many requests the charts say ended. */
async function endedShown(page: Page): Promise<string> {
  const text = await page.locator("#selected").textContent() ?? "";
  return /: ([\d,]+) ended/.exec(text)?.[1] ?? text;
}

function ended({ responded, failed, cancelled }: RequestTotals): string {
  return count(responded + failed + cancelled);
}

/** The cells of the row whose head is that. */
async function row(page: Page, section: string, head: string): Promise<string[]> {
  const rows = await page.locator(`${section} tbody tr`).evaluateAll((rows) =>
    rows.map((row) => [...row.children].map(({ textContent }) => (textContent ?? "").trim()))
  );
  return rows.find(([first]) => first === head) ?? [];
}

inBrowser("numbers are those of the JSON report, whole and of every part", async (open) => {
  const { page, summary, troubles } = await open("failed");
  const { requests, sessions, responseTime, thresholds } = summary;
  assert.ok(responseTime !== null);
  const figure = (name: string) => page.locator(`[data-figure=${name}]`).textContent();
  assert.equal(await figure("issued"), count(requests.issued));
  assert.equal(await figure("sessions"), count(sessions.started));
  assert.equal(await figure("p50"), duration(responseTime.p50));
  assert.equal(await figure("p99"), duration(responseTime.p99));
  assert.equal(await figure("max"), duration(responseTime.max));
  const ratio = (requests.errors * 1_000_000) / (requests.responded + requests.failed);
  assert.equal(await figure("errors"), percent(ratio));
  assert.equal(await page.locator("#thresholds tbody tr").count(), thresholds.length);
  const { count: samples, avg, min, p50, p90, p95, p99, p999, max } = responseTime;
  assert.deepEqual(await row(page, "#times", "response"), [
    "response",
    count(samples),
    ...[avg, min, p50, p90, p95, p99, p999, max].map((ticks) => duration(ticks)),
  ]);
  for (const step of summary.steps) {
    const [, flow, issued, , errors, ...times] = await row(page, "#parts", step.step);
    assert.deepEqual([flow, issued, errors], [
      step.flow,
      count(step.requests.issued),
      count(step.requests.errors),
    ]);
    const of = step.responseTime;
    if (of !== null) {
      assert.deepEqual(
        times,
        [of.avg, of.p50, of.p95, of.p99, of.max].map((ticks) => duration(ticks)),
      );
    }
  }

  assert.equal(await endedShown(page), ended(requests));
  for (const step of summary.steps) {
    await page.selectOption("#step", { label: `${step.flow} / ${step.step}` });
    assert.equal(await endedShown(page), ended(step.requests), step.step);
    assert.equal(await page.locator("#flow option:checked").textContent(), step.flow);
  }
  await page.click("#reset-filters");
  for (const stage of summary.stages) {
    await page.selectOption("#stage", { label: stage.name });
    assert.equal(await endedShown(page), ended(stage.requests), stage.name);
  }
  await page.click("#reset-filters");
  const byClass = Map.groupBy(summary.statuses, ({ status }) => `${Math.floor(status / 100)}xx`);
  for (const [label, statuses] of byClass) {
    await page.selectOption("#outcome", { label });
    assert.equal(await endedShown(page), count(statuses.reduce((sum, one) => sum + one.count, 0)), label);
  }
  assert.deepEqual(troubles, []);
});

inBrowser("the spectrum's table has the exact quantiles", async (open) => {
  const { page, summary: { responseTime } } = await open("failed");
  await page.locator("#chart-spectrum summary").click();
  for (const [name, ticks] of [["min", "min"], ["p50", "p50"], ["p99", "p99"], ["max", "max"]] as const) {
    assert.equal((await row(page, "#chart-spectrum", name))[1], duration(responseTime?.[ticks] ?? 0), name);
  }
});

inBrowser("every control does what it says", async (open) => {
  const { page, troubles } = await open("failed");
  const label = (chart: string) => page.locator(`#chart-${chart} .plot`).getAttribute("aria-label");
  const whole = await label("response");
  const all = await label("requests");
  for (const id of ["flow", "step", "stage", "outcome"]) {
    for (
      const value of await page.locator(`#${id} option`).evaluateAll((all) =>
        all.map((one) => one.getAttribute("value") ?? "")
      )
    ) {
      await page.selectOption(`#${id}`, value);
    }
    await page.selectOption(`#${id}`, { index: 1 });
    assert.notEqual(await label("requests"), all, id);
    await page.click("#reset-filters");
    assert.equal(await label("requests"), all, id);
  }
  const p99 = await label("steps");
  for (const measure of ["p50", "p90", "max", "ended", "errors"]) {
    await page.selectOption("#measure", measure);
    // With so few requests in each stretch of time, p90 and the greatest may be p99.
    if (measure === "p90" || measure === "max") continue;
    assert.notEqual(await label("steps"), p99, measure);
  }

  // Zoom by drag, for all charts over time; by keys; and back.
  await page.locator("#chart-requests").evaluate((figure) =>
    figure.scrollIntoView({ block: "center", behavior: "instant" })
  );
  const box = await page.locator("#chart-requests .u-over").boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
  await page.mouse.up();
  assert.match(await page.locator("#selected").textContent() ?? "", /Shown: /);
  assert.notEqual(await label("response"), whole);
  assert.ok(await page.locator("#reset-zoom").isEnabled());
  await page.click("#reset-zoom");
  assert.equal(await label("response"), whole);
  await page.locator("#chart-response .plot").focus();
  await page.keyboard.press("+");
  assert.notEqual(await label("response"), whole);
  assert.notEqual(await label("requests"), null);
  await page.keyboard.press("Escape");
  assert.equal(await label("response"), whole);
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  assert.match(await page.locator("#spoken").textContent() ?? "", /p50 .*p99 /);
  await page.keyboard.press("-");

  // Hovering one chart reads the others.
  await page.locator("#chart-requests").evaluate((figure) =>
    figure.scrollIntoView({ block: "center", behavior: "instant" })
  );
  await page.mouse.move(box.x + box.width / 2, box.y + 80);
  assert.match(await page.locator("#chart-response .legend output").first().textContent() ?? "", /\d/);
  assert.match(await page.locator("#chart-lag .legend .at").textContent() ?? "", /\d/);

  const key = page.locator("#chart-response .legend button").first();
  await key.press("Enter");
  assert.equal(
    await page.locator("#chart-response .legend button").first().getAttribute("aria-pressed"),
    "false",
  );
  await page.locator("#chart-response .legend button").first().press("Enter");
  await page.uncheck("#log");
  await page.check("#log");

  for (const details of await page.locator("figure details").all()) {
    await details.locator("summary").click();
    if (await details.locator("tbody").count() > 0) assert.ok(await details.locator("tbody tr").count() > 1);
    await details.locator("summary").click();
  }
  const colours = () => page.evaluate("document.documentElement.dataset.colours");
  for (const theme of ["Dark", "Light"]) {
    await page.getByText(theme, { exact: true }).click();
    assert.equal(await colours(), theme.toLowerCase());
  }
  await page.getByText("System", { exact: true }).click();
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator("html[data-colours=dark]").waitFor();
  for (const link of await page.locator("nav a").all()) await link.click();
  await page.getByText("The plan", { exact: true }).click();
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.locator(".filters").isHidden());
  assert.deepEqual(troubles, []);
});

inBrowser("a number tells the command that shows the requests behind it", async (open) => {
  const { page, troubles } = await open("failed");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const bar = page.locator("#behind");
  assert.ok(await bar.isHidden());
  const number = page.locator("[data-figure=p99] button");
  await number.press("Enter");
  assert.ok(await bar.isVisible());
  assert.equal(await page.locator("#behind-number").textContent(), await number.textContent());
  const command = page.locator("#behind-command");
  assert.equal(await command.textContent(), "z6c inspect LEDGER --why p99");
  await page.click("#behind-copy");
  await page.locator("#behind-copy", { hasText: /^Copied$/ }).waitFor();
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), await command.textContent());
  assert.deepEqual(await accessProblems(page), []);
  await page.locator("#parts tbody tr").nth(1).getByRole("button").last().click();
  assert.match(await command.textContent() ?? "", /^z6c inspect LEDGER --why max --step \w+\/\w+$/);
  await page.keyboard.press("Escape");
  assert.ok(await bar.isHidden());
  assert.equal(await page.evaluate("document.activeElement.dataset.inspect.startsWith('--why max')"), true);
  await page.locator("#statuses tbody button").first().click();
  await page.click("#behind-close");
  assert.ok(await bar.isHidden());
  assert.deepEqual(troubles, []);
});

inBrowser("runs of all kinds open without a word on the console, and fit any screen", async (open) => {
  for (const name of ["messages", "invalid", "refused", "nothing", "setup-failed", "sharded"] as const) {
    const { page, troubles } = await open(name, { width: 390 });
    await page.waitForSelector("html[data-ready=true]");
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390, name);
    assert.deepEqual(troubles, [], name);
    await page.close();
  }
});

inBrowser("axe finds nothing that keeps people out", async (open) => {
  for (
    const [name, colorScheme] of [["failed", "light"], ["failed", "dark"], ["messages", "light"]] as const
  ) {
    const { page } = await open(name, { width: 1440, colorScheme });
    await page.evaluate(
      "document.querySelectorAll('#origin details, #chart-spectrum details').forEach((one) => one.open = true)",
    );
    assert.deepEqual(await accessProblems(page), [], `${name} ${colorScheme}`);
    await page.close();
  }
});

inBrowser("it looks as it did, light and dark, at three widths", async (open) => {
  for (const width of [390, 900, 1440]) {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open("failed", { width, colorScheme, deviceScaleFactor: 0.3 });
      await page.addStyleTag({ content: ".top, .filters { position: static !important }" });
      const clip = { x: 0, y: 0, width, height: 3000 };
      comparePicture(
        new URL(`${width}-${colorScheme}.png`, GOLDEN),
        await page.screenshot({ fullPage: true, clip }),
      );
      await page.close();
    }
  }
});

testInChromium("the report in Chromium", looks);
