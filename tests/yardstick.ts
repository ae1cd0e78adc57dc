/**
 * Time in units of the machine that it is measured on. The same work takes three times longer where another program
 * shares the core's caches and its hyper-thread, even in time of the processor; the yardstick, work of the same kind
 * that is none of z6c's, is slowed with it.
 */
import { equal } from "node:assert/strict";
import process from "node:process";

/** Records that a yardstick writes and reads: some 10 ms where nothing else runs. */
const RECORDS = 8_000;

/** What this process has used of the processor, with its threads that collect garbage and compile. */
export function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Processor time of the yardstick, in milliseconds: objects, strings and a map, as in any compiler. */
export function yardstickMs(): number {
  const begun = usedMs();
  const words = Array.from({ length: RECORDS }, (_, index) => ({
    name: `step ${index}`,
    place: { line: index, column: index % 7 },
    parts: [`/${index % 100}`, "x"],
  }));
  const byName = new Map(
    (JSON.parse(JSON.stringify(words)) as typeof words).map((word) => [word.name, word]),
  );
  const lines = [...byName.values()].map(({ place, parts }) => place.line + parts.join("").length);
  equal(lines.length, RECORDS);
  return usedMs() - begun;
}

/** How many times as long as the yardstick `measure` takes: the best of `tries` each, by turns; and all of them, to be shown. */
export function inYardsticks(tries: number, measure: () => number): { ratio: number; shown: string } {
  const pairs = Array.from({ length: tries }, () => [yardstickMs(), measure()] as const);
  const ratio = Math.min(...pairs.map(([, took]) => took)) / Math.min(...pairs.map(([yard]) => yard));
  const shown = pairs.map(([yard, took]) => `${took.toFixed(0)} ÷ ${yard.toFixed(1)}`).join(", ");
  return { ratio, shown: `${ratio.toFixed(1)} times, of ${shown}` };
}
