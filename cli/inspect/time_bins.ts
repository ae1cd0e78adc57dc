import type { Tick } from "../../runtime/plan.ts";

const BINS = 60;

/** The shortest stretch in which at least half of the slow ones ended. */
export type Densest = Readonly<{ fromTick: Tick; toTick: Tick; slow: number; all: number }>;

/** Counts ends by the time of the run. */
export class TimeBins {
  readonly #widthTicks: Tick;
  readonly #slow = new Float64Array(BINS + 1);
  readonly #all = new Float64Array(BINS + 1);

  constructor(lastTick: Tick) {
    this.#widthTicks = niceWidth(lastTick / BINS);
  }

  add(tick: Tick, isSlow: boolean): void {
    const bin = Math.floor(tick / this.#widthTicks);
    this.#all[bin]++;
    if (isSlow) this.#slow[bin]++;
  }

  /** Null where the slow ones are not `times` as frequent in it as all. */
  densest(times: number): Densest | null {
    const slowTotal = this.#slow.reduce((sum, one) => sum + one, 0);
    const allTotal = this.#all.reduce((sum, one) => sum + one, 0);
    let best: Densest | null = null;
    for (let from = 0, to = 0, slow = 0, all = 0; from <= BINS; from++) {
      while (to <= BINS && slow * 2 < slowTotal) {
        slow += this.#slow[to];
        all += this.#all[to];
        to++;
      }
      if (slow * 2 < slowTotal) break;
      const found = { fromTick: from * this.#widthTicks, toTick: to * this.#widthTicks, slow, all };
      const length = (it: Densest) => it.toTick - it.fromTick;
      if (
        best === null || length(found) < length(best) || length(found) === length(best) && slow > best.slow
      ) {
        best = found;
      }
      slow -= this.#slow[from];
      all -= this.#all[from];
    }
    if (best === null || slowTotal < 2) return null;
    return best.slow / slowTotal >= times * best.all / allTotal ? best : null;
  }
}

/** 1, 2 or 5 times a power of ten, and not less. */
function niceWidth(least: number): Tick {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((width) => width >= least) ?? power * 10;
}
