import assert from "node:assert/strict";
import type { Finding, Meanwhile } from "../reduce/diagnosis/diagnosis.ts";
import type { Summary } from "../reduce/summary.ts";
import { REPORT_RUNS } from "../../tests/report_runs.ts";
import { reduce } from "../reduce/reduce.ts";
import { diagnosisSentences } from "./diagnosis_words.ts";

const SUMMARY: Summary = reduce(REPORT_RUNS.failed());
const PAY = { flow: "buy", step: "pay" };
const HOME = { flow: "browse", step: "home" };
const LATE: Meanwhile["generator"] = { lagP99Ticks: 312_345, gapTicks: 0, isBusy: false, isFine: false };
const FINE: Meanwhile["generator"] = { lagP99Ticks: null, gapTicks: 0, isBusy: false, isFine: true };
const QUIET: Meanwhile = { errors: [], stage: null, load: null, generator: FINE };
const ROSE = {
  kind: "response-time-rose",
  quantile: "p99",
  spans: [{ fromTick: 42_000_000, toTick: 70_000_000 }],
  spansInAll: 1,
  steps: [{ ...PAY, beforeTicks: 12_100, afterTicks: 838_000 }],
  stepsInAll: 1,
  meanwhile: QUIET,
} as const;
const ROSE_WORDS = "p99 of step pay rose from 12ms to 840ms at 42s (until 1 min 10 s)";

const WORDS: [Finding, string][] = [
  [ROSE, `${ROSE_WORDS}; z6c's own lag was fine (p99 below 1ms)`],
  [
    { ...ROSE, meanwhile: { ...QUIET, generator: LATE } },
    `${ROSE_WORDS}; z6c's own lag was p99 310ms then: the fault may be here`,
  ],
  [
    { ...ROSE, meanwhile: { ...QUIET, generator: { ...LATE, gapTicks: 1_234_567, isBusy: true } } },
    `${ROSE_WORDS}; z6c's own lag was p99 310ms then, its loop stood still for 1.2s, it was busy nearly all of the run: the fault may be here`,
  ],
  [
    {
      ...ROSE,
      spans: [{ fromTick: null, toTick: 2_000_000 }, { fromTick: 5_000_000, toTick: 7_000_000 }, {
        fromTick: 9_000_000,
        toTick: null,
      }],
      spansInAll: 5,
      steps: [ROSE.steps[0], { ...HOME, beforeTicks: 1, afterTicks: 9900 }],
      stepsInAll: 2,
    },
    "p99 of step pay rose from 12ms to 840ms 5 times: until 2s, from 5s to 7s, from 9s on, and 2 more, and at step home (to 9.9ms), too; z6c's own lag was fine (p99 below 1ms)",
  ],
  [
    {
      kind: "errors",
      what: { kind: "unexpected", status: 200, name: null },
      count: 30,
      requests: 40,
      sharePpm: 750_000,
      firstTick: 0,
      spans: [{ fromTick: 1_000_000, toTick: 2_000_000 }, { fromTick: 5_000_000, toTick: null }],
      steps: [{ ...PAY, count: 20, sharePpm: 800_000 }, { ...HOME, count: 10, sharePpm: 600_000 }],
      stepsInAll: 2,
    },
    "200s with failed checks from 2 steps from 1s to 2s, from 5s on: 30 of 40 responses then (75%), 20 of them from step pay",
  ],
  [
    {
      kind: "errors",
      what: { kind: "unexpected", status: 605, name: "NOT_FOUND" },
      count: 40,
      requests: 40,
      sharePpm: 1_000_000,
      firstTick: 0,
      spans: [{ fromTick: null, toTick: null }],
      steps: [{ ...PAY, count: 40, sharePpm: 1_000_000 }],
      stepsInAll: 1,
    },
    "NOT_FOUND from step pay from beginning to end: all 40 responses",
  ],
  [
    {
      kind: "periodic-stalls",
      everyTicks: 1_003_000,
      lengthTicks: 498_000,
      times: 40,
      span: { fromTick: 20_000_000, toTick: null },
      slowerMillis: 31_400,
    },
    "Response time was up to 31 times the usual again and again: every 1s for some 500ms, 40 times from 20s on",
  ],
  [
    { kind: "threshold-missed", text: "errors ratio < 1%", byPpm: null, step: { ...PAY, sharePpm: 920_000 } },
    "errors ratio < 1% was missed; 92% of what is beyond it came from step pay",
  ],
  [
    { kind: "threshold-missed", text: "p99 < 1s", byPpm: 0, step: null },
    "p99 < 1s was missed by almost nothing",
  ],
];
for (const [finding, words] of WORDS) {
  Deno.test(`in words: ${words}`, () => {
    assert.deepEqual(diagnosisSentences({ ...SUMMARY, diagnosis: [finding] }), [words]);
  });
}

Deno.test("steps of one name are told with their flows", () => {
  const [step] = SUMMARY.steps;
  const steps = [{ ...step, flow: "buy", step: "pay" }, { ...step, flow: "gift", step: "pay" }];
  const [sentence] = diagnosisSentences({ ...SUMMARY, steps, diagnosis: [ROSE] });
  assert.ok(sentence.startsWith("p99 of step buy/pay rose"));
});
