import type { Course } from "./course.ts";
import { partsPerMillion } from "./rounding.ts";
import type { ProcessorShare } from "./summary.ts";

/** Whoever is busy for so much of the time lets answers wait, which takes longer than the rest of it suggests. */
const BUSY_PPM = 900_000;
/** A system's count may be a little ahead of the time. */
const WHOLE_PPM = 1_000_000;

/** Of the shard that was busiest: idle ones do not make up for it. Null where nobody could tell. */
export function busiestShard(
  shards: readonly Readonly<{ shard: number; course: Pick<Course, "processor"> }>[],
): ProcessorShare | null {
  return shards.reduce<ProcessorShare | null>((busiest, { shard, course: { processor } }) => {
    const ppm = partsPerMillion(processor.usedTicks, processor.ofTicks);
    if (ppm === null || (busiest !== null && ppm <= busiest.usedPpm)) return busiest;
    const usedPpm = Math.min(ppm, WHOLE_PPM);
    return { shard, usedPpm, isBusy: usedPpm >= BUSY_PPM };
  }, null);
}
