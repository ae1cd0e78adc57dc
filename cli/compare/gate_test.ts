import assert from "node:assert/strict";
import fc from "fast-check";
import { syntheticPlan } from "../../tests/synthetic_ledger.ts";
import { UserError } from "../../runtime/user_error.ts";
import type { ComparedFigure } from "./comparison.ts";
import { type Gate, judgeGate, readGate } from "./gate.ts";
import { EVERYWHERE } from "./place.ts";

const STAGES = [
  { name: "warm", warmup: true, lengthTicks: 1_000_000, rate: 10 },
  { name: "hold", lengthTicks: 1_000_000, rate: 10 },
];
const A = syntheticPlan({
  flows: [
    { name: "buy", steps: ["log in", { group: "checkout", tags: ["write"], steps: ["pay"] }, "only here"] },
    { name: "gift", steps: ["wrap", "pay"] },
  ],
  setup: ["prepare"],
  stages: STAGES,
});
const B = syntheticPlan({
  flows: [
    { name: "buy", steps: ["log in", { group: "checkout", tags: ["write"], steps: ["pay"] }, "only there"] },
    { name: "gift", steps: ["wrap", "pay"] },
  ],
  stages: STAGES,
});

/** Metric, statistic, place, comparison, limit and its kind. */
const READ: readonly [string, string][] = [
  ["p99 > +5%", "response_time quantile 990000 all > 50000 change"],
  ["response_time p99 > +5%", "response_time quantile 990000 all > 50000 change"],
  ["  p99   >   +5% ", "response_time quantile 990000 all > 50000 change"],
  ["p99>+5%", "response_time quantile 990000 all > 50000 change"],
  ["p99.9 >= +20ms", "response_time quantile 999000 all >= 20000 difference"],
  ["avg > +1h30m", "response_time avg all > 5400000000 difference"],
  ["p50 < -5%", "response_time quantile 500000 all < -50000 change"],
  ["p50 <= −0.5%", "response_time quantile 500000 all <= -5000 change"],
  ["p99 of step log in > +5%", "response_time quantile 990000 step buy/log in > 50000 change"],
  ["p99 > +5% of step log in", "response_time quantile 990000 step buy/log in > 50000 change"],
  ["p99 of step buy/pay > +5%", "response_time quantile 990000 step buy/pay > 50000 change"],
  ["p99 of flow gift, step pay > +5%", "response_time quantile 990000 step gift/pay > 50000 change"],
  [
    "p99 of step wrap of stage hold > +5%",
    "response_time quantile 990000 step gift/wrap stage hold > 50000 change",
  ],
  ["service_time p95 of tag write > +20us", "service_time quantile 950000 tag write > 20 difference"],
  ["group_time p50 of group checkout > +5%", "group_time quantile 500000 step buy/checkout > 50000 change"],
  ["session_time p50 of flow gift > +5%", "session_time quantile 500000 flow gift > 50000 change"],
  ["errors > +0.1%", "errors ratio all > 1000 difference"],
  ["errors ratio of step wrap > +0.1%", "errors ratio step gift/wrap > 1000 difference"],
  ["drops > +1%", "drops ratio all > 10000 difference"],
  ["rate < -5%", "rate rate all < -50000 change"],
  ["rate avg < -10/s", "rate rate all < -10000 difference"],
  ["lag p99 > +1ms", "lag quantile 990000 all > 1000 difference"],
];

for (const [text, expected] of READ) {
  Deno.test(`--fail-on ${JSON.stringify(text)} is understood`, () => {
    const { figure: { metric, statistic, place }, comparison, limit, kind } = readGate(text, A, B);
    const { flow, step, stage, tag } = place;
    const parts = [
      step === null ? (flow === null ? [] : [`flow ${flow}`]) : [`step ${flow}/${step}`],
      stage === null ? [] : [`stage ${stage}`],
      tag === null ? [] : [`tag ${tag}`],
    ].flat();
    const asked = statistic.kind === "quantile" ? `quantile ${statistic.ppm}` : statistic.kind;
    assert.equal(`${metric} ${asked} ${parts.join(" ") || "all"} ${comparison} ${limit} ${kind}`, expected);
  });
}

