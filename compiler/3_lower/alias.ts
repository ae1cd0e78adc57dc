/** Weighted choice in two draws and no arithmetic beyond a comparison: the alias method (Walker 1977; Vose 1991). */
import assert from "node:assert/strict";
import type { Alias } from "../../runtime/plan.ts";

const DRAWS = 1n << 32n;

/**
 * The alias table of integer weights ≥ 1. A column is chosen evenly, and kept when a u32 draw is below its `keep`
 * (0 … 2^32; 2^32 keeps always), else `other` is taken. Probabilities are exact up to the rounding of each `keep` to
 * a whole u32: at most 2^-33 a column.
 */
export function aliasTable(weights: readonly number[]): Alias[] {
  assert(weights.length > 0, "a choice has something to choose from");
  const columns = BigInt(weights.length);
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  // In units of 1 / (columns · total), where a full column holds `total`.
  const shares = weights.map((weight) => BigInt(weight) * columns);
  const table = shares.map((_, index) => ({ keep: Number(DRAWS), other: index }));
  const poor = indicesWhere(shares, (share) => share < total);
  const rich = indicesWhere(shares, (share) => share >= total);
  // As many columns are poor as the rich can fill: the shares' mean is `total`, and every round keeps it so.
  for (let index = poor.pop(); index !== undefined; index = poor.pop()) {
    const other = rich[rich.length - 1];
    assert(other !== undefined, "whole shares leave no remainder");
    table[index] = { keep: Number((shares[index] * DRAWS + total / 2n) / total), other };
    shares[other] -= total - shares[index];
    if (shares[other] < total) {
      rich.pop();
      poor.push(other);
    }
  }
  return table;
}

function indicesWhere(shares: readonly bigint[], wanted: (share: bigint) => boolean): number[] {
  return [...shares.keys()].filter((index) => wanted(shares[index]));
}
