/** `250ms`, `1h30m`, `0.5s` → ticks. */
import type { Tick } from "../../runtime/plan.ts";
import { quote } from "../diagnostic.ts";
import { DECIMAL, parseDecimal, timesExactly } from "./decimal.ts";
import { read, type Reading, readRange, trouble } from "./reading.ts";

/** Ticks of each unit, from the longest. */
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["d", 86_400_000_000n],
  ["h", 3_600_000_000n],
  ["m", 60_000_000n],
  ["s", 1_000_000n],
  ["ms", 1_000n],
  ["us", 1n],
]);

/** No duration, and no load as a whole, is longer than 365 days. */
export const LONGEST_TICKS = 365 * 86_400_000_000;

const ONE_PIECE = new RegExp(`^(${DECIMAL})(us|ms|[smhd])$`);
const PIECE = new RegExp(`(${DECIMAL})(us|ms|[smhd])`, "g");
const WHOLE = new RegExp(`^(?:${DECIMAL}(?:us|ms|[smhd]))+$`);

/** A duration of one or more pieces, the longest unit first, each unit once. */
export function readDuration(text: string): Reading<Tick> {
  const only = ONE_PIECE.exec(text);
  if (only === null && !WHOLE.test(text)) return unreadable(text);
  let total = 0n;
  let shortest: bigint | null = null;
  for (const [, amount = "", unit = ""] of only === null ? text.matchAll(PIECE) : [only]) {
    const unitTicks = UNITS.get(unit) ?? 1n;
    if (shortest !== null && unitTicks >= shortest) {
      return trouble(
        "Z1201",
        `${quote(text)} mixes its units; write the longest first and each once, as in "1h30m"`,
      );
    }
    shortest = unitTicks;
    const ticks = timesExactly(parseDecimal(amount), unitTicks);
    if (ticks === null) {
      return trouble(
        "Z1202",
        `${quote(text)} is finer than one microsecond, the shortest time z6c counts; use whole "us"`,
      );
    }
    total += ticks;
  }
  if (total > BigInt(LONGEST_TICKS)) {
    return trouble("Z1203", `${quote(text)} is longer than 365 days, the longest z6c plans`);
  }
  return read(Number(total));
}

/** `2s` or `1s..3s` → both ends. */
export function readDurationRange(text: string): Reading<readonly [Tick, Tick]> {
  const range = readRange(text, readDuration);
  if ("value" in range && range.value[0] > range.value[1]) {
    return trouble("Z1209", `${quote(text)} runs backwards; write the shorter time first`);
  }
  return range;
}

function unreadable(text: string): Reading<Tick> {
  if (new RegExp(`^${DECIMAL}$`).test(text)) {
    return trouble("Z1201", `${quote(text)} has no unit; use "${text}s", "${text}ms" or "${text}m"`);
  }
  const unit = new RegExp(`^${DECIMAL} *([a-zµμ]+)$`, "i").exec(text)?.[1];
  if (unit !== undefined && !UNITS.has(unit)) {
    return trouble(
      "Z1201",
      `${quote(text)} has a unit z6c does not know, ${quote(unit)}; use us, ms, s, m, h or d`,
    );
  }
  return trouble("Z1201", `${quote(text)} is no duration; write one like "250ms", "10s" or "1h30m"`);
}
