import type { ClosedLoad, ClosedStage, Plan, Tick } from "../plan.ts";
import { type Shard, shareOf } from "./shares.ts";

/** How many users a closed load wants at `tick`: whole users of the line between `vusStart` and `vusEnd`. */
export function usersAt(load: ClosedLoad, tick: Tick): number {
  for (const stage of load.stages) {
    if (tick < stage.startTick) return 0;
    if (stage.lengthTicks === 0 || tick < stage.startTick + stage.lengthTicks) {
      return usersInStage(stage, tick - stage.startTick);
    }
  }
  return 0;
}

function usersInStage({ vusStart, vusEnd, lengthTicks }: ClosedStage, t: Tick): number {
  if (vusStart === vusEnd) return vusStart;
  const moved = Math.floor((Math.abs(vusEnd - vusStart) * t) / lengthTicks);
  return vusEnd > vusStart ? vusStart + moved : vusStart - moved;
}

/**
 * How many of them are a shard's: those numbered index − 1, index − 1 + count … A shard that would never have any has
 * one, as long as there is one at all, or nobody would begin its sessions.
 */
export function usersOfShard(load: ClosedLoad, tick: Tick, shard: Shard): number {
  const users = usersAt(load, tick);
  return shareOf(load.maxVus, shard) === 0 ? Math.min(users, 1) : shareOf(users, shard);
}

/** The first tick from `tick` on at which the load wants more than `users` users of a shard, or Infinity. */
export function moreUsersOfShard(load: ClosedLoad, users: number, tick: Tick, shard: Shard): Tick {
  const { index, count } = shard;
  if (shareOf(load.maxVus, shard) === 0) return users > 0 ? Infinity : moreUsersThan(load, 0, tick);
  return moreUsersThan(load, users * count + index - 1, tick);
}

/** The first tick from `tick` on at which the load wants more than `users` users, or Infinity. */
export function moreUsersThan(load: ClosedLoad, users: number, tick: Tick): Tick {
  for (const stage of load.stages) {
    const { startTick, lengthTicks, vusStart, vusEnd } = stage;
    const endTick = lengthTicks === 0 ? Infinity : startTick + lengthTicks;
    if (endTick <= tick) continue;
    const from = Math.max(tick, startTick);
    if (usersInStage(stage, from - startTick) > users) return from;
    if (vusEnd > vusStart && vusEnd > users) {
      const reached = startTick + Math.ceil(((users + 1 - vusStart) * lengthTicks) / (vusEnd - vusStart));
      if (reached < endTick) return Math.max(from, reached);
    }
  }
  return Infinity;
}

/** When the last stage ends; Infinity where only iterations bound the load. */
export function endOfStages({ load }: Plan): Tick {
  const last = load.stages[load.stages.length - 1];
  const endless = load.model === "closed" && last.lengthTicks === 0;
  return endless ? Infinity : last.startTick + last.lengthTicks;
}
