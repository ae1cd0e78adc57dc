import { deepEqual, equal, match } from "node:assert/strict";
import { constantLoad, samplePlan } from "../tests/sample_plans.ts";
import { capacityProblems, capacityWarnings, connectionsOf, needsOf } from "./capacity.ts";
import type { Plan } from "./plan.ts";

/** A plan with other bounds. */
function bounded(
  bounds: Partial<Plan["bounds"]>,
  connections?: Plan["targets"][number]["connections"],
): Plan {
  const plan = samplePlan({ load: constantLoad(10, 1_000_000), target: connections ? { connections } : {} });
  const targets = plan.targets.map((it) => ({ ...it, slots: bounds.connections ?? it.slots }));
  return { ...plan, targets, bounds: { ...plan.bounds, ...bounds } };
}

Deno.test("a plan that fits has no problems", () => {
  deepEqual(capacityProblems(bounded({}), "."), []);
});

Deno.test("what this machine cannot hold is refused, each with its way out", () => {
  const cases: [string, Partial<Plan["bounds"]>, RegExp][] = [
    ["memory", { vus: 1e9, connections: 1 }, /of memory, and .* are free; lower max_vus/],
    [
      "descriptors",
      { connections: 2_000_000 },
      /2,000,032 file descriptors, and this process may have [\d,]+; raise `ulimit -n`/,
    ],
    [
      "ports",
      { connections: 70_000 },
      /70,000 connections to one address, and there are 65,535 ports.*shared:1000/,
    ],
    ["disk", { ledgerBytes: 2 ** 52 }, /the ledger will take about .*TiB, and .* are free in \.; use --out/],
  ];
  for (const [name, bounds, wanted] of cases) {
    match(capacityProblems(bounded(bounds), ".").join("\n"), wanted, name);
  }
});

Deno.test("new connections at a rate that runs out of ports are warned of, and kept ones are not", () => {
  const peakRate = 1_000_000;
  match(
    capacityWarnings(bounded({ peakRate }, { kind: "per-request" })).join(),
    /60,000 ports waiting.*28,232/,
  );
  match(capacityWarnings(bounded({ peakRate }, { kind: "per-session" })).join(), /60,000 ports waiting/);
  deepEqual(capacityWarnings(bounded({ peakRate }, { kind: "per-vu" })), []);
  deepEqual(capacityWarnings(bounded({ peakRate: 400_000 }, { kind: "per-request" })), []);
});

Deno.test("streams share connections, and each WebSocket is a connection of its own", () => {
  const shared = { kind: "shared", size: 3 } as const;
  const plan = samplePlan({
    targets: [{ name: "h2", port: 9090, connections: shared, protocol: "h2" }],
    vus: 20,
  });
  const [first, h2] = plan.targets;
  const streaming = { ...h2, streams: 100, slots: 300 };
  equal(connectionsOf({ ...plan, targets: [first, streaming] }), 20 + 3);
  equal(connectionsOf({ ...plan, targets: [{ ...first, firstWebSocketSlot: 320 }, streaming] }), 20 + 20 + 3);
  const opening = { ...plan, targets: [{ ...first, firstWebSocketSlot: 20 }] };
  match(
    capacityWarnings({ ...opening, bounds: { ...plan.bounds, peakRate: 1_000_000 } }).join(),
    /60,000 ports waiting/,
  );
});

Deno.test("needs grow with users and connections", () => {
  const one = needsOf(bounded({ vus: 1, connections: 1 })),
    many = needsOf(bounded({ vus: 1001, connections: 11 }));
  equal(many.ports, 11);
  equal(many.descriptors - one.descriptors, 10);
  equal(many.memoryBytes > one.memoryBytes, true);
});

Deno.test("ports are counted by address; what the setup captured is kept once", () => {
  const shared = { kind: "shared", size: 7 } as const;
  const plan = samplePlan({
    targets: [{ name: "same" }, { name: "other", port: 9090, connections: shared }],
    captures: ["flow-0/a"],
  });
  equal(needsOf(plan).ports, 20);
  equal(needsOf(plan).descriptors - 32, 27);
  equal(needsOf({ ...plan, captures: ["flow-0/a", "setup/b"] }).memoryBytes, needsOf(plan).memoryBytes);
});
