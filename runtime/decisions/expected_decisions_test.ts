import assert from "node:assert/strict";
import { closedLoad, decidedPlan, plainPlan } from "../../tests/decided_plans.ts";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { KIND, SESSION } from "../ledger/record.ts";
import type { Condition, Plan, Request, StatusRange } from "../plan.ts";
import { decisionChange } from "./decision_change.ts";
import { DIGEST_SESSIONS } from "./decision_hash.ts";
import { expectedDecisions, expectedSession } from "./expected_decisions.ts";
import { expectedStatus } from "./expected_outcome.ts";

function reasonOf(plan: Plan): string {
  const expected = expectedDecisions(plan);
  return expected.kind === "unknown" ? expected.reason : "";
}

function planWith(when: Condition): Plan {
  return samplePlan({ flows: [[{ get: "/" }, { get: "/more", when }]], captures: ["flow-0/token"] });
}

Deno.test("a plan whose decisions depend on what is seen has no digest, and says why", () => {
  const staged: SampleStep = { get: "/", request: { head: [{ slot: "stage", texts: ["a", "b"] }] } };
  const [stage] = closedLoad(9, 0).stages;
  const twoStages = {
    ...closedLoad(9, 0),
    stages: [{ ...stage, lengthTicks: 9 }, { ...stage, startTick: 9 }],
  };
  const cases: [Plan, RegExp][] = [
    [
      planWith({ kind: "equals", capture: 0, text: "a", negated: false }),
      /"\/more" depends on .*\{flow-0\/token\}/,
    ],
    [planWith({ kind: "matches", capture: 0, pattern: "a" }), /"\/more" depends on the value/],
    [plainPlan({ load: closedLoad(0, 1_000) }), /a matter of time/],
    [samplePlan({ flows: [[staged]], load: twoStages }), /sends the stage/],
  ];
  for (const [plan, reason] of cases) {
    assert.match(reasonOf(plan), reason);
    assert.equal(expectedSession(plan, 0), null);
  }
  assert.equal(reasonOf(samplePlan({ flows: [[staged]], load: closedLoad(9, 0) })), "");
  assert.equal(reasonOf(planWith({ kind: "captured", capture: 0, exists: false })), "");
});

Deno.test("no more sessions are walked than a digest covers", () => {
  const plan = samplePlan({ load: constantLoad(1_000_000, 300_000) });
  const last: number[] = [];
  const expected = expectedDecisions(plan, (session) => last.splice(0, 1, session));
  assert(expected.kind === "known");
  assert.deepEqual([expected.sessions, last], [DIGEST_SESSIONS, [DIGEST_SESSIONS - 1]]);
});

Deno.test("the status that is expected is the plainest success, or the lowest that is allowed", () => {
  const cases: [StatusRange[], number][] = [
    [[[200, 399]], 200],
    [[[201, 204]], 201],
    [[[404, 404], [204, 204]], 204],
    [[[301, 302]], 301],
  ];
  for (const [status, expected] of cases) {
    assert.equal(expectedStatus({ expect: { status } } as unknown as Request), expected);
  }
});

Deno.test("one session is told decision by decision, setup and teardown too", () => {
  const plan = decidedPlan();
  const told = expectedSession(plan, SESSION.setup);
  assert.deepEqual(told?.map(({ kind }) => kind), [
    KIND.sessionStarted,
    KIND.requestPlanned,
    KIND.thinkChosen,
  ]);
  const teardown = expectedSession(plan, SESSION.teardown);
  assert.deepEqual(teardown?.map(({ kind }) => kind), [KIND.sessionStarted, KIND.requestPlanned]);
  const [first] = expectedSession(plan, 7) ?? [];
  assert.deepEqual([first.kind, first.tick], [KIND.sessionStarted, 70_000]);
  assert.equal(expectedSession(plan, 100), null, "there are 100 sessions, from 0");
});

Deno.test("a change of a plan is told by the first session that decides otherwise", () => {
  const plan = plainPlan();
  assert.equal(decisionChange(plan, plainPlan()), null);
  const longer = decisionChange(plan, plainPlan({ load: constantLoad(100, 1_200_000, 60) }));
  assert.deepEqual(longer, {
    session: 100,
    flow: "flow-0",
    before: "no such session",
    now: 'flow "flow-0" at 1.000000 s in stage "hold"',
    sessions: 20,
  });
  const seeded = decisionChange(plan, plainPlan({ seed: 2 }));
  assert(seeded !== null && "session" in seeded);
  assert(seeded.session < 5 && seeded.sessions > 90 && seeded.before !== seeded.now);
  const undecided = decisionChange(plan, plainPlan({ load: closedLoad(0, 9) }));
  assert(undecided !== null && "reason" in undecided);
});
