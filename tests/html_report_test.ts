/** The HTML report as text; how it looks and works in a browser, tests/browser/report_page_test.ts says. */
import assert from "node:assert/strict";
import { pageAssets } from "../cli/report_page/bundle.ts";
import type { ReducibleLedger } from "../runtime/reduce/first_pass.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import type { Summary } from "../runtime/reduce/summary.ts";
import { timelineOf } from "../runtime/reduce/timeline_of.ts";
import { renderHtml } from "../runtime/report/html/document.ts";
import { REPORT_RUNS } from "./report_runs.ts";
import { inFolder, runToEnd, Z6C } from "./running.ts";
import { writeScenario } from "./scenario_text.ts";

function report(ledgers: readonly ReducibleLedger[]): { html: string; summary: Summary } {
  const summary = reduce(ledgers);
  return { summary, html: renderHtml(summary, timelineOf(ledgers, summary), ledgers[0].header.plan) };
}

Deno.test("the page that the runtime carries is what cli/report_page makes", async () => {
  const carried = await Deno.readTextFile(new URL("../runtime/report/html/page_assets.ts", import.meta.url));
  assert.ok(carried === await pageAssets(), "run `deno run -A cli/report_page/bundle.ts`");
});

for (const [name, run] of Object.entries(REPORT_RUNS)) {
  Deno.test(`the page of a run that ${name} is the same for the same ledgers, and names nothing to load`, () => {
    const { html, summary } = report(run());
    assert.equal(html, report(run()).html);
    assert.ok(html.length < 2_000_000);
    assert.match(html, new RegExp(`<p class="word" id="verdict">.*${summary.verdict.verdict}</p>`));
    assert.doesNotMatch(html, /\b(?:src|srcset|action|poster)\s*=\s*["']?(?:https?:)?\/\//i);
    assert.doesNotMatch(html, /<(?:iframe|object|embed|base|img)\b|@import|\burl\(/i);
    assert.doesNotMatch(html, /undefined|NaN|\[object/);
  });
}

Deno.test("what a target said cannot become part of the page", () => {
  const { summary, html } = report(REPORT_RUNS.failed());
  assert.match(JSON.stringify(summary), /<html>/);
  assert.equal(html.match(/<html/g)?.length, 1);
  const evil = `</script><script>alert(1)</script><img src=x onerror="alert(2)">`;
  const [ledger] = REPORT_RUNS.failed();
  const { plan } = ledger.header;
  const flows = plan.flows.map((flow) => ({ ...flow, name: evil }));
  const renamed = { ...ledger, header: { ...ledger.header, plan: { ...plan, flows, name: evil } } };
  assert.ok(!report([renamed]).html.includes("<img"));
  assert.equal(report([renamed]).html.match(/<script/g)?.length, html.match(/<script/g)?.length);
});

Deno.test("z6c writes the page beside the ledger, of a simulation and of shards", async () => {
  await inFolder(async (folder) => {
    const load = `model = "open"\nmax_vus = 9\nstages = [{ for = "20s", rate = "20/s" }]`;
    const scenario = writeScenario(folder, { base: "http://127.0.0.1:9", load });
    const simulate = ["simulate", scenario, "--out", `${folder}/out`, "--quiet"];
    for (const shard of [["--report", "html,json"], ["--shard", "1/2"], ["--shard", "2/2"]]) {
      const { code, stderr } = await runToEnd([...Z6C, ...simulate, ...shard], { cwd: folder });
      assert.equal(code, 0, stderr);
    }
    const files = [...Deno.readDirSync(`${folder}/out`)].map(({ name }) => `${folder}/out/${name}`);
    const page = files.find((path) => path.endsWith(".html")) ?? "";
    assert.match(await Deno.readTextFile(page), /<title>small: passed<\/title>/);
    assert.equal(page.replace(/html$/, "json"), files.find((path) => path.endsWith(".json")));
    const shards = files.filter((path) => /-\dof2\.z6log$/.test(path));
    const { code } = await runToEnd([...Z6C, "report", ...shards, "--report", "html"], { cwd: folder });
    assert.equal(code, 0);
    const pages = [...Deno.readDirSync(`${folder}/out`)].filter(({ name }) => name.endsWith(".html"));
    assert.ok(pages.some(({ name }) => />2 of 2</.test(Deno.readTextFileSync(`${folder}/out/${name}`))));
  });
});
