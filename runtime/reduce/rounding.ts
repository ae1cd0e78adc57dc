/** Numbers that are no whole ones in a summary: rounded, so that they are the same text everywhere. */

/** To three decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Parts of a million; null of nothing. */
export function partsPerMillion(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded((part * 1_000_000) / whole);
}

/** Per second; null in no time. */
export function perSecond(count: number, ticks: number): number | null {
  return ticks <= 0 ? null : rounded((count * 1_000_000) / ticks);
}
