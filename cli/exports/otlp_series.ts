/** How a run's counters and durations grew, stretch by stretch: what cumulative metrics are made of. */
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import { stretchWidth } from "../../runtime/reduce/timeline_width.ts";
import { EntryFold } from "../inspect/entries.ts";
import type { Entry } from "../inspect/entry.ts";
import { endAttributes, type StepConvention, stepConventions } from "./otlp_conventions.ts";
import { type Attribute, attributes } from "./otlp_value.ts";
import { SECOND_TICKS, SecondCounts, SecondFold } from "./second_fold.ts";

/** As the conventions advise for durations, in seconds. */
export const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;
const BOUND_TICKS = BOUNDS.map((seconds) => seconds * SECOND_TICKS);

/** Histograms by name; `z6c.request.response_time` counts from when a request was due. */
export const DURATIONS = {
  "http.client.request.duration": "Service time of requests: from issued to the last byte.",
  "rpc.client.call.duration": "Service time of calls: from issued to the last byte.",
  "z6c.request.response_time": "Response time of requests: from due to the last byte.",
} as const;
export type DurationName = keyof typeof DURATIONS;

/** In whole ticks; `buckets` has one more than there are bounds, the last for all that is above them. */
export type Cell = { count: number; sum: number; min: number; max: number; buckets: number[] };
/** By stretch, what was added in it. */
export type DurationSeries = Readonly<
  { name: DurationName; attributes: readonly Attribute[]; cells: ReadonlyMap<number, Cell> }
>;

export const COUNTED = ["issued", "responded", "failed", "unexpected", "cancelled"] as const;
export type Counted = (typeof COUNTED)[number];

/** By stretch × row: row 0 is the whole load, row n + 1 is step n. */
export type Series = Readonly<{
  /** A whole number of seconds. */
  widthTicks: number;
  length: number;
  rows: number;
  counts: Readonly<Record<Counted, Float64Array>>;
  started: Float64Array;
  dropped: Float64Array;
  durations: readonly DurationSeries[];
}>;

/** Stretches at most; fewer for plans of many steps. */
const MOST_STRETCHES = 300;
const FEWEST_STRETCHES = 20;
const STRETCHES_TIMES_ROWS = 20_000;
/** Of the seconds that are counted at once; where there are more, the ledgers are read again. */
const MOST_CELLS = 1 << 19;

/** `lastTick`: of the run. Warm-up, setup and teardown are left out. */
export function readSeries(ledgers: readonly ReducibleLedger[], lastTick: number): Series {
  const [{ header: { plan } }] = ledgers;
  const rows = plan.steps.length + 1;
  const most = Math.max(FEWEST_STRETCHES, Math.min(MOST_STRETCHES, Math.floor(STRETCHES_TIMES_ROWS / rows)));
  const widthTicks = Math.max(SECOND_TICKS, stretchWidth(lastTick, most));
  const width = widthTicks / SECOND_TICKS;
  const seconds = Math.floor(lastTick / SECOND_TICKS) + 1;
  const length = Math.ceil(seconds / width);
  const cells = () => new Float64Array(length * rows);
  const counts = {
    issued: cells(),
    responded: cells(),
    failed: cells(),
    unexpected: cells(),
    cancelled: cells(),
  };
  const [started, dropped] = [new Float64Array(length), new Float64Array(length)];
  const durations = new Durations(ledgers, widthTicks, length);
  const window = Math.max(1, Math.floor(MOST_CELLS / rows));
  for (let from = 0; from < seconds; from += window) {
    const end = Math.min(seconds, from + window);
    const counted = new SecondCounts(from, end, rows);
    for (const { header, scan } of ledgers) {
      const fold = new SecondFold(header.plan, counted, seconds, () => {});
      const entries = durations.fold();
      scan((block) => {
        fold.visit(block);
        if (from === 0) entries.visit(block);
      });
      entries.end();
    }
    for (let second = from; second < end; second++) {
      const stretch = Math.floor(second / width);
      started[stretch] += counted.started[second - from];
      dropped[stretch] += counted.dropped[second - from];
      for (let row = 0; row < rows; row++) {
        const at = counted.place(second, row);
        for (const name of COUNTED) counts[name][stretch * rows + row] += counted[name][at];
      }
    }
  }
  return { widthTicks, length, rows, counts, started, dropped, durations: durations.series() };
}

/** Samples of the load outside of warm-up, by what they are of and in which stretch they ended. */
class Durations {
  readonly #conventions: readonly StepConvention[];
  readonly #warmup: readonly boolean[];
  readonly #series = new Map<
    string,
    { name: DurationName; attributes: Attribute[]; cells: Map<number, Cell> }
  >();

  constructor(
    private readonly ledgers: readonly ReducibleLedger[],
    private readonly widthTicks: number,
    private readonly length: number,
  ) {
    const [{ header: { plan } }] = ledgers;
    this.#conventions = stepConventions(plan);
    this.#warmup = plan.load.stages.map(({ warmup }) => warmup);
  }

  /** For one reading of one ledger. */
  fold(): EntryFold {
    const [{ header: { plan } }] = this.ledgers;
    const fold = new EntryFold(plan, "requests", (entry) => this.#add(entry));
    fold.readsTexts = false;
    return fold;
  }

  /** In an order that does not depend on that of the shards' ledgers. */
  series(): DurationSeries[] {
    return [...this.#series].sort(([one], [other]) => one < other ? -1 : 1).map(([, series]) => series);
  }

  #add(entry: Entry): void {
    const { step, stage, tick, responseTicks, serviceTicks } = entry;
    const { system, attributes: own } = this.#conventions[step];
    if (system === null || responseTicks < 0 || stage < 0 || this.#warmup[stage]) return;
    const name = system === "http" ? "http.client.request.duration" : "rpc.client.call.duration";
    const stretch = Math.min(Math.floor(tick / this.widthTicks), this.length - 1);
    this.#sample(
      `${name} ${step} ${entry.status} ${entry.error} ${entry.outcome}`,
      stretch,
      serviceTicks,
      () => {
        return { name, attributes: attributes({ ...own, ...endAttributes(entry) }) };
      },
    );
    this.#sample(`z6c ${step}`, stretch, responseTicks, () => {
      return {
        name: "z6c.request.response_time",
        attributes: attributes({ "z6c.flow": own["z6c.flow"], "z6c.step": own["z6c.step"] }),
      };
    });
  }

  #sample(
    key: string,
    stretch: number,
    ticks: number,
    about: () => { name: DurationName; attributes: Attribute[] },
  ): void {
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { ...about(), cells: new Map() };
      this.#series.set(key, series);
    }
    let cell = series.cells.get(stretch);
    if (cell === undefined) {
      cell = emptyCell();
      series.cells.set(stretch, cell);
    }
    const bucket = BOUND_TICKS.findIndex((bound) => ticks <= bound);
    addTo(cell, { count: 1, sum: ticks, min: ticks, max: ticks, buckets: [] });
    cell.buckets[bucket < 0 ? BOUND_TICKS.length : bucket]++;
  }
}

/** With nothing in it. */
export function emptyCell(): Cell {
  return { count: 0, sum: 0, min: Infinity, max: -1, buckets: new Array<number>(BOUNDS.length + 1).fill(0) };
}

/** Adds what the other holds. */
export function addTo(cell: Cell, { count, sum, min, max, buckets }: Cell): void {
  cell.count += count;
  cell.sum += sum;
  cell.min = Math.min(cell.min, min);
  cell.max = Math.max(cell.max, max);
  for (let at = 0; at < buckets.length; at++) cell.buckets[at] += buckets[at];
}
