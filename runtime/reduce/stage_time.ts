/** How long a stage really was: to its planned end, or to where the run ended before it. */
import type { Load, Tick } from "../plan.ts";
import type { Counters } from "./counters.ts";

export function stageTicks({ model, stages }: Load, position: number, counters: Counters): Tick {
  const stage = stages[position];
  const { stopTick, lastTick, ended } = counters;
  // An open load that nothing stopped has let its stages run out, even when its last answer came before.
  if (model === "open" && ended && stopTick < 0) return stage.lengthTicks;
  const runEnd = stopTick >= 0 ? stopTick : lastTick;
  const end = stage.lengthTicks === 0 ? runEnd : Math.min(stage.startTick + stage.lengthTicks, runEnd);
  return Math.max(0, end - stage.startTick);
}
