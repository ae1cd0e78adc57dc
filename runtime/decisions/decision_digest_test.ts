import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ledgerOf, type PlainRecord, plainRecords } from "../../tests/altered_ledger.ts";
import { closedLoad, decidedPlan, moody, plainPlan, willing } from "../../tests/decided_plans.ts";
import { constantLoad } from "../../tests/sample_plans.ts";
import { simulatedRun } from "../../tests/simulated_run.ts";
import { openLedger } from "../ledger/reader.ts";
import { KIND, NONE, SESSION } from "../ledger/record.ts";
import { memorySource } from "../ledger/source.ts";
import type { Plan } from "../plan.ts";
import { DecisionHash, DigestSum, hexOf } from "./decision_hash.ts";
import { DecisionDigest, type DecisionDigestResult } from "./decision_digest.ts";
import { expectedDecisions } from "./expected_decisions.ts";

function digestOf(plan: Plan, ...ledgers: readonly Uint8Array[]): DecisionDigestResult {
  const it = new DecisionDigest(plan);
  ledgers.forEach((bytes, at) => {
    if (at > 0) it.nextShard();
    openLedger(memorySource(bytes)).scan((block) => it.visit(block));
  });
  return it.result();
}

/** As docs/determinism.md has it, session by session, over records as objects. */
function naiveDigest(plan: Plan, records: readonly PlainRecord[]): string {
  const sessions = new Map<number, { bytes: Uint8Array; ended: boolean; observed: boolean }>();
  const decided = [
    KIND.sessionStarted,
    KIND.requestPlanned,
    KIND.thinkChosen,
    KIND.repeatChosen,
    KIND.rowTaken,
  ] as const;
  for (const { kind, session, tick, step, a, b, c } of records) {
    if (session === NONE) continue;
    const it = sessions.get(session) ?? { bytes: new Uint8Array(0), ended: false, observed: false };
    sessions.set(session, it);
    if (kind === KIND.sessionEnded) it.ended = true;
    if (kind === KIND.redirected || kind === KIND.retried) it.observed = true;
    if (!decided.some((known) => known === kind)) continue;
    if (kind === KIND.requestPlanned && it.observed) {
      it.observed = false;
      continue;
    }
    const isStart = kind === KIND.sessionStarted;
    const isOpen = plan.load.model === "open" && session < 250_000;
    const bytes = new Uint8Array(it.bytes.length + (isStart ? 28 : 16));
    bytes.set(it.bytes);
    const view = new DataView(bytes.buffer, it.bytes.length);
    let at = 0;
    if (isStart) {
      view.setUint32(0, session, true);
      view.setBigUint64(4, isOpen ? BigInt(tick) : 0n, true);
      at = 12;
    }
    view.setUint16(at, kind, true);
    view.setUint16(at + 2, step, true);
    [isStart && !isOpen ? 0 : a, b, c].forEach((word, n) => view.setUint32(at + 4 + 4 * n, word, true));
    it.bytes = bytes;
  }
  let sum = 0n;
  for (const { bytes, ended } of sessions.values()) {
    if (ended) sum += BigInt(`0x${createHash("sha256").update(bytes).digest("hex")}`);
  }
  return (sum % 2n ** 256n).toString(16).padStart(64, "0");
}

Deno.test("a digest is the sum of the sessions' SHA-256, open and closed, whatever was seen", async () => {
  for (const load of [constantLoad(100, 500_000, 60), closedLoad(0, 300_000), closedLoad(30, 0)]) {
    for (const model of [willing, moody]) {
      const plan = decidedPlan({ load });
      const { bytes } = await simulatedRun(plan, model, { decode: false });
      assert.equal(digestOf(plan, bytes).sha256, naiveDigest(plan, plainRecords(bytes)));
    }
  }
});

Deno.test("a run that went through has the digest that was expected, however fast its target was", async () => {
  for (const load of [constantLoad(200, 500_000, 90), closedLoad(40, 0)]) {
    const plan = plainPlan({ load, vus: load.maxVus });
    const expected = expectedDecisions(plan);
    assert(expected.kind === "known");
    for (const afterTicks of [10, 7_000, 90_000]) {
      const slow = () => ({ kind: "response", afterTicks, status: 200, bytes: 10 }) as const;
      const { bytes } = await simulatedRun(plan, slow, { decode: false });
      const { sha256, sessions, whole, lacking } = digestOf(plan, bytes);
      assert.deepEqual([sha256, sessions, whole, lacking], [expected.sha256, expected.sessions, true, null]);
    }
  }
});

Deno.test("conditions on captures are expected to be met where the capture was made", async () => {
  const plan = decidedPlan();
  const expected = expectedDecisions(plan);
  assert(expected.kind === "known");
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  const { sha256, whole, lacking } = digestOf(plan, bytes);
  assert.equal(sha256, expected.sha256);
  assert.deepEqual([whole, lacking], [false, "what was seen chose which steps were run"]);
});

