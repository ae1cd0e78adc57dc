import assert from "node:assert/strict";
import fc from "fast-check";
import { KIND, SESSION } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { inspectedLedger } from "../../tests/inspected_ledger.ts";
import { onceRecords, randomNumbers, randomRun, recordsOf } from "../../tests/random_run.ts";
import { syntheticHeader, syntheticPlan, type SyntheticRecord } from "../../tests/synthetic_ledger.ts";
import { shopLedger } from "../../tests/inspected_run.ts";
import { BlockIndex } from "./block_index.ts";
import { statesText } from "./states_text.ts";
import { Stepper } from "./stepper.ts";
import { DOING, type VuStates } from "./vu_states.ts";

const plan = syntheticPlan({
  flows: [{ name: "buy", steps: ["login", "pay"] }, { name: "browse", steps: ["home"] }],
  setup: ["prepare"],
  stages: [{ name: "one", lengthTicks: 1_000_000, rate: 10 }, {
    name: "two",
    lengthTicks: 1_000_000,
    rate: 10,
  }],
});

/** A run whose records stand as a late generator writes them: each VU's in order, all others somewhat mixed. */
function mixedRecords(seed: number, sessions: number): SyntheticRecord[] {
  const random = randomNumbers(seed);
  const late = new Map<number, number>();
  const keyed = recordsOf(randomRun(plan, seed, sessions, 12)).map((record) => {
    const vu = record.vu ?? -1;
    const key = Math.max(late.get(vu) ?? 0, record.tick + random(3000));
    late.set(vu, key);
    return { key, record };
  });
  const load = keyed.flatMap(({ key, record }): typeof keyed => {
    if (record.kind !== "responseEnded" || random(3) > 0) return [{ key, record }];
    const kind = random(2) === 0 ? "thinkChosen" : "retried";
    const wait = { ...record, kind, a: random(9000), b: kind === "retried" ? random(9000) : 0 } as const;
    return [{ key, record }, { key, record: wait }];
  }).sort((one, other) => one.key - other.key).map(({ record }) => record);
  return [...onceRecords(plan, "setup", true), ...load];
}

type Seen = {
  vu: number;
  session: number;
  doing: number;
  step: number;
  since: number;
  until: number;
  requests: number;
};

/** From the whole list of records, VU by VU, and from nothing that was counted before. */
function naiveStates(records: readonly SyntheticRecord[], tick: number): Seen[] {
  const ofLoad = records.filter((it) =>
    it.tick <= tick && it.session !== SESSION.setup && it.vu !== undefined
  );
  const vus = [...new Set(ofLoad.map(({ vu = 0 }) => vu))].sort((a, b) => a - b);
  return vus.flatMap((vu) => {
    const own = ofLoad.filter((it) => it.vu === vu);
    const from = own.findLastIndex(({ kind }) => kind === "sessionStarted");
    const since = own.slice(Math.max(0, from));
    if (from < 0 || since.some(({ kind }) => kind === "sessionEnded")) return [];
    const last = since.findLast(({ kind }) => kind in MOVES);
    if (last === undefined) throw new Error("a session without a beginning");
    const [doing, waits] = MOVES[last.kind] ?? [0, false];
    const told = waits ? last.tick + (last.kind === "retried" ? last.b ?? 0 : last.a ?? 0) : 0;
    return [{
      vu,
      session: since[0].session ?? -1,
      doing,
      step: last.kind === "sessionStarted" ? 0xffff : last.step ?? -1,
      since: last.tick,
      until: told,
      requests: since.filter(({ kind }) => kind === "responseEnded" || kind === "requestFailed").length,
    }];
  });
}

const MOVES: Partial<Record<SyntheticRecord["kind"], [doing: number, waits: boolean]>> = {
  sessionStarted: [DOING.between, false],
  requestPlanned: [DOING.wanting, false],
  requestIssued: [DOING.inFlight, false],
  responseEnded: [DOING.between, false],
  requestFailed: [DOING.between, false],
  thinkChosen: [DOING.thinking, true],
  retried: [DOING.retrying, true],
};

function seen({ columns, capacity }: VuStates): Seen[] {
  const all: Seen[] = [];
  for (let vu = 0; vu < capacity; vu++) {
    const doing = columns.doing[vu];
    if (doing === DOING.nothing) continue;
    const waits = doing === DOING.thinking || doing === DOING.retrying;
    all.push({
      vu,
      session: columns.session[vu],
      doing,
      step: columns.step[vu],
      since: columns.sinceTick[vu],
      until: waits ? columns.untilTick[vu] : 0,
      requests: columns.requests[vu],
    });
  }
  return all;
}

function indexOf(
  records: readonly SyntheticRecord[],
  blockRecords: number,
  checkpointBytes?: number,
  of: Plan = plan,
) {
  const { source, ledger } = inspectedLedger(syntheticHeader(of), records, blockRecords);
  return new BlockIndex(source, ledger, checkpointBytes);
}

