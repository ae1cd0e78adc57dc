/** Times and sizes as people type them. */
import type { Tick } from "../../runtime/plan.ts";

const TIME_UNITS: ReadonlyMap<string, number> = new Map([
  ["us", 1],
  ["µs", 1],
  ["μs", 1],
  ["ms", 1000],
  ["s", 1_000_000],
  ["m", 60_000_000],
  ["min", 60_000_000],
  ["h", 3_600_000_000],
]);

const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["B", 1],
  ["KB", 1000],
  ["MB", 1_000_000],
  ["GB", 1_000_000_000],
  ["KiB", 1024],
  ["MiB", 1024 ** 2],
  ["GiB", 1024 ** 3],
]);

/** `12.5s`, `300ms`, `250us`, `2min`, `0`; null where it is no time. Parts of a tick are rounded. */
export function readTime(text: string): Tick | null {
  return Number(text) === 0 && text.trim() !== "" ? 0 : scaled(text, TIME_UNITS);
}

/** `1KiB`, `2MB`, `512`; null where it is no size. */
export function readSize(text: string): number | null {
  return scaled(text, SIZE_UNITS);
}

/** Whole numbers; null where it is none. */
export function readWhole(text: string): number | null {
  return scaled(text, new Map([["", 1]]), /^(\d[\d_]*)()$/);
}

function scaled(
  text: string,
  units: ReadonlyMap<string, number>,
  form = /^(\d[\d_]*(?:\.\d+)?)([A-Za-zµμ]*)$/u,
): number | null {
  const [, number, unit] = form.exec(text.trim()) ?? [];
  const factor = units.get(unit ?? "?");
  if (number === undefined || factor === undefined) return null;
  const value = Math.round(Number(number.replaceAll("_", "")) * factor);
  return Number.isSafeInteger(value) ? value : null;
}