Deno.test("another seed, another decision or another session make another digest; another VU does not", async () => {
  const plan = plainPlan();
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  const { sha256 } = digestOf(plan, bytes);
  const records = plainRecords(bytes);
  const others = records.map((it) => it.vu > 59 ? it : { ...it, vu: 59 - it.vu });
  assert.equal(digestOf(plan, ledgerOf(bytes, others)).sha256, sha256);
  for (const field of ["step", "a", "b", "c"] as const) {
    for (const kind of [KIND.requestPlanned, KIND.thinkChosen, KIND.repeatChosen, KIND.rowTaken]) {
      const at = records.findIndex((it) => it.kind === kind);
      const changed = records.map((it, n) => n === at ? { ...it, [field]: it[field] ^ 1 } : it);
      assert.notEqual(digestOf(plan, ledgerOf(bytes, changed)).sha256, sha256, `${field} of ${kind}`);
    }
  }
  const seeded = expectedDecisions(plainPlan({ seed: 2 }));
  assert(seeded.kind === "known" && seeded.sha256 !== sha256);
});

Deno.test("ledgers of shards, in any order, add up to the digest of the whole", async () => {
  for (const plan of [plainPlan(), decidedPlan(), plainPlan({ load: closedLoad(40, 0, 8), vus: 8 })]) {
    const { bytes } = await simulatedRun(plan, willing, { decode: false });
    const expected = expectedDecisions(plan);
    assert.equal(digestOf(plan, bytes).sha256, expected.kind === "known" ? expected.sha256 : "");
    for (const count of [2, 3, 7]) {
      const shards: Uint8Array[] = [];
      for (let index = 1; index <= count; index++) {
        const run = await simulatedRun(plan, willing, { decode: false, shard: { index, count } });
        shards.unshift(run.bytes);
      }
      assert.deepEqual(digestOf(plan, ...shards), digestOf(plan, bytes));
      const { whole, lacking } = digestOf(plan, ...shards.slice(1));
      assert.equal(whole, false);
      if (plan.setup < 0) assert.match(lacking ?? "", /^\d+ of (100|40) planned sessions are there$/);
    }
  }
});

Deno.test("shards whose setups went different ways add up to no whole digest", async () => {
  const plan = decidedPlan();
  const { bytes } = await simulatedRun(plan, willing, { decode: false });
  const once = plainRecords(bytes).filter(({ session }) => session === SESSION.setup);
  const other = once.map((it) => it.kind === KIND.thinkChosen ? { ...it, a: it.a + 1 } : it);
  assert.match(digestOf(plan, bytes, ledgerOf(bytes, other)).lacking ?? "", /setups .* different ways/);
  assert.equal(digestOf(plan, bytes, ledgerOf(bytes, once)).sha256, digestOf(plan, bytes).sha256);
});

Deno.test("what did not go through is no whole digest, and says why", async () => {
  const cases: [Plan, RegExp][] = [
    [plainPlan({ load: constantLoad(400, 500_000, 3) }), /arrivals were dropped/],
    [decidedPlan({ load: constantLoad(400, 500_000, 90) }), /sessions ended early/],
    [plainPlan({ load: closedLoad(0, 100_000), vus: 5 }), /a matter of time/],
  ];
  for (const [plan, reason] of cases) {
    const { bytes } = await simulatedRun(plan, moody, { decode: false });
    const { whole, lacking } = digestOf(plan, bytes);
    assert.equal(whole, false);
    assert.match(lacking ?? "", reason);
  }
});

Deno.test("the vector in docs/determinism.md is what is computed, record by record", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/determinism.md", import.meta.url));
  const rows = [...page.matchAll(/^\| (\w+) +\| (?:`([0-9a-f ]+)`)? *\| `([0-9a-f]{64})` *\|$/gm)];
  assert.deepEqual(rows.map(([, session]) => session), ["0", "1", "setup", "all"]);
  const hash = new DecisionHash(1);
  const sum = new DigestSum();
  for (const [, , message, digest] of rows.slice(0, -1)) {
    const bytes = Uint8Array.fromHex(message.replaceAll(" ", ""));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), digest);
    const [session, tickLow, tickHigh, ...decisions] = new Uint32Array(bytes.buffer);
    hash.begin(0, session, tickLow, tickHigh);
    for (let n = 0; n < decisions.length; n += 4) {
      hash.add(0, decisions[n], decisions[n + 1], decisions[n + 2], decisions[n + 3]);
    }
    hash.end(0);
    assert.equal(hexOf(hash.digest), digest);
    sum.add(hash.digest);
  }
  assert.equal(sum.hex, rows.at(-1)?.[3]);
});
