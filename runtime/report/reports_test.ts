/** Whole reports against those checked in under tests/golden/reports; `UPDATE_GOLDEN=1` writes them anew. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { REPORT_RUNS } from "../../tests/report_runs.ts";
import { reduce } from "../reduce/reduce.ts";
import { renderJson } from "./json.ts";
import { renderText } from "./text.ts";
import { textWidth } from "../text_width.ts";

const GOLDEN = new URL("../../tests/golden/reports/", import.meta.url);
const FILES = [["ledger", "z6c-out/health.z6log"], ["report", "z6c-out/health.html"]] as const;

const COLOURS = /\p{Cc}\[\d+m/gu;

for (const [name, run] of Object.entries(REPORT_RUNS)) {
  const summary = reduce(run());
  for (const width of [60, 80, 120]) {
    Deno.test(`the text report of a run that ${name}, ${width} wide`, () => {
      const text = renderText(summary, { width, color: false, files: FILES });
      compare(name, `expected.${width}.txt`, text);
      // Titles and texts can be broken; a word that is longer than the line cannot.
      for (const line of text.split("\n")) assert.ok(line.length <= width, `${line.length}: ${line}`);
    });
  }

  Deno.test(`the text report of a run that ${name} stays within any screen from 40 columns on`, () => {
    for (const width of [40, 43, 46, 50]) {
      const files = [["ledger", "z6c-out/health.z6log"]] as const;
      for (const line of renderText(summary, { width, color: false, files }).split("\n")) {
        assert.ok(textWidth(line) <= width, `${width}: ${line}`);
      }
    }
  });

  Deno.test(`colour changes no letter of the report of a run that ${name}`, () => {
    const coloured = renderText(summary, { width: 80, color: true, files: FILES });
    const plain = coloured.replace(COLOURS, "");
    assert.equal(plain, renderText(summary, { width: 80, color: false, files: FILES }));
    assert.notEqual(coloured, plain);
  });

  Deno.test(`the JSON report of a run that ${name}`, () => {
    const json = renderJson(summary);
    compare(name, "expected.json", json);
    assert.deepEqual(JSON.parse(json), summary);
  });
}

function compare(name: string, file: string, text: string): void {
  const path = new URL(`${name}/${file}`, GOLDEN);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    mkdirSync(new URL(".", path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, "utf8"));
}
