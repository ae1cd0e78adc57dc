/** The quantile spectrum: response time by the part of requests that were faster, each nine as wide as the one before. */
import { count, duration } from "../../runtime/report/format.ts";
import type { Spectrum } from "../../runtime/reduce/timeline.ts";
import type { Colours } from "./colours.ts";
import type { Drawing } from "./drawing.ts";
import { type Course, EVERYTHING, type Selection } from "./selection.ts";

const MILLION = 1_000_000;

/** Nines of a quantile: 1 for p90, 2 for p99. */
function nines(ppm: number): number {
  return -Math.log10(1 - ppm / MILLION);
}

/** `p50`, `p99.9`, `max`. */
function quantileName(ppm: number): string {
  if (ppm === 0) return "min";
  return ppm === MILLION ? "max" : `p${Number((ppm / 10_000).toFixed(4))}`;
}

/** Named on the axis, where there is room. */
const NAMED = [500_000, 900_000, 990_000, 999_000, 999_900, 999_990, 999_999, MILLION];

/** Up to the last quantile that so many samples can tell, and the greatest behind it. */
export function spectrumDrawing(course: Course, selection: Selection, colours: Colours): Drawing {
  const own = course.spectrum(selection);
  const all = course.spectrum(EVERYTHING);
  const { spectrumPpms, stages } = course.facts;
  const isPart = own !== null && own !== all;
  const told = isPart ? [own, all] : [all];
  const known = spectrumPpms.filter((ppm) => told.some((one) => one !== null && isKnown(one, ppm)));
  const places = known.map((ppm) => ppm === MILLION ? nines(known[known.length - 2] ?? 0) + 0.7 : nines(ppm));
  const values = (of: Spectrum | null) =>
    known.map((ppm) => of !== null && isKnown(of, ppm) ? of.ticks[spectrumPpms.indexOf(ppm)] : null);
  const nameAt = (place: number) => quantileName(known[places.indexOf(place)] ?? 0);
  const label = own === null ? "selected" : `${isPart ? "selected" : "all"}, ${count(own.count)}`;
  const isOfAllStages = own !== null && selection.stage >= 0 && own.stage < 0;
  return {
    lines: [
      { label, colour: colours.quantiles[0], values: values(own) },
      ...(isPart ? [{ label: "all", colour: colours.quiet, values: values(all), dashed: true }] : []),
    ],
    log: true,
    written: (ticks) => duration(Math.round(ticks)),
    horizontal: {
      values: places,
      written: (_, at) => quantileName(known[at]),
      stepped: false,
      splits: () => places.filter((_, at) => NAMED.includes(known[at])),
      labels: (_, splits) => splits.map(nameAt),
    },
    note: isOfAllStages ? `Of all stages: ${stages[selection.stage].name} alone was not kept.` : undefined,
  };
}

/** A quantile that so few samples cannot tell from the greatest is left out. */
function isKnown({ count }: Spectrum, ppm: number): boolean {
  return ppm === MILLION || Math.ceil((ppm * count) / MILLION) < count || count === 1;
}
