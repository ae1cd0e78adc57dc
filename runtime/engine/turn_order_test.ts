/** The order of what is due does not depend on how late the engine's turn comes. */
import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { constantLoad, samplePlan, type SampleStep } from "../../tests/sample_plans.ts";
import { sampleHeaderJson } from "../../tests/sample_ledger.ts";
import type { Whole } from "../../tests/simulated_run.ts";
import { decodeRecord } from "../ledger/decode.ts";
import { MemorySink } from "../ledger/memory_sink.ts";
import { openLedger } from "../ledger/reader.ts";
import { memorySource } from "../ledger/source.ts";
import { LedgerWriter } from "../ledger/writer.ts";
import type { OpenLoad, Plan } from "../plan.ts";
import { Engine } from "./engine.ts";
import type { Network } from "./host.ts";

/** Nobody is asked anything. */
const NETWORK: Network = {
  send: () => {},
  cancel: () => "wait",
  isOpen: () => false,
  close: () => {},
  poll: () => {},
};

/** The records of a run whose turns are late by what `lateness` says, one after the other. */
function recordsOf(plan: Plan, lateness: readonly number[]): Whole[] {
  let now = 0;
  const clock = { now: () => now, wallClockMs: () => 0 };
  const sink = new MemorySink();
  const ledger = new LedgerWriter(sink, sampleHeaderJson());
  const engine = new Engine({ plan, host: { clock, openNetwork: () => NETWORK }, ledger });
  for (let turns = 0; !engine.finished; turns++) {
    engine.turn(now);
    if (!engine.finished) now = Math.max(now, engine.nextTick()) + (lateness[turns % lateness.length] ?? 0);
  }
  engine.close();
  ledger.finish();
  const records: Whole[] = [];
  openLedger(memorySource(sink.bytes())).scan(({ words, records: count }) => {
    for (let at = 0; at < count; at++) {
      const record = decodeRecord(words, at);
      if (record.lane !== "text") records.push(record);
    }
  });
  return records;
}

const step: fc.Arbitrary<SampleStep> = fc.oneof(
  fc.constantFrom<SampleStep>({ think: [0, 0] }, { think: [0, 3] }, { think: [1_000, 1_000] }, {
    think: [10, 30_000],
    repeat: [0, 3],
  }),
  fc.record({ group: fc.constant("g"), steps: fc.array(fc.constant<SampleStep>({ think: [0, 500] })) }),
);

const plan = fc.record({
  flows: fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 2 }),
  perSecond: fc.integer({ min: 1, max: 2_000 }),
  vus: fc.integer({ min: 1, max: 9 }),
  seed: fc.maxSafeNat(),
}).map(({ perSecond, vus, ...changes }) => {
  const { stages: [stage], ...load } = constantLoad(perSecond, 30_000, vus);
  const next = { ...stage, startTick: 30_000, firstSession: stage.sessions };
  const two: OpenLoad = { ...load, stages: [stage, next], gracefulStopTicks: 5_000 };
  return samplePlan({ ...changes, load: two });
});

Deno.test("whatever is due is done by tick, then stages, starts and those who wake, however late the turn", () => {
  fc.assert(
    fc.property(plan, fc.array(fc.nat(20_000), { minLength: 1, maxLength: 5 }), (plan, lateness) => {
      const punctual = recordsOf(plan, [0]);
      // At the end of graceful stop, sessions are cut short when that is noticed.
      const told = (records: Whole[]) => records.filter(({ tick }) => tick < 65_000);
      deepEqual(told(recordsOf(plan, lateness)), told(punctual));
    }),
    { numRuns: 300 },
  );
});

Deno.test("at one tick a stage begins first, then sessions start, then others wake, by session", () => {
  const { stages: [stage], ...load } = constantLoad(1_000, 2_000, 10);
  const second = { ...stage, startTick: 2_000, firstSession: 2 };
  const plan = samplePlan({
    flows: [[{ think: [1_000, 1_000] }, { think: [1_000, 1_000] }]],
    load: { ...load, stages: [stage, second] },
  });
  const order = recordsOf(plan, [100_000]).map(({ tick, session, name }) =>
    `${tick} ${session ?? "-"} ${name}`
  );
  const at2000 = order.filter((it) => it.startsWith("2000 "));
  deepEqual(at2000, [
    "2000 - stageEntered",
    "2000 2 sessionStarted",
    "2000 2 thinkChosen",
    "2000 0 sessionEnded",
    "2000 1 thinkChosen",
  ]);
  const ticks = order.map((it) => Number(it.split(" ")[0]));
  ok(ticks.every((tick, at) => at === 0 || tick >= ticks[at - 1]), "in the order of time");
});
