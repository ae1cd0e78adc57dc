/** Poisson counts as integer tables: the runtime compares, and does no transcendental mathematics. */
import assert from "node:assert/strict";

const DRAWS = 1n << 32n;
/** Fractional bits of the first term: rounding stays far below the 2^-33 that a table can show. */
const FRACTION_BITS = 128n;

/**
 * Cumulative distribution of a Poisson count of mean λ = `numerator` / `denominator` (at most 10,000), each entry
 * rounded to a u32; a count is the number of entries ≤ a u32 draw. Ends where the rest is below 2^-33, which no draw
 * could show. Empty for λ = 0.
 *
 * Made of integers only, and so the same on every machine: ECMAScript leaves the accuracy of `Math.exp` open. The
 * terms λ^k / k! are summed without their common factor e^−λ, and divided by their own sum, which is e^λ.
 */
export function poissonQuantiles(numerator: bigint, denominator: bigint): number[] {
  assert(
    numerator >= 0n && denominator > 0n && numerator <= denominator * 10_000n,
    "a mean lies in 0 … 10,000",
  );
  const terms = poissonTerms(numerator, denominator);
  const sum = terms.reduce((total, term) => total + term, 0n);
  const quantiles: number[] = [];
  let below = 0n;
  for (const term of terms) {
    below += term;
    const quantile = (below * DRAWS * 2n + sum) / (2n * sum);
    if (quantile === DRAWS) break;
    quantiles.push(Number(quantile));
  }
  return quantiles;
}

/** λ^k / k! in fixed point, from k = 0 until nothing is left of them. They rise up to k = λ and fall from there. */
function poissonTerms(numerator: bigint, denominator: bigint): bigint[] {
  const terms: bigint[] = [];
  let term = 1n << FRACTION_BITS;
  for (let count = 1n; term > 0n; count++) {
    terms.push(term);
    term = (term * numerator) / (denominator * count);
  }
  return terms;
}
