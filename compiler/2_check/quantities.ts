/** Counts, sizes and ratios: `10k`, `64KiB`, `0.5%`. */
import type { Ppm } from "../../runtime/plan.ts";
import { quote } from "../diagnostic.ts";
import { DECIMAL, parseDecimal, timesExactly } from "./decimal.ts";
import { read, type Reading, trouble } from "./reading.ts";

const COUNT_SUFFIX: ReadonlyMap<string, bigint> = new Map([["", 1n], ["k", 1_000n], ["M", 1_000_000n]]);

const SIZE_UNIT: ReadonlyMap<string, bigint> = new Map([
  ["", 1n],
  ["B", 1n],
  ["kB", 1_000n],
  ["MB", 1_000_000n],
  ["GB", 1_000_000_000n],
  ["KiB", 1n << 10n],
  ["MiB", 1n << 20n],
  ["GiB", 1n << 30n],
]);

const COUNT = new RegExp(`^(${DECIMAL})([kM]?)$`);

/** A whole number, with `k` or `M` behind it if wanted. */
export function readCount(text: string): Reading<number> {
  const match = COUNT.exec(text);
  if (match === null) {
    return trouble("Z1206", `${quote(text)} is no whole number; write one like "100", "10k" or "10_000"`);
  }
  const [, amount = "", suffix = ""] = match;
  return safe(text, timesExactly(parseDecimal(amount), COUNT_SUFFIX.get(suffix) ?? 1n), "a whole number");
}

/** A number of bytes. */
export function readSize(text: string): Reading<number> {
  const match = new RegExp(`^(${DECIMAL}) *([A-Za-z]*)$`).exec(text);
  const unit = SIZE_UNIT.get(match?.[2] ?? "");
  if (match === null || unit === undefined) {
    return trouble("Z1207", `${quote(text)} is no size; write one like "512B", "64KiB" or "10MB"`);
  }
  return safe(text, timesExactly(parseDecimal(match[1] ?? ""), unit), "a whole number of bytes");
}

/** A share of a hundred, as parts of a million. */
export function readRatio(text: string): Reading<Ppm> {
  const match = new RegExp(`^(${DECIMAL}) *%$`).exec(text);
  if (match === null) {
    return trouble("Z1208", `${quote(text)} is no ratio; write a percentage like "1%" or "0.5%"`);
  }
  const ppm = timesExactly(parseDecimal(match[1] ?? ""), 10_000n);
  if (ppm === null) {
    return trouble("Z1208", `${quote(text)} is finer than 0.0001%, the finest ratio z6c compares`);
  }
  if (ppm > 1_000_000n) return trouble("Z1208", `${quote(text)} is more than 100%, which no ratio reaches`);
  return read(Number(ppm));
}

function safe(text: string, value: bigint | null, wanted: string): Reading<number> {
  if (value === null) return trouble("Z1206", `${quote(text)} is not ${wanted}`);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    return trouble("Z1105", `${quote(text)} is more than 2^53 − 1, the largest number z6c counts to`);
  }
  return read(Number(value));
}
