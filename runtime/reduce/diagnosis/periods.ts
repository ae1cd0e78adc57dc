/** Stalls that come again and again, equally far apart. */
import type { PeriodicStalls } from "./diagnosis.ts";
import { SHADES } from "./counts.ts";
import { DOUBLING } from "./rows.ts";
import type { DiagnosedRun } from "./run.ts";
import { median } from "./segments.ts";
import { shadeLevels } from "./table.ts";

/** So many stalls at least … */
const LEAST_TIMES = 5;
/** … over so much of the run, … */
const COVERED_SHARE = 0.5;
/** … of whose distances this share is within a tolerance of the usual one: of its length, and of one place. */
const REGULAR_SHARE = 0.8;
const TOLERANCE = 0.15;
/** Places are so wide that they hold so many requests on average, and so many of them are one distance at least. */
const REQUESTS_A_PLACE = 4;
const PLACES_A_PERIOD = 4;
/** A place is slow where its mean is this many rows above the median of all: two times as slow. */
const SLOW_ROWS = DOUBLING;
/** No more of the time is slow: a stall as long as its pause is told. */
const SLOW_SHARE = 0.6;
/** What is shorter than this part of the stall in which most of the slow time lies is none. */
const SHORT_SHARE = 1 / 3;

type Slow = { from: number; to: number; rows: number };

export function periodicStalls(run: DiagnosedRun): PeriodicStalls | null {
  if (run.tables.length === 0) return null;
  const levels = shadeLevels(run.counts, run.tables);
  const firstShade = run.first * SHADES;
  const all = levels.counts.reduce((sum, count) => sum + count, 0);
  const shades = levels.counts.findLastIndex((count) => count > 0) + 1 - firstShade;
  const width = Math.max(1, Math.ceil(REQUESTS_A_PLACE * shades / Math.max(1, all)));
  const places: { place: number; level: number }[] = [];
  for (let place = 0; place * width < shades; place++) {
    const [from, to] = [firstShade + place * width, firstShade + (place + 1) * width];
    const count = sum(levels.counts, from, to);
    if (count > 0) places.push({ place, level: sum(levels.sums, from, to) / count });
  }
  if (places.length < LEAST_TIMES * PLACES_A_PERIOD) return null;
  const slow = slowSpans(places);
  const period = regularDistance(slow);
  if (period === null) return null;
  const [begin] = slow;
  const end = slow[slow.length - 1];
  if (end.to - begin.from < COVERED_SHARE * shades / width) return null;
  const placeTicks = width * run.counts.widthTicks / SHADES;
  const fromTick = run.tickOf(run.first) + begin.from * placeTicks;
  const toTick = run.tickOf(run.first) + end.to * placeTicks;
  return {
    kind: "periodic-stalls",
    everyTicks: Math.round(period * placeTicks),
    lengthTicks: Math.round(median(slow.map(({ from, to }) => to - from)) * placeTicks),
    times: slow.length,
    span: {
      fromTick: begin.from <= 2 * period ? null : fromTick,
      toTick: places[places.length - 1].place - end.to <= 2 * period ? null : toTick,
    },
    slowerMillis: Math.round(1000 * 2 ** (median(slow.map(({ rows }) => rows)) / DOUBLING)),
  };
}

/** Of what is slow, that which is half as high as is usual among it: a few slow requests by chance are no stall. */
function slowSpans(places: readonly { place: number; level: number }[]): Slow[] {
  const usual = lowerQuartile(places.map(({ level }) => level));
  const above = places.map(({ level }) => level - usual).filter((rows) => rows >= SLOW_ROWS);
  if (above.length === 0 || above.length > SLOW_SHARE * places.length) return [];
  const spans = spansAbove(places, usual, Math.max(SLOW_ROWS, median(above) / 2));
  const usualLength = median(spans.flatMap(({ from, to }) => new Array<number>(to - from).fill(to - from)));
  return spans.filter(({ from, to }) => to - from >= SHORT_SHARE * usualLength);
}

/** Places without a request are as the one before them. */
function spansAbove(
  places: readonly { place: number; level: number }[],
  usual: number,
  least: number,
): Slow[] {
  const spans: Slow[] = [];
  let isSlow = false;
  for (const { place, level } of places) {
    const rows = level - usual;
    const last = spans[spans.length - 1];
    if (rows < least) {
      if (isSlow) last.to = place;
      isSlow = false;
      continue;
    }
    if (isSlow) {
      last.to = place + 1;
      last.rows = Math.max(last.rows, rows);
    } else {
      spans.push({ from: place, to: place + 1, rows });
    }
    isSlow = true;
  }
  return spans;
}

/** Where stalls take half of the time, the median may be one of theirs. */
function lowerQuartile(levels: readonly number[]): number {
  return levels.toSorted((one, other) => one - other)[Math.floor(levels.length / 4)];
}

/** From one beginning to the next, in places; null where they are not regular. */
function regularDistance(slow: readonly Slow[]): number | null {
  if (slow.length < LEAST_TIMES) return null;
  const distances = slow.slice(1).map(({ from }, at) => from - slow[at].from);
  const usual = median(distances);
  const near = distances.filter((it) => Math.abs(it - usual) <= Math.max(1, TOLERANCE * usual));
  if (usual < PLACES_A_PERIOD || near.length < REGULAR_SHARE * distances.length) return null;
  return near.reduce((all, one) => all + one, 0) / near.length;
}

function sum(values: Float64Array, from: number, to: number): number {
  let all = 0;
  for (let at = from; at < Math.min(to, values.length); at++) all += values[at];
  return all;
}
