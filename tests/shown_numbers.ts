/** Numbers as reports show them, read back: what a text says, and how exactly it says it. */
import assert from "node:assert/strict";

/** In ticks, bytes, parts of a million, or as it stands; what was rounded to it lies within `half` of it. */
export type Shown = Readonly<{ value: number; half: number; unit: Unit }>;
type Unit = "" | "ticks" | "bytes" | "ppm";

const UNITS: Readonly<Record<string, readonly [Unit, number]>> = {
  "": ["", 1],
  "µs": ["ticks", 1],
  ms: ["ticks", 1_000],
  s: ["ticks", 1_000_000],
  B: ["bytes", 1],
  KiB: ["bytes", 2 ** 10],
  MiB: ["bytes", 2 ** 20],
  GiB: ["bytes", 2 ** 30],
  "%": ["ppm", 10_000],
};

/** `1,234`, `12.3ms`, `0.123%`, `1.50KiB`, `2 min 35 s`, `1 h 02 min`. */
export function shownNumber(text: string): Shown {
  const long = /^(\d+) (min|h) (\d\d) (s|min)$/.exec(text);
  if (long !== null) {
    const seconds = long[2] === "h"
      ? Number(long[1]) * 3600 + Number(long[3]) * 60
      : Number(long[1]) * 60 + Number(long[3]);
    // Hours are told by the minute that has begun.
    return long[2] === "h"
      ? { value: (seconds + 30) * 1_000_000, half: 30_500_000, unit: "ticks" }
      : { value: seconds * 1_000_000, half: 500_000, unit: "ticks" };
  }
  const [, whole, fraction = "", unit] = /^(\d{1,3}(?:,\d{3})*|\d+)(?:\.(\d+))?(µs|ms|s|B|KiB|MiB|GiB|%|)$/
    .exec(text) ?? [];
  assert.ok(whole !== undefined, `${JSON.stringify(text)} is no number`);
  const [meant, scale] = UNITS[unit];
  return {
    value: Number(`${whole.replaceAll(",", "")}.${fraction}0`) * scale,
    half: 0.5 * 10 ** -fraction.length * scale,
    unit: meant,
  };
}

/** `wanted` is what the JSON report has, in the unit that the text shows; null is a dash, or nothing. */
export function assertShown(text: string, wanted: number | null, what: string, unit: Unit = ""): void {
  if (wanted === null) return assert.match(text, /^(?:–|nothing|)$/, `${what} is ${text}, and null`);
  const shown = shownNumber(text);
  assert.equal(shown.unit, unit, `${what} is ${text}`);
  assert.ok(
    Math.abs(shown.value - wanted) <= shown.half * (1 + 1e-9),
    `${what} is shown as ${text}, and is ${wanted}`,
  );
}
