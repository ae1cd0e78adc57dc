import assert from "node:assert/strict";
import fc from "fast-check";
import { DiagnosisCounts, FINE, SHADES, UNEXPECTED } from "./counts.ts";
import { ROWS, timeRow } from "./rows.ts";

/** From a run of some seconds, which has room, to one of days, whose stretches were doubled often. */
const LENGTHS = [1_000_000, 60_000_000, 3_600_000_000, 172_800_000_000];
const WHATS = [FINE, FINE, FINE, 3502, UNEXPECTED + 503];

type Told = { step: number; due: number; end: number; what: number; hasTime: boolean };

function told(lengthTicks: number): fc.Arbitrary<Told> {
  return fc.record({
    step: fc.nat(2),
    due: fc.nat(lengthTicks),
    length: fc.nat(10_000_000),
    what: fc.constantFrom(...WHATS),
  }).map(({ step, due, length, what }) => ({
    step,
    due,
    end: due + length,
    what,
    hasTime: what === FINE || what >= UNEXPECTED,
  }));
}

function counted(all: readonly Told[]): DiagnosisCounts {
  const counts = new DiagnosisCounts(3);
  for (const { step, due, end, what, hasTime } of all) {
    counts.arrival(due, what !== FINE);
    counts.late(due, 2000);
    counts.requestEnded(step, due, end, true, what, hasTime);
  }
  return counts;
}

Deno.test("everything stands in its stretch, however often stretches were joined, and in any order", () => {
  const runs = fc.constantFrom(...LENGTHS).chain((length) => fc.array(told(length), { minLength: 1 }));
  fc.assert(
    fc.property(runs, (all) => {
      const counts = counted(all);
      const width = counts.widthTicks;
      const at = (tick: number) => Math.floor(tick / width);
      const naive = new Map<string, number>();
      const add = (key: string) => naive.set(key, (naive.get(key) ?? 0) + 1);
      for (const { step, due, end, what, hasTime } of all) {
        add(`${what === FINE ? "arrived" : "dropped"} ${at(due)}`);
        add(`late ${at(due) * ROWS + timeRow(2000)}`);
        add(`ended ${at(end)}`);
        if (hasTime) add(`times ${step} ${at(due) * ROWS + timeRow(end - due)}`);
        if (hasTime) add(`samples ${step} ${2 * Math.floor(due / (width / SHADES))}`);
        if (!hasTime) add(`lost ${step} ${at(due)}`);
        if (what !== FINE) add(`error ${step} ${what} ${at(due)}`);
      }
      assert.deepEqual(read(counts), new Map([...naive].sort()));
      assert.deepEqual(read(counted(all.toReversed())), read(counts));
      assert.equal(counts.length, at(Math.max(...all.map(({ end }) => end))) + 1);
      assert.ok(counts.length <= 512);
    }),
    { numRuns: 60 },
  );
});

function read(counts: DiagnosisCounts): Map<string, number> {
  const found: [string, number][] = [];
  const add = (name: string, values: Uint32Array) =>
    values.forEach((value, at) => value > 0 && found.push([`${name} ${at}`, value]));
  add("arrived", counts.arrived);
  add("dropped", counts.dropped);
  add("late", counts.lag);
  add("ended", counts.ended);
  counts.steps.forEach((of, step) => {
    add(`times ${step}`, of?.times.values ?? new Uint32Array());
    add(`samples ${step}`, (of?.samples.values ?? new Uint32Array()).map((it, at) => at % 2 === 0 ? it : 0));
    add(`lost ${step}`, of?.lost.values ?? new Uint32Array());
  });
  for (const [key, { values }] of counts.errors) {
    const { step, what } = DiagnosisCounts.keyParts(key);
    add(`error ${step} ${what}`, values);
  }
  return new Map(found.sort());
}

Deno.test("plans of many steps have fewer stretches", () => {
  const counts = new DiagnosisCounts(100);
  counts.requestEnded(7, 0, 3_600_000_000, true, FINE);
  assert.ok(counts.length > 32 && counts.length <= 64);
});
