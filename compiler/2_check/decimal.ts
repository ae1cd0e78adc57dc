/** Decimal numbers as texts, kept exact. */

/** `digits / 10^decimals` */
export type Decimal = Readonly<{ digits: bigint; decimals: number }>;

/** `10`, `10_000`, `0.5`: a pattern to build others from, without anchors or groups. */
export const DECIMAL = String.raw`\d+(?:_\d+)*(?:\.\d+)?`;

/** Reads what `DECIMAL` matches. */
export function parseDecimal(text: string): Decimal {
  const [whole = "0", fraction = ""] = text.replaceAll("_", "").split(".");
  return { digits: BigInt(whole + fraction), decimals: fraction.length };
}

/** `decimal · factor` where that is an integer, else null. */
export function timesExactly(decimal: Decimal, factor: bigint): bigint | null {
  const scaled = decimal.digits * factor;
  const divisor = 10n ** BigInt(decimal.decimals);
  return scaled % divisor === 0n ? scaled / divisor : null;
}
