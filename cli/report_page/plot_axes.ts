/** Vertical axes: their ends, where their lines are, and what stands beside them. */
import type uPlot from "uplot";

/** From a little below the least to a little above the greatest. */
export function logRange(_: uPlot, min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [1, 10];
  return [min * 0.85, Math.max(max * 1.2, min * 2)];
}

/** 1, 2 and 5 of each power of ten, or fewer where there are many, or more where there are few. */
export function logSplits(_: uPlot, __: number, min: number, max: number): number[] {
  for (const steps of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]]) {
    const splits: number[] = [];
    for (let power = 10 ** Math.floor(Math.log10(min)); power <= max; power *= 10) {
      splits.push(...steps.map((step) => step * power).filter((split) => split >= min && split <= max));
    }
    if (splits.length >= 4) return splits;
  }
  const step = [1, 2, 5, 10].map((step) => step * 10 ** Math.floor(Math.log10((max - min) / 4)))
    .find((step) => (max - min) / step <= 5) ?? max - min;
  const first = Math.ceil(min / step);
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, at) => (first + at) * step);
}

/** On an axis: `20.0ms` is `20ms`. */
export function short(text: string): string {
  return text.replace(/\.0+(?=\D|$)|(\.\d*[1-9])0+(?=\D|$)/, "$1");
}
