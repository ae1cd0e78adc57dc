/** Two ledgers beside each other. */
import assert from "node:assert/strict";
import { comparisonLines } from "../cli/commands/diff.ts";
import { compare, type Comparison } from "../runtime/decisions/divergence.ts";
import { openLedger } from "../runtime/ledger/reader.ts";
import { KIND } from "../runtime/ledger/record.ts";
import { memorySource } from "../runtime/ledger/source.ts";
import { altered, ledgerOf, plainRecords } from "./altered_ledger.ts";
import { closedLoad, decidedPlan, moody, willing } from "./decided_plans.ts";
import { runToEnd, Z6C } from "./running.ts";
import { simulatedRun } from "./simulated_run.ts";

const plan = decidedPlan();
const { bytes: ORIGINAL } = await simulatedRun(plan, moody, { decode: false });
const PLAIN = ledgerOf(ORIGINAL, plainRecords(ORIGINAL));

function compared(a: Uint8Array, b: Uint8Array): Comparison {
  return compare(openLedger(memorySource(a)), openLedger(memorySource(b)));
}

Deno.test("a ledger is as itself, and as one whose VUs have other numbers", () => {
  assert.deepEqual(compared(ORIGINAL, ORIGINAL), {
    sessions: 102,
    decisionsDiffer: 0,
    observationsDiffer: 0,
    first: null,
  });
  const records = plainRecords(ORIGINAL).map((it) => it.vu > 59 ? it : { ...it, vu: 59 - it.vu });
  assert.equal(compared(PLAIN, ledgerOf(ORIGINAL, records)).first, null);
});

Deno.test("one decision that differs is found, with both sides and what stood before it", () => {
  const { bytes, record } = altered(
    PLAIN,
    (it) => it.kind === KIND.thinkChosen,
    (it) => ({ a: it.a + 1 }),
    20,
  );
  const it = compared(PLAIN, bytes);
  assert.deepEqual([it.decisionsDiffer, it.observationsDiffer], [1, 0]);
  assert(it.first !== null);
  const { session, what, a, b, before } = it.first;
  assert.deepEqual([session, what, a?.a, b?.a], [record.session, "decision", record.a, record.a + 1]);
  assert(before.length > 0 && before.every((of) => of.session === session));
});

Deno.test("an observation that differs is found where all decisions agree, and not before one that does not", () => {
  const ended = (it: { kind: number }) => it.kind === KIND.responseEnded;
  const { bytes, record } = altered(PLAIN, ended, (it) => ({ a: it.a + 1 }), 30);
  const it = compared(PLAIN, bytes);
  assert.deepEqual([it.decisionsDiffer, it.observationsDiffer], [0, 1]);
  assert.deepEqual([it.first?.what, it.first?.session], ["observation", record.session]);
  const last = altered(bytes, ({ kind }) => kind === KIND.thinkChosen, (of) => ({ a: of.a + 1 }), 40);
  const both = compared(PLAIN, last.bytes);
  assert.deepEqual([both.first?.what, both.first?.session], ["decision", last.record.session]);
});

Deno.test("a session that is in one ledger only differs from nothing", () => {
  const without = plainRecords(ORIGINAL).filter(({ session }) => session !== 17);
  const it = compared(PLAIN, ledgerOf(ORIGINAL, without));
  assert.deepEqual([it.decisionsDiffer, it.first?.session, it.first?.b], [1, 17, null]);
  assert.equal(it.first?.a?.kind, KIND.sessionStarted);
  assert(comparisonLines(plan, it).includes("  B nothing more"), comparisonLines(plan, it).join("\n"));
});

Deno.test("two targets make other observations, and the same decisions where all goes through", async () => {
  const slow = await simulatedRun(plan, (wish) => ({ ...willing(wish), afterTicks: 9_000 }), {
    decode: false,
  });
  const quick = await simulatedRun(plan, willing, { decode: false });
  const it = compared(slow.bytes, quick.bytes);
  assert.deepEqual([it.sessions, it.decisionsDiffer, it.observationsDiffer], [102, 0, 102]);
});

Deno.test("a closed load's sessions are compared by number, whenever they began", async () => {
  const closed = decidedPlan({ load: closedLoad(30, 0), vus: 5 });
  const slow = await simulatedRun(closed, (wish) => ({ ...willing(wish), afterTicks: 9_000 }), {
    decode: false,
  });
  const quick = await simulatedRun(closed, willing, { decode: false });
  assert.equal(compared(slow.bytes, quick.bytes).decisionsDiffer, 0);
});

Deno.test("the page shows both sides, one under the other", () => {
  const { bytes } = altered(PLAIN, (it) => it.kind === KIND.thinkChosen, { a: 1 }, 5);
  const lines = comparisonLines(plan, compared(PLAIN, bytes));
  assert.equal(
    lines[0],
    "102 sessions: 1 with other decisions, 0 with the same decisions and other observations",
  );
  assert.match(lines[1], /^the first decision that differs: session \d+, at \d+\.\d{6} s$/);
  assert.match(lines.at(-2) ?? "", /^ {2}A {1,3}\d+\.\d{6} s {2}thinkChosen .* \d+ 0 0$/);
  assert.match(lines.at(-1) ?? "", /^ {2}B {1,3}\d+\.\d{6} s {2}thinkChosen .* 1 0 0$/);
});

Deno.test("z6c diff: 0 where two ledgers are alike, 99 where they part, 104 where one is none", async () => {
  const folder = await Deno.makeTempDir({ prefix: "z6c-diff-test-" });
  try {
    await Deno.writeFile(`${folder}/a.z6log`, ORIGINAL);
    await Deno.writeFile(
      `${folder}/b.z6log`,
      altered(PLAIN, (it) => it.kind === KIND.rowTaken, { b: 9 }).bytes,
    );
    await Deno.writeTextFile(`${folder}/c.z6log`, "no ledger");
    const cases: [string, number, RegExp][] = [
      ["a.z6log", 0, /^102 sessions: the same decisions and the same observations\n$/],
      ["b.z6log", 99, /^the first decision that differs: session \d+/m],
      ["c.z6log", 104, /cannot read c\.z6log: this is no ledger/],
      ["d.z6log", 104, /there is no ledger d\.z6log/],
    ];
    for (const [other, code, text] of cases) {
      const ended = await runToEnd([...Z6C, "diff", "a.z6log", other], { cwd: folder });
      assert.match(ended.stdout + ended.stderr, text);
      assert.equal(ended.code, code);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
