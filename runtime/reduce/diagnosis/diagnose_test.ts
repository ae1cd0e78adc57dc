/** What a simulated run cannot show: the generator's own part, and what stands in no step's time. */
import assert from "node:assert/strict";
import {
  syntheticHeader,
  syntheticLedger,
  syntheticPlan,
  type SyntheticRecord,
} from "../../../tests/synthetic_ledger.ts";
import { END } from "../../ledger/record.ts";
import type { Finding } from "./diagnosis.ts";
import { reduce } from "../reduce.ts";

const SECOND = 1_000_000;
const plan = syntheticPlan({
  flows: [{ name: "main", steps: ["health"] }],
  stages: [
    { name: "warm", warmup: true, lengthTicks: 10 * SECOND, rate: 50 },
    { name: "hold", lengthTicks: 50 * SECOND, rate: 50 },
  ],
});

/** A request every 20 ms that takes 10 ms; what is due from 30 s to 35 s is late, or takes longer, by so much. */
function findings(
  { lagTicks = 0, serviceTicks = 0, others = [], warmupTicks = 0 }: {
    lagTicks?: number;
    serviceTicks?: number;
    others?: readonly SyntheticRecord[];
    warmupTicks?: number;
  },
): readonly Finding[] {
  const records: SyntheticRecord[] = [...others];
  for (let session = 0; session < 60 * 50; session++) {
    const due = session * 20_000;
    const isWarm = due < 10 * SECOND;
    const isHigh = due >= 30 * SECOND && due < 35 * SECOND;
    const lag = isHigh ? lagTicks : 10 + session % 7;
    const end = due + lag + 10_000 + session % 500 + (isHigh ? serviceTicks : isWarm ? warmupTicks : 0);
    const on = { session, vu: session % 500 };
    records.push({ ...on, tick: due, kind: "sessionStarted", step: 0, a: isWarm ? 0 : 1 });
    records.push({ ...on, tick: due + lag, kind: "requestIssued", step: 0, a: lag });
    records.push({ ...on, tick: end, kind: "responseEnded", step: 0, c: 200 });
    records.push({ ...on, tick: end, kind: "sessionEnded", step: 0, a: END.completed });
  }
  records.sort((one, other) => one.tick - other.tick);
  return reduce([syntheticLedger(syntheticHeader(plan), records)]).diagnosis;
}

/** The only finding is a rise from 30 s to 35 s; what is told of the generator then. */
function generatorOf(found: readonly Finding[]) {
  assert.equal(found.length, 1);
  const [rise] = found;
  assert.ok(rise.kind === "response-time-rose");
  assert.deepEqual(rise.spans, [{ fromTick: 30 * SECOND, toTick: 35 * SECOND }]);
  return rise.meanwhile.generator;
}

Deno.test("a steady ledger has no findings, and neither has one that was slow in its warm-up", () => {
  assert.deepEqual(findings({}), []);
  assert.deepEqual(findings({ warmupTicks: 300_000 }), []);
});

Deno.test("the generator is fine where the target was slow", () => {
  const { lagP99Ticks, gapTicks, isBusy, isFine } = generatorOf(findings({ serviceTicks: 500_000 }));
  assert.deepEqual([lagP99Ticks, gapTicks, isBusy, isFine], [null, 0, false, true]);
});

Deno.test("its own lag is told where it is a good part of the rise", () => {
  const { lagP99Ticks, isFine } = generatorOf(findings({ lagTicks: 300_000 }));
  assert.equal(isFine, false);
  assert.ok(Math.abs((lagP99Ticks ?? 0) - 300_000) < 0.03 * 300_000);
  const small = generatorOf(findings({ lagTicks: 20_000, serviceTicks: 500_000 }));
  assert.equal(small.isFine, true);
  assert.ok(Math.abs((small.lagP99Ticks ?? 0) - 20_000) < 0.03 * 20_000);
});

Deno.test("of its gaps the part in the time of the rise is told", () => {
  const gap: SyntheticRecord = { tick: 36 * SECOND, kind: "loopGap", a: 3 * SECOND };
  const { gapTicks, isFine } = generatorOf(findings({ serviceTicks: 500_000, others: [gap] }));
  assert.deepEqual([gapTicks, isFine], [2 * SECOND, false]);
});

Deno.test("a generator that was busy is not fine", () => {
  const busy: SyntheticRecord = { tick: 50 * SECOND, kind: "processorUsed", a: 960_000, b: SECOND };
  assert.equal(generatorOf(findings({ serviceTicks: 500_000, others: [busy] })).isFine, false);
});
