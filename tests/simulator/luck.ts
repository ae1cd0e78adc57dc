import { randomNumbers } from "../random_run.ts";

/** Random choices that a seed repeats. */
export class Luck {
  /** A whole number from 0 to below `limit`. */
  readonly below: (limit: number) => number;

  constructor(seed: number) {
    this.below = randomNumbers(seed);
  }

  /** Both included. */
  from(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  oneIn(ways: number): boolean {
    return this.below(ways) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** One of them, or nothing as often as `ways` − 1 times of so many. */
  maybe<T>(ways: number, list: readonly T[]): T | undefined {
    return this.oneIn(ways) ? this.pick(list) : undefined;
  }

  /** `min` … `max` of what is made. */
  several<T>(min: number, max: number, make: (n: number) => T): T[] {
    return Array.from({ length: this.from(min, max) }, (_, n) => make(n));
  }
}
