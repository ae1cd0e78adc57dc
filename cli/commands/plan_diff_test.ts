import assert from "node:assert/strict";
import { WHOLE_LOAD } from "../../tests/synthetic_ledger.ts";
import { samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import type { Plan, Table } from "../../runtime/plan.ts";
import { planDiff } from "./plan_diff.ts";

const TABLE: Table = {
  name: "t",
  columns: ["a", "b"],
  rows: 1,
  pick: "random",
  salt: 1,
  cells: "x\u007fy\u007f",
};

function planOf(changes: Parameters<typeof samplePlan>[0] = {}): Plan {
  const step: SampleStep = {
    get: "/",
    request: {
      head: ["GET /", { slot: "data", table: 0, column: 1, encoding: "path" }, " HTTP/1.1\r\n\r\n"],
      captures: [{ capture: 0, from: { kind: "header", name: "etag", pattern: null }, optional: false }],
    },
  };
  return samplePlan({
    flows: [[step, { think: [1, 2] }]],
    tables: [TABLE],
    captures: ["flow-0/etag"],
    tags: ["read"],
    ...changes,
  });
}

Deno.test("a plan differs in nothing from itself", () => assert.deepEqual(planDiff(planOf(), planOf()), []));

Deno.test("what moved because something came in front of it has not changed", () => {
  const before = planOf();
  const [request] = before.requests;
  const moved: Plan = {
    ...before,
    tables: [{ ...TABLE, name: "new", salt: 2 }, TABLE],
    captures: ["flow-0/new", "flow-0/etag"],
    requests: [{
      ...request,
      head: ["GET /", { slot: "data", table: 1, column: 1, encoding: "path" }, " HTTP/1.1\r\n\r\n"],
      captures: [{ ...request.captures[0], capture: 1 }],
    }],
  };
  assert.deepEqual(planDiff(before, moved), ['data "new": added']);
});

Deno.test("every part of a plan that changes is told by its name", () => {
  const plan = planOf();
  const [target] = plan.targets;
  const [request] = plan.requests;
  const threshold = {
    metric: "errors",
    statistic: { kind: "count" },
    comparison: "<",
    limit: 1,
    ...WHOLE_LOAD,
    text: "errors count < 1",
  } as const;
  const cases: [Partial<Plan>, string[]][] = [
    [{ seed: 5 }, ["seed: 1 → 5"]],
    [{ targets: [{ ...target, port: 81 }] }, ['target "[target]": port 8080 → 81']],
    [{ targets: [target, { ...target, name: "b" }] }, ['target "b": added']],
    [{ requests: [{ ...request, timeoutTicks: 5_000_001 }] }, [
      'step "flow-0//": timeout "10s" → "5.000001s"',
    ]],
    [{ requests: [{ ...request, method: "PUT" }] }, ['step "flow-0//": method "GET" → "PUT"']],
    [
      { requests: [{ ...request, body: ["a".repeat(200)] }] },
      ['step "flow-0//": body changed'],
    ],
    [
      { steps: plan.steps.map((it) => it.kind === "think" ? { ...it, tags: [0] } : it) },
      ['step "flow-0/think-1": tags [] → ["read"]'],
    ],
    [{ thresholds: [threshold] }, ["threshold added: errors count < 1"]],
    [{ secrets: ["KEY"] }, ["secret added: KEY"]],
    [{ tables: [{ ...TABLE, cells: "x\u007fz\u007f" }] }, ['data "t": other cells']],
    [{ tables: [{ ...TABLE, pick: "shuffle" }] }, ['data "t": pick "random" → "shuffle"']],
    [{ load: { ...plan.load, gracefulStopTicks: 9 } }, ["load: gracefulStop 1s → 0.000009s"]],
    [{ validity: { ...plan.validity, dropsPpm: 1 } }, ["validity: dropsPpm 10000 → 1"]],
    [{ validity: { ...plan.validity, cpuPpm: 950_000 } }, ["validity: cpuPpm nothing → 950000"]],
  ];
  for (const [changes, lines] of cases) assert.deepEqual(planDiff(plan, { ...plan, ...changes }), lines);
  for (const [changes, lines] of cases) {
    const back = planDiff({ ...plan, ...changes }, plan);
    assert.equal(back.length, lines.length);
    assert(!lines.some((line) => / → /.test(line) && back.includes(line)));
  }
});
