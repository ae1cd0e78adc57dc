/** Numbers of the HTML report tell which `z6c inspect` shows the requests behind them: that says the same number. */
import assert from "node:assert/strict";
import { readAskedNumber } from "../cli/inspect/asked_number.ts";
import { EntryFold } from "../cli/inspect/entries.ts";
import { filterNames } from "../cli/inspect/filter_names.ts";
import { matcher } from "../cli/inspect/matcher.ts";
import { readFilter } from "../cli/inspect/read_filter.ts";
import { explainNumber } from "../cli/inspect/why.ts";
import type { OpenedLedger } from "../runtime/ledger/reader.ts";
import { reduce } from "../runtime/reduce/reduce.ts";
import { timelineOf } from "../runtime/reduce/timeline_of.ts";
import { count, duration, percent } from "../runtime/report/format.ts";
import { renderHtml } from "../runtime/report/html/document.ts";
import { shopLedger } from "./inspected_run.ts";
import { REPORT_RUNS } from "./report_runs.ts";

const TOLD = /data-inspect="([^"]*)">([^<]*)</g;

type Told = Readonly<{ words: string[]; shown: string }>;

/** What the page of these ledgers tells, as a shell takes it apart. */
function toldBy(ledgers: Parameters<typeof reduce>[0]): Told[] {
  const summary = reduce(ledgers);
  const page = renderHtml(summary, timelineOf(ledgers, summary), ledgers[0].header.plan);
  const plain = (html: string) => html.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  return [...page.matchAll(TOLD)].map(([, words, shown]) => ({
    words: [...plain(words).matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare),
    shown: plain(shown),
  }));
}

/** What `z6c inspect` says for these words. */
function answer(ledger: Pick<OpenedLedger, "header" | "scan">, [first, ...rest]: readonly string[]): string {
  const { plan } = ledger.header;
  const names = filterNames(plan);
  if (first === "--why") {
    const [number, flag, step = null] = rest;
    assert.ok(flag === undefined || flag === "--step");
    const why = explainNumber(ledger, plan, readAskedNumber(number, step, plan, names));
    assert.ok(why !== null);
    return duration(why.valueTicks);
  }
  assert.equal(rest.length, 0);
  const matches = matcher(readFilter(first, names), names);
  let found = 0;
  const fold = new EntryFold(plan, "requests", (entry) => {
    if (matches(entry)) found++;
  });
  ledger.scan((block) => fold.visit(block));
  fold.end();
  return count(found);
}

Deno.test("what is behind a number of the report is that number", () => {
  const { ledger } = shopLedger();
  const told = toldBy([ledger]);
  assert.ok(told.length > 40);
  for (const { words, shown } of told) {
    const found = answer(ledger, words);
    const errors = reduce([ledger]).requests;
    const share = percent(Number(found) / (errors.responded + errors.failed) * 1_000_000);
    assert.equal(shown.endsWith("%") ? share : found, shown, words.join(" "));
  }
});

for (const [name, run] of Object.entries(REPORT_RUNS)) {
  Deno.test(`a report of a run that ${name} tells only what z6c inspect understands`, () => {
    const ledgers = run();
    for (const { words } of toldBy(ledgers)) {
      const names = filterNames(ledgers[0].header.plan);
      const [first, number = "", , step = null] = words;
      if (first === "--why") readAskedNumber(number, step, ledgers[0].header.plan, names);
      else readFilter(first, names);
    }
  });
}
