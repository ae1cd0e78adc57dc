import assert from "node:assert/strict";
import { altered, ledgerOf, type PlainRecord, plainRecords } from "../../tests/altered_ledger.ts";
import { closedLoad, decidedPlan, moody, willing } from "../../tests/decided_plans.ts";
import { constantLoad } from "../../tests/sample_plans.ts";
import { simulatedRun } from "../../tests/simulated_run.ts";
import { openLedger } from "../ledger/reader.ts";
import { END, KIND, SESSION } from "../ledger/record.ts";
import { memorySource } from "../ledger/source.ts";
import type { Plan } from "../plan.ts";
import { Conformance, type ConformanceResult } from "./conformance.ts";

function conformance(plan: Plan, bytes: Uint8Array): ConformanceResult {
  const it = new Conformance(plan, { index: 1, count: 1 });
  openLedger(memorySource(bytes)).scan((block) => it.visit(block));
  return it.result();
}

Deno.test("a run whose sessions all went through conforms", async () => {
  const plan = decidedPlan();
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  const { first, sessions, planned, dropped, endedEarly, unfinished, deviating } = conformance(plan, bytes);
  assert.deepEqual({ first, sessions, planned, dropped, endedEarly, unfinished, deviating }, {
    first: null,
    sessions: 100,
    planned: 100,
    dropped: 0,
    endedEarly: 0,
    unfinished: 0,
    deviating: 0,
  });
});

Deno.test("runs with redirects, retries, conditions, early ends and drops conform, whatever was seen", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const plan = decidedPlan({ seed, load: constantLoad(400, 500_000, 8) });
    const { bytes } = await simulatedRun(plan, moody, { decode: false });
    const result = conformance(plan, bytes);
    assert.equal(result.first, null, JSON.stringify({ seed, ...result }));
    assert.equal(result.sessions + result.dropped, 200);
    if (seed === 1) {
      const kinds = new Set(plainRecords(bytes).map(({ kind }) => kind));
      for (const kind of ["redirected", "retried", "conditionMet", "arrivalDropped"] as const) {
        assert(kinds.has(KIND[kind]), `the target is moody enough for ${kind}`);
      }
      assert(result.endedEarly > 0);
    }
  }
});

Deno.test("closed loads conform, by time and by iterations", async () => {
  for (const [load, planned] of [[closedLoad(0, 300_000), null], [closedLoad(40, 0), 40]] as const) {
    const plan = decidedPlan({ load, vus: 5 });
    const { bytes } = await simulatedRun(plan, moody, { decode: false });
    const result = conformance(plan, bytes);
    assert.deepEqual([result.first, result.planned], [null, planned]);
    assert(result.sessions > 10);
  }
});

Deno.test("shards conform one by one and together, and not as shards that they are not", async () => {
  for (const plan of [decidedPlan(), decidedPlan({ load: closedLoad(0, 300_000), vus: 5 })]) {
    const count = 3;
    const ledgers: Uint8Array[] = [];
    for (let index = 1; index <= count; index++) {
      ledgers.push((await simulatedRun(plan, moody, { decode: false, shard: { index, count } })).bytes);
    }
    const all = new Conformance(plan, { index: 1, count });
    ledgers.forEach((bytes, at) => {
      if (at > 0) all.nextLedger({ index: at + 1, count });
      openLedger(memorySource(bytes)).scan((block) => all.visit(block));
    });
    const { first, sessions, dropped, planned } = all.result();
    assert.equal(first, null, JSON.stringify(first));
    if (planned !== null) assert.equal(sessions + dropped, planned);
    const one = new Conformance(plan, { index: 2, count });
    openLedger(memorySource(ledgers[1])).scan((block) => one.visit(block));
    assert.equal(one.result().first, null);
    const wrong = new Conformance(plan, { index: 3, count });
    openLedger(memorySource(ledgers[1])).scan((block) => wrong.visit(block));
    assert.match(wrong.result().first?.expected ?? "", /session 2 as the next one/);
  }
});

Deno.test("a setup is held against its own flow, and runs once", async () => {
  const plan = decidedPlan();
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  const ofSetup = ({ session, kind }: PlainRecord) =>
    session === SESSION.setup && kind === KIND.sessionStarted;
  assert.equal(
    conformance(plan, altered(bytes, ofSetup, { step: 0 }).bytes).first?.expected,
    'flow "setup"',
  );
  const records = plainRecords(bytes);
  const twice = [...records.filter(({ session }) => session === SESSION.setup), ...records];
  assert.match(conformance(plan, ledgerOf(bytes, twice)).first?.expected ?? "", /runs once/);
});

Deno.test("a ledger that ends anywhere conforms as far as it goes", async () => {
  const plan = decidedPlan();
  const { bytes } = await simulatedRun(plan, moody, { decode: false });
  for (let length = bytes.length; length > bytes.length / 2; length -= 4_099) {
    const { first } = conformance(plan, bytes.slice(0, length));
    assert.equal(first, null);
  }
});

