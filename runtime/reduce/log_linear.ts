/**
 * Log-linear buckets over whole numbers from 0 to 2^53 − 1: one number wide below 2^(`bits` + 1), then 2^`bits` to each
 * doubling. Bucket numbers grow with the values, so a histogram is an array and its order is the samples' order.
 */
export class LogLinear {
  readonly #bits: number;
  readonly #steps: number;

  constructor(bits: number) {
    this.#bits = bits;
    this.#steps = 2 ** bits;
  }

  /** The number of the bucket that holds `value`. */
  of(value: number): number {
    if (value < 2 * this.#steps) return value;
    if (value <= 0xffff_ffff) {
      const shift = 31 - this.#bits - Math.clz32(value);
      return shift * this.#steps + (value >>> shift);
    }
    const shift = 63 - this.#bits - Math.clz32(Math.floor(value / 2 ** 32));
    return shift * this.#steps + Math.floor(value / 2 ** shift);
  }

  /** The smallest value of a bucket. */
  low(bucket: number): number {
    if (bucket < 2 * this.#steps) return bucket;
    return (bucket % this.#steps + this.#steps) * this.width(bucket);
  }

  /** How many values fall into a bucket: a power of two. */
  width(bucket: number): number {
    return bucket < 2 * this.#steps ? 1 : 2 ** (Math.floor(bucket / this.#steps) - 1);
  }
}
