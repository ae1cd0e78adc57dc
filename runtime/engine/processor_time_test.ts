import { deepEqual } from "node:assert/strict";
import type { Engine } from "./engine.ts";
import { ProcessorTime } from "./processor_time.ts";

/** What is recorded by a load whose turns come at those moments, in that stage, having used so much by then. */
function recorded(turns: readonly Readonly<{ now: number; stage: number; used: number }>[]) {
  const told: [now: number, used: number][] = [];
  const counters = { stage: 0 };
  let [now, used] = [0, 400];
  const engine = { counters, processorUsed: (now: number, used: number) => told.push([now, used]) };
  const host = { clock: { now: () => now, wallClockMs: () => 0 }, processor: { usedTicks: () => used } };
  const time = new ProcessorTime(engine as unknown as Engine, host);
  for (const turn of turns) {
    [now, counters.stage, used] = [turn.now, turn.stage, turn.used];
    time.turned(now);
  }
  time.tell();
  return told;
}

Deno.test("once a second, where a stage begins, and at the end", () => {
  const told = recorded([
    { now: 5, stage: 0, used: 500 },
    { now: 999_999, stage: 0, used: 500_400 },
    { now: 1_000_003, stage: 0, used: 500_500 },
    { now: 1_500_000, stage: 1, used: 700_500 },
    { now: 2_400_000, stage: 1, used: 800_500 },
    { now: 2_500_000, stage: 1, used: 900_500 },
    { now: 2_600_000, stage: 1, used: 900_400 },
  ]);
  deepEqual(told, [[1_000_003, 500_100], [1_500_000, 200_000], [2_500_000, 200_000], [2_600_000, 0]]);
});