/** Every decision and every operand of it, changed. */
const ALTERATIONS: readonly [string, number, (record: PlainRecord) => Partial<PlainRecord>, RegExp][] = [
  ["another flow", KIND.sessionStarted, ({ step }) => ({ step: 1 - step }), /flow "flow-/],
  ["another arrival", KIND.sessionStarted, ({ tick }) => ({ tick: tick + 1 }), /flow "flow-.* at /],
  ["another stage", KIND.sessionStarted, () => ({ a: 5 }), /in stage "hold"/],
  [
    "another session",
    KIND.sessionStarted,
    ({ session }) => ({ session: session + 1_000 }),
    /as the next one/,
  ],
  ["another request", KIND.requestPlanned, ({ b }) => ({ b: b ^ 1 }), /digest/],
  ["another request still", KIND.requestPlanned, ({ c }) => ({ c: c ^ 0x8000 }), /digest/],
  ["another pass", KIND.requestPlanned, ({ a }) => ({ a: a + 1 }), /pass/],
  ["another step", KIND.requestPlanned, ({ step }) => ({ step: step + 1 }), /request/],
  ["a longer think time", KIND.thinkChosen, ({ a }) => ({ a: a + 1 }), /think/],
  ["a think time above u32", KIND.thinkChosen, () => ({ b: 1 }), /think/],
  ["another number of passes", KIND.repeatChosen, ({ a }) => ({ a: a + 1 }), /pass(es)? of/],
  ["another row", KIND.rowTaken, ({ b }) => ({ b: (b + 1) % 3 }), /row .* of table "words"/],
  ["another table", KIND.rowTaken, () => ({ a: 1 }), /row .* of table "words"/],
  ["another kind", KIND.thinkChosen, () => ({ kind: KIND.repeatChosen }), /think/],
  ["an end too early", KIND.thinkChosen, (it) => endOf(it), /think/],
  [
    "a failure that was none",
    KIND.sessionEnded,
    () => ({ a: END.stepFailed }),
    /the end of the session, comp/,
  ],
  ["a VU that has no session", KIND.thinkChosen, () => ({ vu: 59 }), /no decision on a VU without/],
];

function endOf({ session, vu, tick }: PlainRecord): PlainRecord {
  return { tick, session, vu, kind: KIND.sessionEnded, step: 0, a: END.completed, b: 0, c: 0 };
}

Deno.test("one decision altered is caught and located, of each kind and each operand", async () => {
  const plan = decidedPlan();
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  for (const [name, kind, change, expected] of ALTERATIONS) {
    const nth = 12;
    const { bytes: forged, record } = altered(bytes, (it) => it.kind === kind, change, nth);
    const { first } = conformance(plan, forged);
    assert(first !== null, name);
    assert.match(first.expected, expected, name);
    const session = { ...record, ...change(record) }.session;
    assert.equal(first.session, session, name);
    assert.equal(first.tick, { ...record, ...change(record) }.tick, name);
  }
});

Deno.test("a decision that is left out is missed, and one too many is found", async () => {
  const plan = decidedPlan();
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  const gone = { kind: KIND.loopGap };
  for (const kind of [KIND.sessionStarted, KIND.requestPlanned, KIND.thinkChosen, KIND.rowTaken]) {
    const { bytes: forged, record } = altered(bytes, (it) => it.kind === kind, gone, 3);
    const { first } = conformance(plan, forged);
    assert(first !== null);
    if (kind !== KIND.sessionStarted) assert.equal(first.session, record.session);
  }
  const issued = (it: PlainRecord) => it.kind === KIND.requestIssued;
  const { bytes: forged, record } = altered(bytes, issued, { kind: KIND.requestPlanned, a: 1 }, 3);
  assert.equal(conformance(plan, forged).first?.session, record.session);
});

Deno.test("no more redirects and tries than planned, and waits as they are planned", async () => {
  const plan = decidedPlan();
  const { bytes } = await simulatedRun(plan, moody, { decode: false });
  const cases: [number, Partial<PlainRecord>, RegExp][] = [
    [KIND.redirected, { b: 3 }, /at most 2 redirects in a row/],
    [KIND.retried, { a: 4 }, /at most 3 tries/],
    [KIND.retried, { b: 1_234 }, /a wait of 0\.00[12]000 s before try [23]/],
  ];
  for (const [kind, change, expected] of cases) {
    const { bytes: forged, record } = altered(bytes, (it) => it.kind === kind, change, 2);
    const { first } = conformance(plan, forged);
    assert.match(first?.expected ?? "", expected);
    assert.equal(first?.session, record.session);
  }
});

Deno.test("a ledger of another seed is not this plan's", async () => {
  const { bytes } = await simulatedRun(decidedPlan({ seed: 2 }), willing, { decode: false });
  const { first, deviating } = conformance(decidedPlan({ seed: 1 }), bytes);
  assert(first !== null);
  assert(deviating > 50);
});
