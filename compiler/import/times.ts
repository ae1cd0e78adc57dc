/** Durations as the language has them. */

/** `300ms`, `2.5s`, `1m`: exact, for whole milliseconds from 0. */
export function timeText(milliseconds: number): string {
  const whole = Math.round(milliseconds);
  if (whole >= 60_000 && whole % 3_600_000 === 0) return `${whole / 3_600_000}h`;
  if (whole >= 60_000 && whole % 60_000 === 0) return `${whole / 60_000}m`;
  return whole >= 1_000 && whole % 100 === 0 ? `${whole / 1_000}s` : `${whole}ms`;
}
