/** What is left out where a WebSocket could not be opened, or was lost, as ledgers tell of it. */
import assert from "node:assert/strict";
import { altered, type PlainRecord } from "../../tests/altered_ledger.ts";
import { moody, willing } from "../../tests/decided_plans.ts";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { simulatedRun } from "../../tests/simulated_run.ts";
import { openLedger } from "../ledger/reader.ts";
import { CLOSED, KIND } from "../ledger/record.ts";
import { memorySource } from "../ledger/source.ts";
import type { Plan } from "../plan.ts";
import { Conformance, type ConformanceResult } from "./conformance.ts";
import { DecisionDigest, type DecisionDigestResult } from "./decision_digest.ts";
import { expectedDecisions } from "./expected_decisions.ts";

const EXCHANGE: readonly SampleStep[] = [
  { send: ["hello ", { slot: "session" }], repeat: [1, 3] },
  { receive: {}, repeat: [1, 2] },
  { think: [100, 2_000] },
  { ping: "p" },
  { send: ["bye"] },
  { close: 1000 },
];

function talkative(seed: number): Plan {
  return samplePlan({
    seed,
    flows: [[{ webSocket: "refused", exchange: EXCHANGE, repeat: [1, 2] }, { get: "/after" }]],
    load: constantLoad(100, 300_000, 30),
  });
}

function digestOf(plan: Plan, bytes: Uint8Array): DecisionDigestResult {
  const it = new DecisionDigest(plan);
  openLedger(memorySource(bytes)).scan((block) => it.visit(block));
  return it.result();
}

function conformanceOf(plan: Plan, bytes: Uint8Array): ConformanceResult {
  const it = new Conformance(plan, { index: 1, count: 1 });
  openLedger(memorySource(bytes)).scan((block) => it.visit(block));
  return it.result();
}

Deno.test("where every WebSocket opens and stands, all is decided as expected", async () => {
  const plan = talkative(1);
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  const expected = expectedDecisions(plan);
  assert(expected.kind === "known");
  const { sha256, whole, lacking } = digestOf(plan, bytes);
  assert.deepEqual([sha256, whole, lacking], [expected.sha256, true, null]);
  assert.equal(conformanceOf(plan, bytes).first, null);
});

Deno.test("what was left out is no deviation, and is told of", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const plan = talkative(seed);
    const { bytes } = await simulatedRun(plan, moody, { decode: false });
    assert.equal(conformanceOf(plan, bytes).first, null);
    const { whole, lacking } = digestOf(plan, bytes);
    assert.equal(whole, false);
    assert.match(
      lacking ?? "",
      /^what was left to do on \d+ WebSockets that were lost or refused was left out$/,
    );
  }
});

Deno.test("what was left out while the WebSocket stood is a deviation", async () => {
  const plan = talkative(1);
  const { bytes } = await simulatedRun(plan, moody, { decode: false });
  const isLoss = ({ kind, a }: PlainRecord) => kind === KIND.connectionClosed && a === CLOSED.afterError;
  const changed = altered(bytes, isLoss, ({ c }) => ({ c: c + 1 }));
  assert.notEqual(conformanceOf(plan, changed.bytes).first, null);
});
