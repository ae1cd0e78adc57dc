/**
 * What a diagnosis needs of a run's course over time, counted in the first pass in bounded memory. Requests stand where
 * they were due, so that what befell them stands where it began. Sums only: ledgers of several shards are counted
 * together, in any order. Warm-up is left out by who tells it.
 */
import type { Tick } from "../../plan.ts";
import { ROWS, timeRow } from "./rows.ts";

/** Of a shade; it doubles until the run is no longer than `most` stretches. */
const FIRST_WIDTH = 3125;
const FEWEST = 64;
const MOST = 512;
/** All steps together have so many stretches at most, unless there are more than 128 of them: 15 MB. */
const STEPS_TIMES_STRETCHES = 1 << 13;
/** A stretch is so many shades. */
const SHADES_LOG2 = 4;
export const SHADES = 1 << SHADES_LOG2;

/** A lag below it is told nowhere: nearly all are, and need not be counted. */
export const LATE_TICKS = 1000;

/** A response as expected. */
export const FINE = 0;
/** Of an error: its code; of a response with failed checks: this and its status. */
export const UNEXPECTED = 1 << 16;
const WHATS = 1 << 17;

/** Whole numbers, `size` of them for each stretch or shade. */
class Column {
  values: Uint32Array;

  constructor(private readonly size: number, places: number) {
    this.values = new Uint32Array(size * places);
  }

  /** Room for twice as many places. */
  grow(): void {
    const grown = new Uint32Array(this.values.length * 2);
    grown.set(this.values);
    this.values = grown;
  }

  /** Two neighbouring places become one. */
  halve(): void {
    const { values, size } = this;
    const places = values.length / size;
    for (let place = 0; place < places / 2; place++) {
      const [to, from] = [place * size, 2 * place * size];
      for (let at = 0; at < size; at++) values[to + at] = values[from + at] + values[from + size + at];
    }
    values.fill(0, values.length / 2);
  }
}

/** Of one step. */
export type StepCounts = Readonly<{
  /** By stretch and row: response times, timeouts among them. */
  times: Column;
  /** By shade: how many, and behind it the sum of their rows. */
  samples: Column;
  /** By stretch: requests that ended in an error and have no time. */
  lost: Column;
}>;

/** Of a run, or of those of its shards that are there. */
export class DiagnosisCounts {
  /** Of a stretch. */
  widthTicks: Tick = FIRST_WIDTH * SHADES;
  /** By step; none where nothing was told of it. */
  readonly steps: (StepCounts | undefined)[] = [];
  /** By step × 2^17 + what. */
  readonly errors = new Map<number, Column>();
  private places = FEWEST;
  private readonly most: number;
  /** Halved as widths double, so that every tick stays where it was. */
  private shadesPerTick = 1 / FIRST_WIDTH;
  /** There is room up to here. */
  private endTick: Tick = FEWEST * SHADES * FIRST_WIDTH;
  private readonly columns: Column[] = [];
  /** By stretch. Sessions by their intended start, requests by their end, and long lags by row. */
  private readonly byStretch = {
    arrived: this.column(1),
    dropped: this.column(1),
    ended: this.column(1),
    lag: this.column(ROWS),
  };
  /** Nothing that was told lies behind it. */
  private lastTick: Tick = 0;

  /** `steps`: how many the plan has. */
  constructor(steps: number) {
    const most = 2 ** Math.floor(Math.log2(STEPS_TIMES_STRETCHES / Math.max(1, steps)));
    this.most = Math.min(MOST, Math.max(FEWEST, most));
  }

  /** Stretches that were told of. */
  get length(): number {
    return Math.floor(this.lastTick / this.widthTicks) + 1;
  }

  get arrived(): Uint32Array {
    return this.byStretch.arrived.values;
  }

  get dropped(): Uint32Array {
    return this.byStretch.dropped.values;
  }

  get ended(): Uint32Array {
    return this.byStretch.ended.values;
  }

  /** `ROWS` to each stretch. */
  get lag(): Uint32Array {
    return this.byStretch.lag.values;
  }

  /** A session's intended start. */
  arrival(tick: Tick, isDropped: boolean): void {
    if (tick > this.lastTick) this.lastTick = tick;
    // First, for columns may grow with it.
    const stretch = this.stretchOf(tick);
    const { dropped, arrived } = this.byStretch;
    (isDropped ? dropped : arrived).values[stretch]++;
  }

  /** A request that was due at `tick` had a lag of `LATE_TICKS` or more. */
  late(tick: Tick, lagTicks: Tick): void {
    const stretch = this.stretchOf(tick);
    this.byStretch.lag.values[stretch * ROWS + timeRow(lagTicks)]++;
  }

  /**
   * A request ended. `isRequest`: it is no wait on a WebSocket. `what`: `FINE`, an error's code, or `UNEXPECTED` + status.
   * `hasTime`: it has a response time, as all responses and timeouts.
   */
  requestEnded(step: number, due: Tick, end: Tick, isRequest: boolean, what: number, hasTime = true): void {
    if (end > this.lastTick) this.lastTick = end;
    const endStretch = this.stretchOf(end);
    const shade = (due * this.shadesPerTick) >>> 0;
    const stretch = shade >>> SHADES_LOG2;
    const of = this.steps[step] ?? this.stepCounts(step);
    if (isRequest) this.byStretch.ended.values[endStretch]++;
    if (hasTime) {
      const row = timeRow(end - due);
      of.times.values[stretch * ROWS + row]++;
      of.samples.values[2 * shade]++;
      of.samples.values[2 * shade + 1] += row;
    } else {
      of.lost.values[stretch]++;
    }
    if (what !== FINE) this.error(step, stretch, what);
  }

  private error(step: number, stretch: number, what: number): void {
    const key = step * WHATS + what;
    let column = this.errors.get(key);
    if (column === undefined) this.errors.set(key, column = this.column(1));
    column.values[stretch]++;
  }

  /** What the keys of `errors` are made of. */
  static keyParts(key: number): { step: number; what: number } {
    return { step: Math.floor(key / WHATS), what: key % WHATS };
  }

  private stepCounts(step: number): StepCounts {
    return this.steps[step] = {
      times: this.column(ROWS),
      samples: this.column(2, SHADES),
      lost: this.column(1),
    };
  }

  private column(size: number, times = 1): Column {
    const column = new Column(size, this.places * times);
    this.columns.push(column);
    return column;
  }

  /** A shift takes the whole part of a number. */
  private stretchOf(tick: Tick): number {
    if (tick >= this.endTick) this.reach(tick);
    return (tick * this.shadesPerTick) >>> SHADES_LOG2;
  }

  private reach(tick: Tick): void {
    while (tick >= this.endTick) {
      this.endTick *= 2;
      if (this.places < this.most) {
        this.places *= 2;
        for (const column of this.columns) column.grow();
      } else {
        this.widthTicks *= 2;
        this.shadesPerTick /= 2;
        for (const column of this.columns) column.halve();
      }
    }
  }
}
