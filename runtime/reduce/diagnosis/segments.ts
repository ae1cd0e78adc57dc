/**
 * Where a series of levels changes for good: the partition into pieces, each with its median for a level, whose absolute
 * deviations and a price for each change are least (optimal partitioning; Jackson et al. 2005). A single outlier never
 * makes a piece of its own.
 */

/** Levels from … to − 1, and their median. */
export type Segment = Readonly<{ from: number; to: number; level: number }>;

/** A piece has so many levels at least. */
const LEAST = 3;
/** The price of a change, in deviations of the noise, for each e-fold of levels. */
const PRICE = 3;
/** Noise is taken for this at least, in doublings: half a row. */
const NOISE_LEAST = 1 / 32;
/** The median of the distance of two normal values, in standard deviations. */
const NEIGHBOURS = 0.9539;

export function segments(levels: readonly number[]): Segment[] {
  const count = levels.length;
  if (count < 2 * LEAST) return count === 0 ? [] : [{ from: 0, to: count, level: median(levels) }];
  const price = PRICE * noiseOf(levels) * Math.log(count);
  const least = new Array<number>(count + 1).fill(Infinity);
  const begins = new Array<number>(count + 1).fill(0);
  least[0] = -price;
  for (let from = 0; from <= count - LEAST; from++) {
    if (least[from] === Infinity) continue;
    const sorted: number[] = [];
    for (let to = from + 1; to <= count; to++) {
      insert(sorted, levels[to - 1]);
      if (to - from < LEAST) continue;
      const cost = least[from] + price + deviations(sorted);
      if (cost >= least[to]) continue;
      least[to] = cost;
      begins[to] = from;
    }
  }
  const found: Segment[] = [];
  for (let to = count; to > 0; to = begins[to]) {
    found.push({ from: begins[to], to, level: median(levels.slice(begins[to], to)) });
  }
  return found.reverse();
}

/** Told from neighbours, so that changes hardly count. */
function noiseOf(levels: readonly number[]): number {
  const steps = levels.slice(1).map((level, at) => Math.abs(level - levels[at]));
  return Math.max(NOISE_LEAST, median(steps) / NEIGHBOURS);
}

/** The lower one of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) / 2)];
}

function insert(sorted: number[], value: number): void {
  let at = sorted.length;
  while (at > 0 && sorted[at - 1] > value) at--;
  sorted.splice(at, 0, value);
}

function deviations(sorted: readonly number[]): number {
  let sum = 0;
  for (let low = 0, high = sorted.length - 1; low < high; low++, high--) sum += sorted[high] - sorted[low];
  return sum;
}
