import { equal } from "node:assert/strict";
import { EventLoopTurns } from "./event_loop_turns.ts";

/** How many turns are taken in a row, each `ticks` long, and when there are no more. */
function taken(turns: EventLoopTurns, from: number, ticks: number): [count: number, now: number] {
  let count = 0;
  let now = from;
  while (turns.take(now)) {
    count++;
    now += ticks;
  }
  return [count, now];
}

Deno.test("the event loop has 64 turns in a row, then none for 100 ms, however often it is asked", () => {
  const turns = new EventLoopTurns();
  equal(taken(turns, 5, 0)[0], 64);
  equal(turns.nextTick, 100_005);
  equal(turns.take(100_004), false);
  equal(taken(turns, 100_005, 0)[0], 64);
  equal(taken(turns, 1_000_000, 0)[0], 64);
  equal(turns.nextTick, 1_100_000);
});

Deno.test("turns that take long leave as much time between them", () => {
  const turns = new EventLoopTurns();
  const [count, now] = taken(turns, 0, 1_000);
  equal(count, 64);
  equal(turns.nextTick, now - 1_000 + 100_000);
});
