import assert from "node:assert/strict";
import fc from "fast-check";
import type { Plan, Statistic, Threshold } from "../../runtime/plan.ts";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { abortAfter, mostSamples } from "./abort.ts";
import { abortRefusals, lowerThresholds } from "./thresholds.ts";
import { sampleThreshold } from "../../tests/sample_scenario.ts";

const ALL = { flow: -1, step: -1, stage: -1, tag: -1 };
const quantile = (ppm: number): Statistic => ({ kind: "quantile", ppm });
const RATIO: Statistic = { kind: "ratio" };

/** 1,000 sessions of these flows. */
const planOf = (...flows: SampleStep[][]): Plan =>
  samplePlan({ flows, load: constantLoad(100, 10_000_000), tags: ["read"] });

const retry = { times: 2, errors: [], statuses: [], minTicks: 1, maxTicks: 1 };

Deno.test("the most samples: sessions, passes, tries and redirects, of what the filters name", () => {
  const plan = planOf(
    [
      { get: "/a", tags: [0] },
      {
        group: "g",
        repeat: [0, 4],
        tags: [0],
        steps: [{ get: "/b", tags: [0], repeat: [1, 3] }, { think: [1, 1] }],
      },
    ],
    [{ get: "/c", request: { retry, redirects: 5 } }],
    [{ group: "h", steps: [{ get: "/d" }] }],
  );
  const [a, g, b, , c] = plan.steps.keys();
  const cases: [Partial<Threshold>, most: number][] = [
    [{}, 18_000],
    [{ flow: 0 }, 13_000],
    [{ flow: 2 }, 1_000],
    [{ flow: 0, step: a }, 1_000],
    [{ flow: 0, step: b }, 12_000],
    [{ flow: 1, step: c }, 18_000],
    [{ tag: 0 }, 13_000],
    [{ tag: 0, flow: 1 }, 0],
    [{ metric: "group_time" }, 4_000],
    [{ metric: "group_time", flow: 0, step: g }, 4_000],
    [{ metric: "group_time", flow: 2 }, 1_000],
    [{ metric: "session_time" }, 1_000],
    [{ metric: "drops" }, 1_000],
    [{ metric: "checks", flow: 0 }, 13_000],
  ];
  const plain = { metric: "lag", statistic: RATIO, comparison: "<", limit: 0, ...ALL } as const;
  for (const [changes, most] of cases) {
    const threshold = { ...plain, ...changes };
    assert.equal(mostSamples(threshold, plan), BigInt(most), JSON.stringify(changes));
  }
});

Deno.test("the checks of a request are its status, its expectations and its captures", () => {
  const request = {
    expect: {
      status: [],
      withinTicks: 5,
      headers: [{ name: "x", test: { kind: "exists", wanted: true } }],
      json: [],
      body: [{ kind: "contains", text: "a" }, { kind: "contains", text: "b" }],
    },
    captures: [{ capture: 0, from: { kind: "cookie", name: "c", pattern: null }, optional: true }],
  } as const;
  const plan = planOf([{ get: "/", request }]);
  const threshold = { metric: "checks", statistic: RATIO, comparison: ">", limit: 0, ...ALL } as const;
  assert.equal(mostSamples(threshold, plan), 6_000n);
});

Deno.test("warm-up has no samples; a stage its own; poisson arrivals some more than their mean", () => {
  const plan = planOf([{ get: "/" }]);
  assert(plan.load.model === "open");
  const [stage] = plan.load.stages;
  const stages = [{ ...stage, warmup: true }, { ...stage, sessions: 100 }, { ...stage, sessions: 7 }];
  const of = (load: Plan["load"], at = -1) =>
    mostSamples(
      { metric: "lag", statistic: RATIO, comparison: "<", limit: 0, ...ALL, stage: at },
      { ...plan, load },
    );
  const load = { ...plan.load, stages };
  assert.deepEqual([of(load), of(load, 0), of(load, 1), of(load, 2)], [107n, 0n, 100n, 7n]);
  assert.equal(of({ ...load, arrivals: "poisson", stages: [stage] }), BigInt(1_000 + 190));
  const closed = {
    model: "closed",
    iterations: 9,
    maxVus: 1,
    paceTicks: 0,
    gracefulStopTicks: 0,
    stages: [{ name: "s", warmup: false, startTick: 0, lengthTicks: 0, vusStart: 1, vusEnd: 1 }],
  } as const;
  assert.equal(of(closed), 9n);
  assert.equal(of({ ...closed, iterations: 0 }), null);
});

