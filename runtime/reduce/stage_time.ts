/** How long a stage really was: to its planned end, or to where the run ended before it. */
import type { Load, Tick } from "../plan.ts";
import type { Course } from "./course.ts";

/** Of several shards: as long as it was in the one that was in it longest. */
export function stageTicks(load: Load, position: number, courses: readonly Course[]): Tick {
  return Math.max(...courses.map((course) => ticksIn(load, position, course)));
}

function ticksIn({ model, stages }: Load, position: number, { stopTick, lastTick, ended }: Course): Tick {
  const stage = stages[position];
  // An open load that nothing stopped has let its stages run out, even when its last answer came before.
  if (model === "open" && ended && stopTick < 0) return stage.lengthTicks;
  const runEnd = stopTick >= 0 ? stopTick : lastTick;
  const end = stage.lengthTicks === 0 ? runEnd : Math.min(stage.startTick + stage.lengthTicks, runEnd);
  return Math.max(0, end - stage.startTick);
}
