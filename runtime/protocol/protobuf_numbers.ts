/** Numbers between protocol buffers and JSON (protobuf.dev/programming-guides/json). */

/** 64 bits with a sign as decimal digits. */
export function signedDigits(low: number, high: number): string {
  if (high >= -0x200000 && high < 0x200000) return String(high * 2 ** 32 + (low >>> 0));
  return String(BigInt.asIntN(64, wide(low, high)));
}

/** 64 bits without one. */
export function unsignedDigits(low: number, high: number): string {
  if (high >= 0 && high < 0x200000) return String(high * 2 ** 32 + (low >>> 0));
  return String(wide(low, high));
}

function wide(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** JSON has no number for some. */
export function numberOrName(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The shortest decimal number that is the same 32-bit float: 0.1 and not 0.10000000149011612. */
export function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

const DECIMAL = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;
const NAMED: readonly string[] = ["NaN", "Infinity", "-Infinity"];

/** A JSON number, or a text that is one, or that names one; null where it is none. */
export function floatOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return null;
  return NAMED.includes(value) || (DECIMAL.test(value) && Number.isFinite(Number(value)))
    ? Number(value)
    : null;
}

/** A whole number from `least` to `most`, as a number or a text (`1.0` and `1e3` too), or null. */
export function integerOf(value: unknown, least: number, most: number): number | null {
  const number = floatOf(value);
  return number !== null && Number.isInteger(number) && number >= least && number <= most ? number : null;
}

/** The same for 64 bits, and as 64 bits without a sign (two's complement). */
export function wideIntegerOf(value: unknown, isSigned: boolean): bigint | null {
  const isDigits = typeof value === "string" && INTEGER.test(value);
  const number = isDigits ? null : floatOf(value);
  if (!isDigits && (number === null || !Number.isInteger(number))) return null;
  const whole = isDigits ? BigInt(value) : BigInt(number ?? 0);
  const bits = BigInt.asUintN(64, whole);
  return (isSigned ? BigInt.asIntN(64, bits) : bits) === whole ? bits : null;
}
