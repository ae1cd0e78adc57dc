import assert from "node:assert/strict";
import fc from "fast-check";
import type { Source } from "../../runtime/ledger/source.ts";
import { SESSION } from "../../runtime/ledger/record.ts";
import { inspectedLedger } from "../../tests/inspected_ledger.ts";
import { onceRecords, randomRun, recordsOf } from "../../tests/random_run.ts";
import { syntheticHeader, syntheticPlan, type SyntheticRecord } from "../../tests/synthetic_ledger.ts";
import { FollowedRun, hasHeader } from "./followed_run.ts";

const plan = syntheticPlan({
  flows: [{
    name: "talk",
    steps: ["login", { webSocket: "room", exchange: [["send", "say"], ["receive", "echo"]] }],
  }],
  setup: ["prepare"],
  stages: [{ name: "one", lengthTicks: 1_000_000, rate: 10 }, {
    name: "two",
    lengthTicks: 1_000_000,
    rate: 10,
  }],
});

/** Bytes of which only the first `size` are there yet. */
class Growing implements Source {
  size = 0;
  constructor(readonly bytes: Uint8Array) {}
  read(into: Uint8Array, offset: number): number {
    const found = this.bytes.subarray(offset, Math.min(this.size, offset + into.length));
    into.set(found);
    return found.length;
  }
}

const SAY = 2;

function naive(records: readonly SyntheticRecord[]) {
  const ofLoad = records.filter(({ session }) => session !== SESSION.setup);
  const count = (kind: SyntheticRecord["kind"]) => ofLoad.filter((it) => it.kind === kind).length;
  const lost = ofLoad.filter(({ kind, step }) => kind === "requestFailed" && step === SAY).length;
  const sent = ofLoad.filter(({ kind, step }) => kind === "requestIssued" && step === SAY).length;
  return {
    started: count("sessionStarted"),
    active: count("sessionStarted") - count("sessionEnded"),
    dropped: count("arrivalDropped"),
    issued: count("requestIssued"),
    ended: count("responseEnded"),
    failed: count("requestFailed"),
    inFlight: count("requestIssued") - (sent - lost) - count("responseEnded") - count("requestFailed"),
    lag: Math.max(0, ...ofLoad.flatMap(({ kind, a = 0 }) => kind === "requestIssued" ? [a] : [])),
    tick: Math.max(0, ...ofLoad.map(({ tick }) => tick)),
  };
}

function told({ counters, tick }: FollowedRun) {
  return {
    started: counters.sessionsStarted,
    active: counters.sessionsActive,
    dropped: counters.sessionsDropped,
    issued: counters.requestsIssued,
    ended: counters.responsesEnded,
    failed: counters.requestsFailed,
    inFlight: counters.inFlight,
    lag: counters.takeLagMax(),
    tick,
  };
}

/** Messages that are sent, some of them lost. */
function withMessages(records: readonly SyntheticRecord[]): SyntheticRecord[] {
  return records.flatMap((it, n): SyntheticRecord[] => {
    if (it.kind !== "responseEnded" || n % 3 > 0) return [it];
    const on = { session: it.session, vu: it.vu, step: SAY, tick: it.tick };
    const lost: SyntheticRecord[] = n % 2 === 0 ? [{ ...on, kind: "requestFailed", a: 3724 }] : [];
    return [it, { ...on, kind: "requestIssued", a: n }, ...lost];
  });
}

Deno.test("a ledger that grows by any pieces is followed to the same counts", () => {
  const cases = fc.record({
    seed: fc.nat(),
    sessions: fc.integer({ min: 0, max: 40 }),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(cases, ({ seed, sessions, cuts }) => {
      const load = withMessages(recordsOf(randomRun(plan, seed, sessions, 12)));
      const records = [...onceRecords(plan, "setup", true), ...load];
      const { bytes } = inspectedLedger(syntheticHeader(plan), records, 19);
      const growing = new Growing(bytes);
      let run: FollowedRun | null = null;
      let lag = 0;
      for (const size of [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b)]) {
        growing.size = size;
        if (!hasHeader(growing)) continue;
        run ??= new FollowedRun(growing);
        assert.equal(run.look().kind === "damaged", false);
        lag = Math.max(lag, run.counters.takeLagMax());
      }
      growing.size = bytes.length;
      run ??= new FollowedRun(growing);
      assert.equal(run.look().kind, "ended");
      const found = told(run);
      assert.deepEqual({ ...found, lag: Math.max(lag, found.lag) }, naive(records));
    }),
    { numRuns: 60 },
  );
});

Deno.test("records count as soon as their block is whole", () => {
  const records = recordsOf(randomRun(plan, 3, 40, 12));
  const { bytes, ledger } = inspectedLedger(syntheticHeader(plan), records, 19);
  const growing = new Growing(bytes);
  growing.size = ledger.headerBytes;
  const run = new FollowedRun(growing);
  assert.deepEqual(run.look(), { kind: "runs", grew: false });
  const block = 16 + 19 * 32 + 32;
  growing.size = ledger.headerBytes + block - 1;
  assert.deepEqual(run.look(), { kind: "runs", grew: false });
  growing.size++;
  assert.deepEqual(run.look(), { kind: "runs", grew: true });
  assert.equal(run.counters.sessionsStarted, naive(records.slice(0, 19)).started);
  assert.deepEqual(run.look(), { kind: "runs", grew: false });
});

Deno.test("damage is told", () => {
  const { bytes, ledger } = inspectedLedger(syntheticHeader(plan), recordsOf(randomRun(plan, 3, 40, 12)), 19);
  const growing = new Growing(bytes.slice());
  growing.bytes[ledger.headerBytes + 100] ^= 1;
  growing.size = ledger.headerBytes;
  const run = new FollowedRun(growing);
  run.look();
  growing.size = bytes.length;
  const found = run.look();
  assert(found.kind === "damaged");
  assert.match(found.problem, /CRC32C/);
});

Deno.test("what is no ledger is not waited for", () => {
  const growing = new Growing(new TextEncoder().encode("no ledger"));
  assert.equal(hasHeader(growing), false);
  growing.size = 3;
  assert.equal(hasHeader(growing), true);
});
