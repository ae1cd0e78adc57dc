/** The walk against the engine, over plans that nobody would write. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { closedLoad, moody, willing } from "../../tests/decided_plans.ts";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun } from "../../tests/simulated_run.ts";
import type { TargetModel } from "../host/simulated.ts";
import { openLedger } from "../ledger/reader.ts";
import { memorySource } from "../ledger/source.ts";
import type { Condition, Plan } from "../plan.ts";
import type { Part } from "../plan_templates.ts";
import { Conformance } from "./conformance.ts";
import { DecisionDigest } from "./decision_digest.ts";
import { expectedDecisions } from "./expected_decisions.ts";

const slot: fc.Arbitrary<Part> = fc.oneof(
  fc.constantFrom<Part>(
    { slot: "session" },
    { slot: "loop" },
    { slot: "vu" },
    { slot: "now" },
    { slot: "uuid", use: 0 },
    { slot: "capture", capture: 0, encoding: "query" },
    { slot: "data", table: 0, column: 0, encoding: "path" },
    { slot: "data", table: 1, column: 1, encoding: "json" },
    { slot: "basic", user: [{ slot: "data", table: 1, column: 0, encoding: "none" }], password: ["é"] },
    { slot: "cookies" },
  ),
  fc.record({
    slot: fc.constant("int" as const),
    use: fc.nat(5),
    min: fc.nat(9),
    max: fc.integer({ min: 9, max: 2 ** 40 }),
  }),
);

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant("captured" as const), capture: fc.nat(1), exists: fc.boolean() }),
  fc.constantFrom<Condition>({ kind: "status", ranges: [[200, 200]] }, {
    kind: "status",
    ranges: [[300, 599]],
  }),
);

const common = {
  repeat: fc.constantFrom([0, 2] as const, [1, 3] as const, [2, 2] as const),
  when: condition,
};

const body = fc.array(slot, { maxLength: 2 }).map((slots) =>
  // Cookies and their like stand in heads.
  slots.filter((it) => typeof it === "string" || "base64" in it || it.slot !== "cookies")
);
const request = fc.record({ onError: fc.constantFrom("continue" as const, "end-session" as const) });

const action: fc.Arbitrary<SampleStep> = fc.oneof(
  fc.record({ send: body, request: fc.record({ isBinary: fc.boolean() }), repeat: common.repeat }),
  fc.record({
    receive: body.map((text) => ({ body: [{ kind: "rendered contains" as const, text }] })),
    request,
    repeat: common.repeat,
  }),
  fc.record({ ping: fc.constantFrom("", "p"), request }),
  fc.record({ think: fc.constant([10, 900] as const) }),
);
const close: fc.Arbitrary<SampleStep[]> = fc.constantFrom([], [{ close: 1000 }]);

/** What is done on a WebSocket, some of it again and again; a goodbye is the last of it. */
const webSocket: fc.Arbitrary<SampleStep> = fc.record({
  webSocket: fc.constantFrom("room", "refused"),
  request,
  exchange: fc.tuple(fc.array(action, { maxLength: 4 }), close).map((parts) => parts.flat()),
  ...common,
}, { requiredKeys: ["webSocket", "exchange", "request"] });

const step: fc.Arbitrary<SampleStep> = fc.letrec<{ step: SampleStep }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    webSocket,
    fc.record({
      get: fc.constantFrom("/a", "/moved", "/shaky", "/login"),
      request: fc.record({
        head: fc.array(slot, { maxLength: 3 }).map((slots): Part[] => [
          "GET /shaky HTTP/1.1\r\nhost: ",
          { slot: "authority" },
          "\r\n",
          ...slots,
          "\r\n\r\n",
        ]),
        redirects: fc.nat(2),
        onError: fc.constantFrom("continue", "end-session"),
        captures: fc.constantFrom([], [
          { capture: 0, from: { kind: "header", name: "token", pattern: null }, optional: true },
        ]),
        retry: fc.constantFrom(null, {
          times: 2,
          errors: [],
          statuses: [[503, 503]],
          minTicks: 9,
          maxTicks: 99,
        }),
      }),
      ...common,
    }, { requiredKeys: ["get"] }) as fc.Arbitrary<SampleStep>,
    fc.record({
      think: fc.tuple(fc.nat(900), fc.integer({ min: 900, max: 9_000 })),
      ...common,
    }, { requiredKeys: ["think"] }),
    fc.record({
      group: fc.constant("group"),
      steps: fc.array(tie("step"), { minLength: 1, maxLength: 3 }),
      ...common,
    }, { requiredKeys: ["group", "steps"] }),
  ),
})).step;

const flow = fc.array(step, { maxLength: 4 });

const plans: fc.Arbitrary<Plan> = fc.record({
  flows: fc.array(flow, { minLength: 1, maxLength: 3 }),
  setup: fc.option(flow, { nil: undefined }),
  teardown: fc.option(flow, { nil: undefined }),
  seed: fc.maxSafeNat(),
  load: fc.constantFrom(constantLoad(300, 100_000, 5), constantLoad(300, 100_000, 200), closedLoad(20, 0, 5)),
}).map((it) =>
  samplePlan({
    ...it,
    tables: [
      {
        name: "t",
        columns: ["a"],
        rows: 5,
        pick: "unique",
        salt: 5,
        cells: "a\u007fb\u007f ü\u007f\u007fd\u007f",
      },
      {
        name: "u",
        columns: ["a", "b"],
        rows: 2,
        pick: "random",
        salt: 6,
        cells: 'a\u007f"b\u007fc\u007fd\u007f',
      },
    ],
    captures: ["flow-0/x", "flow-0/y"],
    requestBytes: 4_096,
  })
);

async function ledgers(plan: Plan, model: TargetModel, count: number): Promise<Uint8Array[]> {
  const made: Uint8Array[] = [];
  for (let index = 1; index <= count; index++) {
    const { bytes } = await simulatedRun(plan, model, { decode: false, shard: { index, count } });
    made.push(bytes.slice());
  }
  return made;
}

Deno.test("whatever a plan is and a target does, the engine's decisions are those of the walk", async () => {
  const property = fc.asyncProperty(plans, fc.integer({ min: 1, max: 3 }), async (plan, count) => {
    const it = new Conformance(plan, { index: 1, count });
    for (const [at, bytes] of (await ledgers(plan, moody, count)).entries()) {
      if (at > 0) it.nextLedger({ index: at + 1, count });
      openLedger(memorySource(bytes)).scan((block) => it.visit(block));
    }
    assert.equal(it.result().first, null);
  });
  await fc.assert(property, { numRuns: 150 });
});

Deno.test("a run in which all was as expected has the digest that was, in one ledger or in shards", async () => {
  const property = fc.asyncProperty(plans, fc.integer({ min: 1, max: 3 }), async (plan, count) => {
    const expected = expectedDecisions(plan);
    assert(expected.kind === "known");
    const it = new DecisionDigest(plan);
    for (const bytes of await ledgers(plan, willing, count)) {
      openLedger(memorySource(bytes)).scan((block) => it.visit(block));
      it.nextShard();
    }
    const { sha256, sessions, lacking } = it.result();
    fc.pre(!/dropped/.test(lacking ?? ""));
    assert.deepEqual([sha256, sessions], [expected.sha256, expected.sessions], lacking ?? "");
  });
  await fc.assert(property, { numRuns: 150 });
});
