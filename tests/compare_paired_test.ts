/** Requests of two runs that are the same one, against a naive model, and a pair of ledgers made by hand. */
import assert from "node:assert/strict";
import type { Comparison } from "../cli/compare/comparison.ts";
import { comparisonHtml } from "../cli/compare/html.ts";
import { comparisonMarkdown } from "../cli/compare/markdown.ts";
import { comparisonText } from "../cli/compare/text.ts";
import { ERROR, requestError } from "../runtime/ledger/errors.ts";
import { END } from "../runtime/ledger/record.ts";
import { compared, shopPlan, sideOf, sideOfLedgers, simulatedBytes } from "./compared_runs.ts";
import { toldLedger } from "./simulator/told_records.ts";
import { randomNumbers } from "./random_run.ts";
import { syntheticHeader, syntheticLedger, syntheticPlan, type SyntheticRecord } from "./synthetic_ledger.ts";

const USUAL = await simulatedBytes(shopPlan({ seconds: 10 }));
const TROUBLED = await simulatedBytes(
  shopPlan({ seconds: 10, slower: 1.05, simulation: { errorsPpm: 30_000 } }),
  { sessionLimit: 1200 },
);

type Asked = { step: number; ticks: number | null };

/** By session: what it asked for, in order. */
function askedBySession(bytes: Uint8Array): Map<number, Asked[]> {
  const asked = new Map<number, Asked[]>();
  const due = new Map<number, number>();
  for (const { name, session, step, tick, a, b } of toldLedger(bytes).records) {
    const own = asked.get(session ?? -1) ?? [];
    asked.set(session ?? -1, own);
    if (name === "requestIssued") {
      own.push({ step: step ?? -1, ticks: null });
      due.set(session ?? -1, tick - a - b);
    }
    const isTimed = name === "responseEnded" ||
      (name === "requestFailed" && requestError(a).name.endsWith(".timeout"));
    const last = own.at(-1);
    if (isTimed && last !== undefined) last.ticks = tick - (due.get(session ?? -1) ?? 0);
  }
  return asked;
}

Deno.test("a naive model pairs the same requests, and finds the same differences", () => {
  const [a, b] = [askedBySession(USUAL), askedBySession(TROUBLED)];
  const differences = new Map<number, number[]>();
  for (const [session, own] of a) {
    const others = b.get(session) ?? [];
    for (const [place, { step, ticks }] of own.entries()) {
      const other = others.at(place);
      if (other?.step !== step) break;
      if (ticks === null || other.ticks === null) continue;
      differences.set(step, [...(differences.get(step) ?? []), other.ticks - ticks]);
    }
  }
  const found = compared(sideOf(USUAL), sideOf(TROUBLED)).pairedRequests;
  assert.ok(found !== null);
  const samples = (asked: Map<number, Asked[]>) =>
    [...asked.values()].flat().filter(({ ticks }) => ticks !== null).length;
  assert.deepEqual(found.of, { baseline: samples(a), candidate: samples(b) });
  const pairs = [...differences.values()].flat().length;
  assert.equal(found.pairs, pairs);
  assert.ok(pairs < found.of.baseline, "not all have a partner");
  const wanted = [...differences].sort(([one], [other]) => one - other).map(([, all]) => ({
    pairs: all.length,
    longer: all.filter((one) => one > 0).length,
    shorter: all.filter((one) => one < 0).length,
    mean: Math.round((all.reduce((sum, one) => sum + one, 0) / all.length) * 1000) / 1000,
  }));
  assert.deepEqual(
    found.steps.map(({ pairs, longer, shorter, meanDifference: { value } }) => {
      return { pairs, longer, shorter, mean: value };
    }),
    wanted,
  );
  for (const { finding, meanDifference: { value, low, high } } of found.steps) {
    assert.ok(low !== null && high !== null && low < value && value < high);
    assert.equal(finding, low > 0 ? "worse" : high < 0 ? "better" : "noise");
  }
});

Deno.test("a difference that quantiles do not show is seen request by request", () => {
  const random = randomNumbers(3);
  const sessions = Array.from({ length: 400 }, (): Step[] => {
    return [[0, 1_000 + random(30_000)], [1, 1_000 + random(30_000)]];
  });
  const slightly = sessions.map((steps) => steps.map(([step, ticks]): Step => [step, ticks + random(100)]));
  const comparison = compared(sideOfLedgers(ledgerOf(sessions)), sideOfLedgers(ledgerOf(slightly)));
  const all = comparison.parts.find(({ kind }) => kind === "all")?.figures ?? [];
  const p95 = all.find(({ metric, statistic }) => metric === "response_time" && statistic === "p95");
  assert.equal(p95?.finding, "noise");
  const { steps = [] } = comparison.pairedRequests ?? {};
  assert.deepEqual(steps.map(({ finding, pairs }) => [finding, pairs]), [["worse", 399], ["worse", 399]]);
  for (const { meanDifference: { low, high } } of steps) {
    assert.ok(low !== null && high !== null && low > 30 && high < 70);
  }
});

