import type { Instruction, Tick } from "../plan.ts";
import { scale, scaleWords } from "./random.ts";

/** The think time that a draw chooses. `words`: of the draw; not looked at where there is nothing to choose. */
export function thinkTicks(
  { minTicks, maxTicks, quantiles }: Instruction & { kind: "think" },
  words: Uint32Array,
): Tick {
  if (quantiles.length === 0) return minTicks + scaleWords(words, maxTicks - minTicks + 1);
  return quantile(quantiles, words[0]);
}

/** The upper bits of a u32 choose between two of 2^k + 1 points, its lower bits go as far from one to the other. */
function quantile(points: readonly Tick[], draw: number): Tick {
  const bits = Math.log2(points.length - 1);
  const at = Math.floor(draw / 2 ** (32 - bits));
  const rest = (draw % 2 ** (32 - bits)) * 2 ** bits;
  const width = points[at + 1] - points[at];
  // `scale` is exact below 2^36 ticks: 19 hours.
  const part = width < 2 ** 36 ? scale(rest, width) : Number((BigInt(rest) * BigInt(width)) >> 32n);
  return points[at] + part;
}
