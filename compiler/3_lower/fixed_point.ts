/** Logarithm, exponential and normal quantiles of fixed-point numbers: series of integers, to 30 digits and more. */
import assert from "node:assert/strict";

/** A number times 2^128. */
export type Fixed = bigint;

const BITS = 128n;
export const ONE: Fixed = 1n << BITS;
/** √(2π) = 2.506628274631000502415765284811045253006986740609938… */
const ROOT_TWO_PI: Fixed = (2_506628274631000502415765284811045253006n * ONE) / 10n ** 39n;
/** Where a step of Newton's method is below this, the next would change nothing that shows. */
const CLOSE: Fixed = 1n << 16n;

/** ln x of 0 < x: halvings down to below 2 and 2 · artanh((x − 1) / (x + 1)) of the rest. */
export function logarithm(x: Fixed): Fixed {
  assert(x > 0n, "only what is above 0 has a logarithm");
  let halvings = 0n;
  while (x >= 2n * ONE) [x, halvings] = [x / 2n, halvings + 1n];
  while (x < ONE) [x, halvings] = [x * 2n, halvings - 1n];
  return twiceArtanh(x) + (halvings === 0n ? 0n : halvings * twiceArtanh(2n * ONE));
}

function twiceArtanh(x: Fixed): Fixed {
  const ratio = ((x - ONE) * ONE) / (x + ONE);
  const square = multiply(ratio, ratio);
  let sum = 0n;
  let power = ratio;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += power / odd;
    power = multiply(power, square);
  }
  return 2n * sum;
}

/** e^x, by the series of x / 2^8, squared eight times. */
export function exponential(x: Fixed): Fixed {
  const part = x / 256n;
  let sum = 0n;
  let term = ONE;
  for (let n = 1n; term !== 0n; n++) {
    sum += term;
    term = multiply(term, part) / n;
  }
  for (let squaring = 0; squaring < 8; squaring++) sum = multiply(sum, sum);
  return sum;
}

/**
 * z with Φ(z) = `probability`, which lies in 0 … 1 (both excluded). Newton's method on
 * Φ(z) = ½ + φ(z) · (z + z³/3 + z⁵/(3·5) + …), from 0 upwards: Φ bends downwards there, so no step goes too far.
 */
export function normalQuantile(probability: Fixed): Fixed {
  assert(probability > 0n && probability < ONE, "a probability lies between 0 and 1");
  if (probability < ONE / 2n) return -normalQuantile(ONE - probability);
  const aboveHalf = probability - ONE / 2n;
  let z = 0n;
  for (;;) {
    const square = multiply(z, z);
    const step = multiply(multiply(aboveHalf, ROOT_TWO_PI), exponential(square / 2n)) - oddSeries(z, square);
    z += step;
    if (step < CLOSE) return z;
  }
}

/** z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + … */
function oddSeries(z: Fixed, square: Fixed): Fixed {
  let sum = 0n;
  let term = z;
  for (let odd = 3n; term !== 0n; odd += 2n) {
    sum += term;
    term = multiply(term, square) / odd;
  }
  return sum;
}

function multiply(left: Fixed, right: Fixed): Fixed {
  return (left * right) / ONE;
}
