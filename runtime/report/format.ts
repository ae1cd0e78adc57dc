/** How numbers are written for people: the one home of it. Three significant digits and a unit, as scenarios write them. */

/** `1,234,567`. Whole numbers. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `counted(1, "request")` is `1 request`; `counted(1200, "request")` is `1,200 requests`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `812µs`, `12.3ms`, `1.23s`, `4,000s`. Whole ticks below a millisecond stay whole. */
export function duration(ticks: number, digits = 3): string {
  return scaled(ticks, 1000, ["µs", "ms", "s"], digits);
}

/** `512B`, `1.50KiB`, `2.00GiB`. */
export function bytes(value: number): string {
  return scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"], 3);
}

/** Parts of a million as `0%`, `0.123%`, `12.3%`, `100%`. What is not all is never written as all, nor something as nothing. */
export function percent(partsPerMillion: number, digits = 3): string {
  const value = partsPerMillion / 10_000;
  if (value === 0 || value === 100) return `${value}%`;
  if (value > 99 && value < 100) {
    const decimals = Math.ceil(4 - Math.log10(1_000_000 - partsPerMillion) - 1e-9);
    return `${value.toFixed(Math.max(digits - 2, decimals))}%`;
  }
  return `${significant(value, digits)}%`;
}

/** `1,234`, `12.3`, `0.123`: per second, say. */
export function decimal(value: number, digits = 3): string {
  return value >= 1000 ? count(value) : value === 0 ? "0" : significant(value, digits);
}

/** A long time as a person says it: `850ms`, `12.3s`, `2 min 35 s`, `1 h 02 min`. */
export function span(ticks: number): string {
  const seconds = Math.round(ticks / 1_000_000);
  if (seconds < 60) return duration(ticks);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${padded(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${padded(Math.floor(seconds / 60) % 60)} min`;
}

/** `1:05`, `1:02:03`: for a clock that runs. */
export function clock(ticks: number): string {
  const seconds = Math.floor(ticks / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${padded(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${padded(minutes % 60)}:${padded(seconds % 60)}`;
}

/** What a target or a system said, safe on a terminal and on one line: white space becomes one space, control and format characters become �. */
export function printable(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "�").trim();
}

/** An error code as a person writes it: `Z3201`. */
export function errorCode(code: number): string {
  return `Z${code}`;
}

/** The least unit in which the value, once rounded, is below `step`; the last unit takes all that is left. */
function scaled(value: number, step: number, units: readonly string[], digits: number): string {
  let unit = 0;
  let inUnit = value;
  while (unit < units.length - 1 && rounded(inUnit, digits) >= step) {
    inUnit /= step;
    unit++;
  }
  const exact = unit === 0 && Number.isInteger(inUnit);
  const text = exact || inUnit === 0
    ? count(inUnit)
    : inUnit >= 1000
    ? digits > 3 ? thousands(significant(inUnit, digits)) : count(inUnit)
    : significant(inUnit, digits);
  return text + units[unit];
}

function thousands(text: string): string {
  const [whole, fraction] = text.split(".");
  return count(Number(whole)) + (fraction === undefined ? "" : `.${fraction}`);
}

/** As it will be written. */
function rounded(value: number, digits: number): number {
  return value >= 1000 ? Math.round(value) : Number(value.toPrecision(digits));
}

/** Without an exponent. */
function significant(value: number, digits: number): string {
  const magnitude = Math.floor(Math.log10(Number(Math.abs(value).toPrecision(digits))));
  return value.toFixed(Math.min(20, Math.max(0, digits - 1 - magnitude)));
}

function padded(value: number): string {
  return String(value).padStart(2, "0");
}
