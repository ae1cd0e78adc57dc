/**
 * Log-linear buckets over whole numbers from 0 to 2^53 − 1: one number wide below 2^12, then 2^11 buckets to each
 * doubling. Bucket numbers grow with the values, so a histogram is an array and its order is the samples' order.
 */
const STEPS_LOG2 = 11;
const STEPS = 1 << STEPS_LOG2;

/** The number of the bucket that holds `value`. */
export function bucketOf(value: number): number {
  if (value < 2 * STEPS) return value;
  if (value <= 0xffff_ffff) {
    const shift = 31 - STEPS_LOG2 - Math.clz32(value);
    return shift * STEPS + (value >>> shift);
  }
  const shift = 63 - STEPS_LOG2 - Math.clz32(Math.floor(value / 2 ** 32));
  return shift * STEPS + Math.floor(value / 2 ** shift);
}

/** The smallest value of a bucket. */
export function bucketLow(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  return (bucket % STEPS + STEPS) * bucketWidth(bucket);
}

/** How many values fall into a bucket: a power of two. */
export function bucketWidth(bucket: number): number {
  return bucket < 2 * STEPS ? 1 : 2 ** (Math.floor(bucket / STEPS) - 1);
}
