/** Which part of a run is done: the `index`-th of `count`, counted from 1. */
export type Shard = Readonly<{ index: number; count: number }>;

/** A run that is not divided. */
export const WHOLE: Shard = { index: 1, count: 1 };

/** Of things numbered from 0, how many a shard has: those whose number mod `count` is `index` − 1. */
export function shareOf(things: number, { index, count }: Shard): number {
  return Math.floor((things + count - index) / count);
}

/** What is split between shards, at least one for each: VUs and connections. */
export function leastShareOf(things: number, shard: Shard): number {
  return Math.max(1, shareOf(things, shard));
}
