/** How differences are written for people. */
import { count, decimal, duration, percent } from "../../runtime/report/format.ts";
import type { Unit } from "../../runtime/reduce/summary.ts";
import { inUnit } from "../../runtime/report/limits.ts";
import type { ComparedFigure, Difference } from "./comparison.ts";

/** `+12.1%`, `−0.3%`, `0%`: parts of a million. */
export function changeText(ppm: number): string {
  return signed(ppm, (value) => `${significant(value / 10_000)}%`);
}

/** `+1.20ms`, `−0.1 pp`, `+3.10/s`. */
export function differenceText(value: number, unit: Unit): string {
  return unit === "ppm" ? `${points(value)} pp` : signed(value, (it) => inUnit(it, unit));
}

/** `+12.1% … +19.3%`; null where there is no interval. `unit`: null for parts of a million of the baseline. */
export function rangeText({ low, high }: Difference, unit: Unit | null): string | null {
  if (low === null || high === null) return null;
  if (unit === "ppm") return `${points(low)} … ${points(high)} pp`;
  const text = (value: number) => unit === null ? changeText(value) : differenceText(value, unit);
  return `${text(low)} … ${text(high)}`;
}

/** A change where there is one, else the difference: what a reader wants first. */
export function mainDifference(
  { change, difference, unit }: ComparedFigure,
): [Difference, Unit | null] | null {
  if (change !== null) return [change, null];
  return difference === null ? null : [difference, unit];
}

/** A run's value. */
export function valueText(value: number | null, { unit, metric }: ComparedFigure): string {
  if (value === null) return "–";
  if (metric === "rate") return `${decimal(value / 1_000, 4)}/s`;
  return unit === "ppm" ? percent(value) : unit === "ticks" ? duration(value) : count(value);
}

/** Percentage points of parts of a million. */
function points(ppm: number): string {
  return signed(ppm, (value) => significant(value / 10_000));
}

/** Three digits, and no more than three decimals. */
function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (rounded >= 1_000) return count(value);
  const decimals = rounded >= 100 ? 0 : rounded >= 10 ? 1 : rounded >= 0.1 ? 2 : 3;
  return value.toFixed(decimals);
}

/** What is shown as nothing has no sign. */
function signed(value: number, text: (value: number) => string): string {
  const plain = text(Math.abs(value));
  if (/^0(?:\.0+)?(?!\.|\d)/.test(plain)) return plain.replace(/^0(?:\.0+)?/, "0");
  return `${value < 0 ? "−" : "+"}${plain}`;
}
