import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Clock, Completions } from "../engine/host.ts";
import type { Tick } from "../plan.ts";
import { Looking } from "./looking.ts";
import { Pacer } from "./pacer.ts";

/** A clock that goes on by `step` ticks with every look at it, and sessions under way that are due at `due`. */
function world(step: Tick) {
  const state = { now: 0, looks: 0, due: Infinity };
  const clock: Clock = {
    now() {
      state.looks++;
      return state.now += step;
    },
    wallClockMs: () => 0,
  };
  const completions = { dueTick: () => state.due } as unknown as Completions;
  return { state, pacer: new Pacer(clock, completions, new Looking()) };
}

/** Whether it is over within some turns of the event loop. */
async function isOver(wait: Promise<void>): Promise<boolean> {
  let over = false;
  wait.then(() => over = true);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
  return over;
}

Deno.test("a short wait is over at its tick, and no earlier", async () => {
  const { state, pacer } = world(100);
  await pacer.wait(1_000);
  assert.equal(state.now, 1_000);
});

Deno.test("what is delivered ends a wait that is over, or where a session is due before its end, and no other", async () => {
  const { state, pacer } = world(0);
  const first = pacer.wait(500);
  pacer.delivered(499);
  assert.equal(await isOver(first), false);
  pacer.delivered(500);
  await first;
  const second = pacer.wait(1_000);
  state.due = 999;
  pacer.delivered(501);
  await second;
});

Deno.test("however many waits are ended early, there is one look a turn", async () => {
  const { state, pacer } = world(0);
  for (let n = 0; n < 10; n++) {
    const wait = pacer.wait(500);
    pacer.delivered(500);
    await wait;
  }
  const last = pacer.wait(500);
  state.looks = 0;
  assert.equal(await isOver(last), false);
  assert.ok(state.looks >= 15 && state.looks <= 25, `${state.looks} looks in 20 turns`);
  pacer.delivered(500);
  await last;
  assert.equal(await isOver(Promise.resolve()), true);
});
