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

/** A number as decimal digits, without an exponent. */
export function decimalText(value: bigint | number): string {
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = "", whole = "", fraction = "", power = "0"] = match;
  const point = whole.length + Number(power);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.slice(0, point).padEnd(point, "0") +
    (digits.length > point ? `.${digits.slice(point)}` : "");
}

/** `decimal · factor` where that is an integer, else null. */
export function timesExactly(decimal: Decimal, factor: bigint): bigint | null {
  const scaled = decimal.digits * factor;
  if (decimal.decimals === 0) return scaled;
  const divisor = 10n ** BigInt(decimal.decimals);
  return scaled % divisor === 0n ? scaled / divisor : null;
}
