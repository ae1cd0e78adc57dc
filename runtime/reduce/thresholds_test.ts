import assert from "node:assert/strict";
import {
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
  WHOLE_LOAD,
} from "../../tests/synthetic_ledger.ts";
import { ERROR } from "../ledger/errors.ts";
import { END } from "../ledger/record.ts";
import type { Metric, Statistic, Threshold } from "../plan.ts";
import { reduce } from "./reduce.ts";
import type { Scope } from "./scope.ts";
import type { Unit } from "./summary.ts";

const SECOND = 1_000_000;
const STEP = { a: 0, group: 1, b: 2 };
const TAG = { read: 0, slow: 1 };
/** By session. */
const GROUP_PASSES = [[{ a: 150, b: 50, c: 0 }], [{ a: 400, b: 100, c: 1 }, { a: 300, b: 0, c: 0 }]];

/**
 * Four sessions of one request each, a second apart, on steps a, a, b, b of flows 0, 0, 1, 1; the first two in stage
 * 0, the others in stage 1. Responses after 100, 200 and 300 ticks, of which the second is not as expected, and one
 * refused connection after 50. The first two sessions pass through a group; one pass of three does not go through.
 */
const RECORDS: SyntheticRecord[] = [0, 1, 2, 3].flatMap((session): SyntheticRecord[] => {
  const on = { session, vu: session };
  const flow = session < 2 ? 0 : 1;
  const step = flow === 0 ? STEP.a : STEP.b;
  const tick = session * SECOND;
  const took = session === 3 ? 50 : 100 * (session + 1);
  const end: SyntheticRecord = session === 3
    ? {
      ...on,
      step,
      tick: tick + took,
      kind: "requestFailed",
      a: ERROR["connect.refused"],
      c: 0xffff_ffff,
    }
    : {
      ...on,
      step,
      tick: tick + took,
      kind: "responseEnded",
      a: 10,
      b: 1000,
      c: session === 1 ? 500 + 2 ** 16 + 2 ** 24 : 200 + 2 * 2 ** 16,
    };
  return [
    { ...on, tick, kind: "sessionStarted", step: flow, a: flow },
    { ...on, step, tick: tick + 20, kind: "requestIssued", a: 20, c: 100 },
    end,
    ...(flow === 1 ? [] : GROUP_PASSES[session].map((pass): SyntheticRecord => ({
      ...on,
      step: STEP.group,
      tick: tick + took,
      kind: "groupEnded",
      ...pass,
    }))),
    {
      ...on,
      tick: tick + took,
      kind: "sessionEnded",
      step: flow,
      a: session === 3 ? END.stepFailed : END.completed,
    },
  ];
});
const DROP: SyntheticRecord = { tick: SECOND, kind: "arrivalDropped", a: 0 };

function judge(threshold: Threshold) {
  const plan = syntheticPlan({
    flows: [
      { name: "one", steps: [{ name: "a", tags: ["read"] }, { group: "g", tags: ["slow"], steps: [] }] },
      { name: "two", steps: ["b"] },
      { name: "idle", steps: ["c"] },
    ],
    stages: [{ name: "s", lengthTicks: 2 * SECOND, rate: 1 }, {
      name: "t",
      lengthTicks: 2 * SECOND,
      rate: 1,
    }],
    thresholds: [threshold],
  });
  const records: SyntheticRecord[] = [...RECORDS, DROP, { tick: 3 * SECOND + 50, kind: "runEnded" }];
  return reduce([syntheticLedger(syntheticHeader(plan), records)]).thresholds[0];
}

type Case = [Metric, Statistic, Partial<Scope>, actual: number | null, samples: number, Unit];
const CASES: Case[] = [
  ["response_time", { kind: "quantile", ppm: 500_000 }, {}, 200, 3, "ticks"],
  ["response_time", { kind: "avg" }, { step: STEP.a }, 150, 2, "ticks"],
  ["response_time", { kind: "max" }, {}, 300, 3, "ticks"],
  ["service_time", { kind: "min" }, {}, 80, 3, "ticks"],
  ["first_byte", { kind: "max" }, { stage: 1 }, 10, 1, "ticks"],
  ["lag", { kind: "quantile", ppm: 990_000 }, {}, 20, 4, "ticks"],
  ["session_time", { kind: "max" }, { flow: 0 }, 200, 2, "ticks"],
  ["session_time", { kind: "avg" }, {}, 200, 3, "ticks"],
  ["errors", { kind: "ratio" }, {}, 500_000, 4, "ppm"],
  ["errors", { kind: "count" }, {}, 2, 4, "count"],
  ["errors", { kind: "count" }, { step: STEP.b }, 1, 2, "count"],
  ["checks", { kind: "ratio" }, {}, 833_333.333, 6, "ppm"],
  ["checks", { kind: "count" }, {}, 5, 6, "count"],
  ["drops", { kind: "ratio" }, {}, 200_000, 5, "ppm"],
  ["drops", { kind: "count" }, { stage: 1 }, 0, 2, "count"],
  // 4 requests from 0 to the last end of one, at 3 s and 50 ticks; 2 in a stage of 2 s.
  ["rate", { kind: "rate" }, {}, Math.round(4e12 / 3_000_050) / 1000, 4, "millis-per-second"],
  ["rate", { kind: "rate" }, { stage: 1 }, 1000, 2, "millis-per-second"],
  ["bytes", { kind: "total" }, {}, 3000, 4, "bytes"],
  ["connect", { kind: "max" }, {}, null, 0, "ticks"],
  ["response_time", { kind: "max" }, { tag: TAG.read }, 200, 2, "ticks"],
  ["response_time", { kind: "max" }, { tag: TAG.read, stage: 1 }, null, 0, "ticks"],
  ["errors", { kind: "count" }, { tag: TAG.read }, 1, 2, "count"],
  ["bytes", { kind: "total" }, { tag: TAG.slow }, null, 0, "bytes"],
  ["group_time", { kind: "quantile", ppm: 500_000 }, { step: STEP.group }, 100, 2, "ticks"],
  ["group_time", { kind: "max" }, { tag: TAG.slow }, 300, 2, "ticks"],
  ["group_time", { kind: "avg" }, { flow: 0, stage: 0 }, 200, 2, "ticks"],
  ["group_time", { kind: "max" }, { tag: TAG.read }, null, 0, "ticks"],
  ["errors", { kind: "ratio" }, { flow: 2 }, null, 0, "ppm"],
];

for (const [metric, statistic, scope, actual, samples, unit] of CASES) {
  Deno.test(`${metric} ${JSON.stringify(statistic)} of ${JSON.stringify(scope)} is ${actual}`, () => {
    const limit = Math.floor(actual ?? 0);
    const threshold = (comparison: Threshold["comparison"], by = 0): Threshold => ({
      ...WHOLE_LOAD,
      ...scope,
      metric,
      statistic,
      comparison,
      limit: limit + by,
      text: "",
    });
    const result = judge(threshold("<", 1));
    assert.deepEqual([result.actual, result.samples, result.unit], [actual, samples, unit]);
    const known = actual !== null;
    const whole = actual === limit;
    assert.equal(result.passed, known);
    assert.equal(judge(threshold("<")).passed, false);
    assert.equal(judge(threshold("<=")).passed, known && whole);
    assert.equal(judge(threshold(">=")).passed, known);
    assert.equal(judge(threshold(">")).passed, known && !whole);
  });
}