Deno.test("a run has no differences from itself, and runs that are not paired have none that are told", async () => {
  const same = compared(sideOf(USUAL), sideOf(USUAL)).pairedRequests;
  assert.ok(same !== null && same.pairs === same.of.baseline);
  for (const { longer, shorter, meanDifference, finding } of same.steps) {
    assert.deepEqual([longer, shorter, meanDifference.value, finding], [0, 0, 0, "same"]);
  }
  const other = await simulatedBytes(shopPlan({ seconds: 10, seed: 2 }));
  assert.equal(compared(sideOf(USUAL), sideOf(other)).pairedRequests, null);
});

Deno.test("all three pages say how many were paired, and how they differ", () => {
  const comparison = compared(sideOf(USUAL), sideOf(TROUBLED));
  const { pairedRequests: paired } = comparison;
  assert.ok(paired !== null);
  const shown = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  const sentence = `${shown(paired.pairs)} were paired, of ${shown(paired.of.baseline)} in A`;
  for (const page of pagesOf(comparison)) {
    const text = page.replace(/\s+/g, " ");
    assert.ok(text.includes(sentence), `${sentence} is not in ${text}`);
    for (const { pairs } of paired.steps) assert.ok(text.includes(shown(pairs)));
  }
});

function pagesOf(comparison: Comparison): string[] {
  return [
    comparisonText(comparison, { width: 120, color: false }),
    comparisonMarkdown(comparison),
    comparisonHtml(comparison),
  ];
}

/** A session after the other, on one VU. `steps`: which, and how long it takes; `again`: the next is a further try. */
type Step = readonly [step: number, ticks: number, again?: "retried" | "redirected"];

function ledgerOf(sessions: readonly (readonly Step[])[]) {
  const plan = syntheticPlan({
    flows: [{ name: "main", steps: ["one", "two"] }],
    stages: [
      { name: "warm", warmup: true, lengthTicks: 1_000_000, rate: 1 },
      { name: "hold", lengthTicks: 60_000_000, rate: 1 },
    ],
  });
  const records = sessions.flatMap((steps, session): SyntheticRecord[] => {
    const on = { session, vu: 0 };
    let tick = session * 1_000_000;
    const told: SyntheticRecord[] = [{
      ...on,
      tick,
      kind: "sessionStarted",
      step: 0,
      a: session === 0 ? 0 : 1,
    }];
    for (const [step, ticks, again] of steps) {
      told.push({ ...on, tick: tick + 10, step, kind: "requestIssued", a: 7, b: 3, c: 1 });
      tick += ticks;
      if (again === "retried") {
        told.push({ ...on, tick, step, kind: "requestFailed", a: ERROR["wait.timeout"], c: 0xffff_ffff });
      } else told.push({ ...on, tick, step, kind: "responseEnded", a: 5, b: 9, c: 200 + 2 ** 16 });
      if (again !== undefined) told.push({ ...on, tick, step, kind: again, a: 2 });
    }
    told.push({ ...on, tick, kind: "sessionEnded", step: 0, a: END.completed });
    return told;
  });
  const end = { tick: records.at(-1)?.tick ?? 0, kind: "runEnded" } as const;
  return [syntheticLedger(syntheticHeader(plan), [...records, end])];
}

Deno.test("further tries, what redirects lead to, warm-up, and what follows another way are left out", () => {
  const a = ledgerOf([
    [[0, 100], [1, 100]],
    [[0, 100, "retried"], [0, 50], [1, 300]],
    [[0, 200, "redirected"], [0, 70], [1, 400]],
    [[0, 100], [1, 100], [0, 100]],
  ]);
  const b = ledgerOf([
    [[0, 900], [1, 900]],
    [[0, 110], [1, 330]],
    [[0, 220], [1, 370]],
    [[0, 100], [0, 500], [0, 100]],
  ]);
  const found = compared(sideOfLedgers(a), sideOfLedgers(b)).pairedRequests;
  assert.deepEqual(found, {
    pairs: 5,
    of: { baseline: 7, candidate: 7 },
    steps: [
      {
        flow: "main",
        step: "one",
        pairs: 3,
        longer: 2,
        shorter: 0,
        meanDifference: { value: 10, low: null, high: null },
        finding: "unknown",
      },
      {
        flow: "main",
        step: "two",
        pairs: 2,
        longer: 1,
        shorter: 1,
        meanDifference: { value: 0, low: null, high: null },
        finding: "unknown",
      },
    ],
  });
});
