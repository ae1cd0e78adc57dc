/** How a practice answer is to misbehave, as paths and `x-z6c-…` headers say it. */
import { readDuration, readDurationRange } from "../compiler/2_check/durations.ts";
import { readRatio, readSize } from "../compiler/2_check/quantities.ts";
import { isTrouble, type Reading } from "../compiler/2_check/reading.ts";

/** What a request asked for is not understood: answered with 400. */
export class Unreadable extends Error {}

/** Largest body, in bytes: it is kept in memory. */
export const LARGEST_BYTES = 256 * 1024 * 1024;

const LONGEST_DELAY_MS = 3_600_000;

/** `20ms` or `10ms..50ms`, as milliseconds; from and to. At most an hour. */
export function delayMs(text: string): readonly [number, number] {
  const [from, to] = wanted(readDurationRange(text));
  return [inHour(from / 1000), inHour(to / 1000)];
}

/** `500ms`, as milliseconds. At most an hour. */
export function durationMs(text: string): number {
  return inHour(wanted(readDuration(text)) / 1000);
}

/** `5%`, as parts of a million. */
export function ratioPpm(text: string): number {
  return wanted(readRatio(text));
}

/** `64KiB`, as bytes. */
export function sizeBytes(text: string): number {
  const bytes = wanted(readSize(text));
  if (bytes > LARGEST_BYTES) throw new Unreadable(`"${text}" is more than 256 MiB, the most it answers with`);
  return bytes;
}

/** `503`. A final status: 200 to 599. */
export function finalStatus(text: string): number {
  if (!/^[2-5]\d\d$/.test(text)) throw new Unreadable(`"${text}" is no status from 200 to 599`);
  return Number(text);
}

/** A whole number without sign, below 2^53. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new Unreadable(`"${text}" is no whole number`);
  }
  return value;
}

function wanted<T>(reading: Reading<T>): T {
  if (isTrouble(reading)) throw new Unreadable(reading.words);
  return reading.value;
}

function inHour(ms: number): number {
  if (ms > LONGEST_DELAY_MS) throw new Unreadable("an answer waits an hour at most");
  return ms;
}