Deno.test("what every VU is doing is what a naive fold says, at every tick", () => {
  const cases = fc.record({
    seed: fc.nat(),
    sessions: fc.integer({ min: 1, max: 60 }),
    blockRecords: fc.integer({ min: 19, max: 64 }),
    checkpointBytes: fc.constantFrom(0, 20_000, 100_000, 10_000_000),
  });
  fc.assert(
    fc.property(cases, ({ seed, sessions, blockRecords, checkpointBytes }) => {
      const records = mixedRecords(seed, sessions);
      const index = indexOf(records, blockRecords, checkpointBytes);
      const ticks = [...new Set(records.map(({ tick }) => tick))].sort((a, b) => a - b);
      const random = randomNumbers(seed);
      for (let n = 0; n < 12; n++) {
        const tick = ticks[random(ticks.length)] + random(3) - 1;
        assert.deepEqual(seen(index.statesAt(tick)), naiveStates(records, tick), `at ${tick}`);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("every tick has a next one and a previous one, of trouble too", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 19, max: 64 }), (seed, blockRecords) => {
      const records = mixedRecords(seed, 30);
      const index = indexOf(records, blockRecords);
      const ofLoad = records.filter(({ session }) => session !== SESSION.setup);
      for (const trouble of [false, true]) {
        const wanted = ofLoad.filter(({ kind }) =>
          !trouble || kind === "requestFailed" || kind === "checkFailed"
        );
        const ticks = [...new Set(wanted.map(({ tick }) => tick))].sort((a, b) => a - b);
        const forwards: number[] = [];
        for (let at = index.tickAfter(-1, trouble); at !== null; at = index.tickAfter(at, trouble)) {
          forwards.push(at);
        }
        assert.deepEqual(forwards, ticks);
        const backwards: number[] = [];
        for (let at = index.tickBefore(1e15, trouble); at !== null; at = index.tickBefore(at, trouble)) {
          backwards.unshift(at);
        }
        assert.deepEqual(backwards, ticks);
      }
      const { firstTick, lastTick } = index.span;
      assert.equal(firstTick, Math.min(...ofLoad.map(({ tick }) => tick)));
      assert.equal(lastTick, Math.max(...ofLoad.map(({ tick }) => tick)));
    }),
    { numRuns: 20 },
  );
});

Deno.test("the records at a tick are all of them, in the ledger's order", () => {
  const records = mixedRecords(5, 40);
  const index = indexOf(records, 19);
  for (const { tick } of records.slice(20, 60)) {
    const found: number[] = [];
    index.recordsAt(tick, ({ words }, at) => void found.push(words[at * 8 + 4] & 0xffff));
    const wanted = records.filter((it) => it.tick === tick && it.session !== SESSION.setup);
    assert.deepEqual(found, wanted.map(({ kind }) => KIND[kind]));
  }
});

Deno.test("stepping forwards and backwards shows the same screens", () => {
  for (const [width, height] of [[60, 24], [80, 40], [200, 30]]) {
    const { source, ledger } = shopLedger(19);
    const index = new BlockIndex(source, ledger, 4_000);
    const stepper = new Stepper(index, ledger.header.plan, index.span.firstTick);
    const screens: string[] = [];
    const screen = () => {
      const lines = stepper.screen(width, height);
      assert(lines.length <= height, `${lines.length} lines on ${height}`);
      assert(lines.every((line) => line.length <= width));
      return `${stepper.tick}\n${lines.join("\n")}`;
    };
    for (let before = -1; stepper.tick !== before;) {
      before = stepper.tick;
      screens.push(screen());
      stepper.do("n");
    }
    assert(screens.length > 60);
    assert.equal(stepper.tick, index.span.lastTick);
    for (const forwards of screens.toReversed().slice(1)) {
      stepper.do("p");
      assert.equal(screen(), forwards);
    }
    assert.equal(stepper.tick, index.span.firstTick);
  }
});

Deno.test("keys go where they say", () => {
  const { source, ledger } = shopLedger();
  const index = new BlockIndex(source, ledger);
  const { firstTick, lastTick } = index.span;
  const stepper = new Stepper(index, ledger.header.plan, firstTick);
  const at = (word: string) => {
    assert(stepper.doWord(word));
    return stepper.tick;
  };
  assert.equal(at("p"), firstTick);
  assert.match(stepper.screen(80, 40).join("\n"), /nothing comes before this/);
  assert.equal(at("2.5s"), 2_500_000);
  assert.equal(at(">"), 3_500_000);
  assert.equal(at("<"), 2_500_000);
  const trouble = at("e");
  // The eighth shopper's payment: lag and log-in, think, search, pay.
  assert.equal(trouble, 8_000_000 + 13_200 + 900_000 + 30_800 + 708_000);
  assert.match(stepper.screen(80, 40).join("\n"), /checkFailed.*not status 200/);
  assert(at("e") > trouble);
  assert.equal(at("E"), trouble);
  assert.equal(at("G"), lastTick);
  assert.equal(at("g"), firstTick);
  at("nonsense");
  assert.match(stepper.screen(120, 40).join("\n"), /"nonsense" is neither a key nor a time/);
  const first = stepper.screen(80, 40);
  at("5s");
  assert.notDeepEqual(stepper.screen(80, 40), first);
  assert.equal(stepper.doWord("q"), false);
});

Deno.test("VUs beyond the screen are counted, and scrolled to", () => {
  const { source, ledger } = shopLedger();
  const states = new BlockIndex(source, ledger).statesAt(9_300_000);
  const page = { plan: ledger.header.plan, tick: 9_300_000, width: 80, limit: 1, skip: 0 };
  const all = statesText(states, { ...page, limit: 9 });
  const one = statesText(states, page);
  const others = all.length - 5;
  assert(others > 0);
  assert.equal(one.length, 6);
  assert.equal(one.at(-1), `… and ${others} VU${others === 1 ? "" : "s"} more`);
  assert.equal(statesText(states, { ...page, skip: 1 })[4], all[5]);
});
