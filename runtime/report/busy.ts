/** What a report says of the processor that the generator used. */
import type { Summary, ValidityResult } from "../reduce/summary.ts";
import { percent } from "./format.ts";
import { isAny } from "./limits.ts";

/** What a busy generator means for the figures, as a sentence without a full stop; null where it was not busy. */
export function busyText({ generator, shards }: Pick<Summary, "generator" | "shards">): string | null {
  const { processor } = generator;
  if (processor === null || !processor.isBusy) return null;
  const who = shards.length > 1 ? `The generator of shard ${processor.shard}` : "The generator";
  const share = percent(processor.usedPpm, 2);
  return `${who} was busy ${share} of the time: response times hold some of its own work`;
}

/** Where nobody could tell what was used of the processor, and nobody asked, there is nothing to say. */
export function isWorthARow({ name, actual, limit, unit }: ValidityResult): boolean {
  return name !== "cpu" || actual !== null || (limit !== null && !isAny(limit, unit));
}
