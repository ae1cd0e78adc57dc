/** `50/s`, `3000/min`, `0.5/s`, `10k/s` → exact rationals. */
import { quote } from "../diagnostic.ts";
import { DECIMAL, parseDecimal } from "./decimal.ts";
import { read, type Reading, readRange, trouble } from "./reading.ts";
import type { Rate } from "./scenario_load.ts";

const UNIT_TICKS: ReadonlyMap<string, bigint> = new Map([
  ["s", 1_000_000n],
  ["min", 60_000_000n],
  ["h", 3_600_000_000n],
]);

const SUFFIX: ReadonlyMap<string, bigint> = new Map([["", 1n], ["k", 1_000n], ["M", 1_000_000n]]);

/** No rate is higher than ten million a second, nor has more than six decimals. */
const HIGHEST_PER_SECOND = 10_000_000n;

/** One rate, in lowest terms. */
export function readRate(text: string): Reading<Rate> {
  const match = new RegExp(`^(${DECIMAL})([kM]?) *(?:/ *(.*))?$`).exec(text);
  if (match === null) {
    return trouble("Z1205", `${quote(text)} is no rate; write one like "50/s", "3000/min" or "10/h"`);
  }
  const [, amount = "", suffix = "", unit] = match;
  const unitTicks = UNIT_TICKS.get(unit ?? "");
  if (unitTicks === undefined) {
    const number = amount + suffix;
    const lack = unit === undefined ? "has no unit" : "has no unit z6c knows";
    return trouble("Z1204", `${quote(text)} ${lack}; use "${number}/s", "${number}/min" or "${number}/h"`);
  }
  const decimal = parseDecimal(amount);
  if (decimal.decimals > 6) {
    return trouble(
      "Z1205",
      `${quote(text)} has more than six decimals; give the rate per "min" or "h" instead`,
    );
  }
  const sessions = decimal.digits * (SUFFIX.get(suffix) ?? 1n);
  const perTicks = 10n ** BigInt(decimal.decimals) * unitTicks;
  if (sessions * 1_000_000n > HIGHEST_PER_SECOND * perTicks) {
    return trouble("Z1205", `${quote(text)} is higher than ten million a second, the highest z6c plans`);
  }
  return read(lowestTerms(sessions, perTicks));
}

/** `200/s` or a ramp `50/s..200/s` → rates at the start and at the end. */
export function readRateRange(text: string): Reading<readonly [Rate, Rate]> {
  return readRange(text, readRate);
}

function lowestTerms(sessions: bigint, perTicks: bigint): Rate {
  let [divisor, rest] = [perTicks, sessions];
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
  return { sessions: Number(sessions / divisor), perTicks: Number(perTicks / divisor) };
}