Deno.test("after how many samples a threshold is lost", () => {
  const plan = planOf([{ get: "/" }]);
  const cases: [Statistic, Threshold["comparison"], limit: number, after: number][] = [
    [quantile(990_000), "<", 5, 10],
    [quantile(999_500), "<=", 5, 0],
    [quantile(500_000), "<", 5, 500],
    [quantile(1_000_000), "<", 5, 0],
    [{ kind: "max" }, "<", 5, 0],
    [{ kind: "min" }, ">", 5, 0],
    [{ kind: "count" }, "<=", 5, 5],
    [{ kind: "count" }, "<", 5, 4],
    [{ kind: "count" }, "<", 0, 0],
    [RATIO, "<", 15_000, 15],
    [RATIO, "<=", 999, 0],
    [RATIO, ">", 990_000, 10],
  ];
  for (const [statistic, comparison, limit, after] of cases) {
    const found = abortAfter({ metric: "errors", statistic, comparison, limit, ...ALL }, plan);
    assert.equal(found, after, `${JSON.stringify(statistic)} ${comparison} ${limit}`);
  }
});

Deno.test("once more samples than that are beyond the limit, no end of the run meets it", () => {
  const plan = planOf([{ get: "/" }]);
  const most = 1_000;
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.integer({ min: 0, max: most }),
    (ppm, total) => {
      const after = abortAfter(
        { metric: "lag", statistic: quantile(ppm), comparison: "<=", limit: 5, ...ALL },
        plan,
      ) ?? -1;
      const beyond = after + 1;
      if (beyond > total) return;
      // Nearest rank over `total` samples of which `beyond`, the highest, are above the limit.
      const rank = Math.ceil((ppm * total) / 1_000_000);
      assert(rank > total - beyond, `p${ppm} of ${total} with ${beyond} beyond`);
    },
  ));
});

Deno.test("a share of what nobody can bound is refused where abort stands", () => {
  const plan = {
    ...planOf([{ get: "/" }]),
    load: {
      model: "closed",
      iterations: 0,
      maxVus: 1,
      paceTicks: 0,
      gracefulStopTicks: 0,
      stages: [{ name: "s", warmup: false, startTick: 0, lengthTicks: 9, vusStart: 1, vusEnd: 1 }],
    },
  } as const;
  const abortPlace = { line: 7, column: 1, endLine: 7, endColumn: 2 };
  const of = (
    changes: Parameters<typeof sampleThreshold>[0],
  ) => [sampleThreshold({ abort: true, abortPlace, ...changes })];
  for (const statistic of [quantile(990_000), RATIO]) {
    const [refused, ...others] = abortRefusals(of({ statistic }), plan, "a.toml");
    assert.deepEqual([refused.code, refused.place, others], ["Z1555", abortPlace, []]);
    assert.deepEqual(abortRefusals(of({ statistic, abort: false }), plan, "a.toml"), []);
    assert.deepEqual(abortRefusals(of({ statistic }), planOf([{ get: "/" }]), "a.toml"), []);
  }
  for (const kind of ["max", "min", "count"] as const) {
    assert.deepEqual(abortRefusals(of({ statistic: { kind } }), plan, "a.toml"), []);
  }
  const gap = { metric: "message_gap", statistic: quantile(990_000) } as const;
  const [refused] = abortRefusals(of(gap), planOf([{ get: "/" }]), "a.toml");
  assert.match(refused.message, /ask for max/);
});

Deno.test("thresholds name steps by their number in the plan, and lose what only the compiler needs", () => {
  const plan = planOf([{ get: "/a" }], [{ get: "/b" }, { group: "g", steps: [{ get: "/a" }] }]);
  const lowered = lowerThresholds([
    sampleThreshold({ limit: 3 }),
    sampleThreshold({ flow: 0, step: "/a", tag: 0, invalidates: true }),
    sampleThreshold({ flow: 1, step: "/a", stage: 4, abort: true }),
    sampleThreshold({ flow: 1, step: "g" }),
  ], plan);
  assert.deepEqual(
    lowered.map(({ flow, step, stage, tag, abortAfter, invalidates }) => [
      flow,
      step,
      stage,
      tag,
      abortAfter,
      invalidates,
    ]),
    [[-1, -1, -1, -1, -1, false], [0, 0, -1, 0, -1, true], [1, 3, 4, -1, 0, false], [
      1,
      2,
      -1,
      -1,
      -1,
      false,
    ]],
  );
  assert.deepEqual(Object.keys(lowered[0]).sort(), [
    "abortAfter",
    "comparison",
    "flow",
    "invalidates",
    "limit",
    "metric",
    "stage",
    "statistic",
    "step",
    "tag",
    "text",
  ]);
});
