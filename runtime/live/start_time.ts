import { EXIT } from "../reduce/exit_codes.ts";
import { clock, span } from "../report/format.ts";
import { UserError } from "../user_error.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Further ahead is a slip of the pen. */
const AHEAD_MS_MAX = 7 * 24 * 3_600_000;

/**
 * When the load begins, in milliseconds since 1970: `--start-at` is a time as RFC 3339 has it, or `+30s` from `nowMs`
 * on. Throws `UserError` (104).
 */
export function readStartTime(text: string, nowMs: number): number {
  const [, amount, unit] = /^\+(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const startMs = unit === undefined ? moment(text) : nowMs + Math.round(Number(amount) * UNIT_MS[unit]);
  if (startMs < nowMs) {
    throw problem(`--start-at ${text} was ${spanText(nowMs - startMs)} ago; name a time to come`);
  }
  if (startMs - nowMs > AHEAD_MS_MAX) {
    throw problem(`--start-at ${text} is ${spanText(startMs - nowMs)} ahead, and 7 days are the most`);
  }
  return startMs;
}

/** RFC 3339 section 5.6, with its offset. */
const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)$/;

function moment(text: string): number {
  const [, day, time, offset] = RFC_3339.exec(text) ?? [];
  const ms = day === undefined ? NaN : Date.parse(`${day}T${time}${offset.toUpperCase()}`);
  // To a Date, 31 February is 3 March.
  if (Number.isNaN(ms) || !new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) {
    throw problem(
      "--start-at wants a time with its offset, such as 2026-11-21T20:15:00Z, or one from now on, such as +30s " +
        `(ms, s, m, h); found "${text}"`,
    );
  }
  return ms;
}

/**
 * Waits until `earlyMs` before `startMs` (milliseconds since 1970), and calls `tell` with what is left to `startMs`, now
 * and at every whole second. Resolves early when `signal` is aborted.
 */
export async function waitFor(
  startMs: number,
  earlyMs: number,
  signal: AbortSignal,
  tell: (leftMs: number) => void,
): Promise<void> {
  while (!signal.aborted) {
    const leftMs = startMs - Date.now();
    if (leftMs <= earlyMs) return;
    tell(leftMs);
    await sleep(Math.min(leftMs % 1000 || 1000, leftMs - earlyMs), signal);
  }
}

/**
 * The moment `epochMs` (milliseconds since 1970) as `performance.now()` counts in this thread, to some microseconds:
 * the wall clock is read when it steps from one millisecond to the next. Two threads agree about it.
 */
export function monotonicMs(epochMs: number): number {
  return epochMs + Math.min(...Array.from({ length: LOOKS }, monotonicLessWall));
}

/** A thread that is held up between its two looks reads too much; it is not held up every time. */
const LOOKS = 3;

/** What `performance.now()` is ahead of the wall clock, read as that goes on to another millisecond. */
function monotonicLessWall(): number {
  const before = Date.now();
  let wallMs = before;
  while (wallMs === before) wallMs = Date.now();
  return performance.now() - wallMs;
}

/** Holds this thread until `performance.now()` is at `momentMs`: no timer is that exact. For some milliseconds only. */
export function untilMoment(momentMs: number): void {
  while (performance.now() < momentMs);
}

/** `0:27`, `1:02:03`: rounded up, so that it shows 0:00 when nothing is left, and not before. */
export function countdownText(leftMs: number): string {
  return clock(Math.ceil(leftMs / 1000) * 1_000_000);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

function spanText(ms: number): string {
  return span(ms * 1000);
}

function problem(text: string): UserError {
  return new UserError(text, EXIT.badInput);
}
