/** A number of a threshold or of validity beside its limit: with as many digits as tell the two apart. */
import type { Unit } from "../reduce/summary.ts";
import { bytes, count, decimal, duration, percent } from "./format.ts";

const DIGITS_MAX = 9;

export function besideLimit(actual: number, limit: number, unit: Unit): { actual: string; limit: string } {
  for (let digits = 3;; digits++) {
    const texts = { actual: inUnit(actual, unit, digits), limit: inUnit(limit, unit, digits) };
    if (actual === limit || texts.actual !== texts.limit || digits === DIGITS_MAX) {
      return { actual: texts.actual, limit: asWritten(texts.limit) };
    }
  }
}

/** A value of a threshold for people, in its unit. */
export function inUnit(value: number, unit: Unit, digits = 3): string {
  switch (unit) {
    case "ticks":
      return duration(value, digits);
    case "ppm":
      return percent(value, digits);
    case "count":
      return count(value);
    case "bytes":
      return digits > 3 ? `${count(value)}B` : bytes(value);
    case "millis-per-second":
      return `${digits > 3 ? (value / 1000).toFixed(3) : decimal(value / 1000, digits)}/s`;
  }
}

/** Nothing is above it: what the scenario says `"any"` for. */
export function isAny(limit: number, unit: Unit): boolean {
  return limit === (unit === "ppm" ? 1_000_000 : Number.MAX_SAFE_INTEGER);
}

/** Limits are given, not measured: `1.00ms` is `1ms`. */
export function asWritten(text: string): string {
  return text.replace(/\.0+(?=\D|$)|(\.\d*[1-9])0+(?=\D|$)/, "$1");
}