const REFUSED: readonly [string, RegExp][] = [
  ["", /no comparison with a limit; write one like "p99 > \+5%"/],
  ["p99", /no comparison with a limit/],
  ["p99 = +5%", /no comparison with a limit/],
  ["p99 > 5%", /a limit is a difference and has a sign: "\+5%" or "-5%".*\[\[threshold\]\]/],
  ["p99 > 300ms", /has a sign: "\+300ms"/],
  ["p99 > +5", /no limit of response_time; write one like "response_time p99 > \+5%"/],
  ["p99 > +fast", /is no limit; write one like/],
  ["p99 > +5sec", /no limit of response_time/],
  ["> +5%", /names no figure/],
  ["response_time > +5%", /which statistic of response_time/],
  ["respose_time p99 > +5%", /no metric "respose_time"; did you mean response_time\?/],
  ["speed > +5%", /no metric "speed"; there are response_time/],
  ["max > +5%", /one sample alone decides a max/],
  ["p0 > +5%", /times have no p0/],
  ["p100 > +5%", /times have no p100/],
  ["p99.99999 > +5%", /times have no p99.99999/],
  ["count > +5%", /times have no count/],
  ["errors count > +5%", /errors has no count here/],
  ["errors > +5ms", /no limit of errors; write one like "errors > \+0.1%"/],
  ["errors > +0.00001%", /finer than z6c counts/],
  ["rate p99 > +5%", /rate has no p99/],
  ["p99 of pay > +5%", /"pay" is no part of a run; write "of step pay"/],
  ["p99 of step pay > +5%", /several flows have a step "pay"; say "step buy\/pay" or "step gift\/pay"/],
  ["p99 of step wrp > +5%", /no step "wrp"; did you mean "wrap"\?/],
  ["p99 of step only here > +5%", /only one of the runs has a step "only here"/],
  ["p99 of step only there > +5%", /only one of the runs has a step "only there"/],
  ["p99 of step prepare > +5%", /no step "prepare"/],
  ["p99 of flow setup > +5%", /no flow "setup"/],
  ["p99 of stage warm > +5%", /no stage "warm"; there is "hold"/],
  ["p99 of tag read > +5%", /no tag "read"/],
  ["p99 of step checkout > +5%", /is a group, which has a group_time/],
  ["group_time p99 of step wrap > +5%", /is no group/],
  ["session_time p99 of step wrap > +5%", /session_time spans all steps/],
  ["drops of step wrap > +1%", /a dropped arrival has begun no flow/],
  ["rate of stage hold < -5%", /the rate of a stage is the plan's/],
  ["p99 of step wrap > +5% of stage hold", /no comparison with a limit/],
];

for (const [text, expected] of REFUSED) {
  Deno.test(`--fail-on ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => readGate(text, A, B), (cause) => {
      assert.ok(cause instanceof UserError);
      assert.equal(cause.exitCode, 104);
      assert.ok(cause.message.startsWith(`cannot judge --fail-on ${JSON.stringify(text)}: `));
      assert.match(cause.message, expected);
      return true;
    });
  });
}

Deno.test("whatever is written behind --fail-on, the answer is for people", () => {
  const words = fc.constantFrom(
    "p99",
    "errors",
    "rate",
    ">",
    "<=",
    "+5%",
    "-1ms",
    "of",
    "step",
    "wrap",
    "stage",
    ",",
    "/",
    "5",
    "%",
  );
  const text = fc.oneof(fc.string(), fc.array(words, { maxLength: 9 }).map((parts) => parts.join(" ")));
  fc.assert(
    fc.property(text, (written) => {
      try {
        readGate(written, A, B);
      } catch (cause) {
        assert.ok(cause instanceof UserError, String(cause));
      }
    }),
    { numRuns: 2_000 },
  );
});

const FIGURE: ComparedFigure = {
  metric: "response_time",
  statistic: "p99",
  unit: "ticks",
  baseline: 40_000,
  candidate: 44_000,
  samples: { baseline: 5_000, candidate: 5_000 },
  difference: { value: 4_000, low: 2_000, high: 6_000 },
  change: { value: 100_000, low: 50_000, high: 150_000 },
  finding: "worse",
  why: null,
};

/** What is asked, of what figure, and what comes of it. */
const JUDGED: readonly [string, Partial<ComparedFigure>, string, boolean, RegExp][] = [
  ["p99 > +4.9%", {}, "holds", true, /^\+10.0% \(\+5.00% … \+15.0%\)$/],
  ["p99 > +5%", {}, "not sure", false, /^\+10.0%/],
  ["p99 >= +5%", {}, "holds", true, /^\+10.0%/],
  ["p99 > +14.9%", {}, "not sure", false, /./],
  ["p99 > +15%", {}, "does not hold", false, /./],
  ["p99 >= +15%", {}, "not sure", false, /./],
  ["p99 < -1%", {}, "does not hold", false, /./],
  ["p99 < +20%", {}, "holds", true, /./],
  ["p99 > +1.9ms", {}, "holds", true, /^\+4.00ms \(\+2.00ms … \+6.00ms\)$/],
  ["p99 > +6ms", {}, "does not hold", false, /./],
  [
    "p99 > +1%",
    { change: null, baseline: 0 },
    "not judged",
    false,
    /0 in A, of which nothing is a percentage/,
  ],
  ["p99 > +1%", { candidate: null, change: null, difference: null }, "nothing", true, /nothing to judge/],
  [
    "p99 > +1%",
    {
      change: { value: 100_000, low: null, high: null },
      difference: { value: 4_000, low: null, high: null },
      finding: "unknown",
      why: "it takes 10 samples beyond it, and there are 4",
    },
    "not judged",
    false,
    /^\+10.0%; it takes 10 samples/,
  ],
];

for (const [text, change, outcome, fails, found] of JUDGED) {
  Deno.test(`${text} of ${JSON.stringify(change).slice(0, 60)}: ${outcome}`, () => {
    const result = judgeGate(readGate(text, A, B), { ...FIGURE, ...change });
    assert.deepEqual([result.outcome, result.fails], [outcome, fails]);
    assert.match(result.found, found);
    assert.equal(result.text, text);
  });
}

Deno.test("a share is judged in percentage points", () => {
  const errors: ComparedFigure = {
    ...FIGURE,
    metric: "errors",
    statistic: "ratio",
    unit: "ppm",
    difference: { value: 2_000, low: 1_100, high: 2_900 },
    change: null,
  };
  const gate: Gate = readGate("errors > +0.1%", A, B);
  assert.deepEqual(gate.figure.place, EVERYWHERE);
  assert.deepEqual(judgeGate(gate, errors), {
    text: "errors > +0.1%",
    outcome: "holds",
    found: "+0.20 pp (+0.11 … +0.29 pp)",
    fails: true,
  });
});
