/** Numbers, booleans, dates and times. */
import type { Place } from "../diagnostic.ts";
import type { Cursor } from "./cursor.ts";
import type { Scalar } from "./document.ts";
import { SyntaxFault, unexpected } from "./syntax_problems.ts";

const WORD = /[\w.:+-]+/y;
/** What follows a date that has its time behind a blank. */
const TIME_BEHIND = / \d\d:[\w.:+-]*/y;

const DATE = /^\d{4}-\d\d-\d\d$/;
const INTEGER =
  /^(?:[+-]?(?:0|[1-9](?:_?\d)*)|0x[\da-fA-F](?:_?[\da-fA-F])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*)$/;
const FLOAT =
  /^[+-]?(?:inf|nan|(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|[eE][+-]?\d(?:_?\d)*))$/;
/** A date, with what parts it from a time behind it. */
const CALENDAR = /^(\d{4})-(\d\d)-(\d\d)(?:$|[Tt ](?=\d))/;
const CLOCK = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?([Zz]|[+-](\d\d):(\d\d))?$/;

/** Reads the value without quotes or brackets that begins here. */
export function readScalar(cursor: Cursor, unexpectedHere = unexpected): Scalar {
  const start = cursor.at;
  let source = cursor.take(WORD);
  if (DATE.test(source)) source += cursor.take(TIME_BEHIND);
  const found = scalarOf(source, cursor.place(start), start);
  if (found !== null) return found;
  cursor.at = start;
  throw misspelt(source, start) ?? unexpectedHere(cursor);
}

/** Null where the word is no value. */
function scalarOf(source: string, place: Place, start: number): Scalar | null {
  if (source === "true" || source === "false") return { kind: "boolean", place, value: source === "true" };
  if (INTEGER.test(source)) return { kind: "integer", place, value: integerOf(source), source };
  if (FLOAT.test(source)) return { kind: "float", place, value: floatOf(source), source };
  return isDateOrTime(source, start) ? { kind: "date", place, source } : null;
}

/** Throws where it looks like one and is none. */
function isDateOrTime(source: string, start: number): boolean {
  const date = CALENDAR.exec(source);
  const behind = source.slice(date?.[0].length ?? 0);
  const time = CLOCK.exec(behind);
  const isWhole = date !== null && behind === "";
  const isLocal = time?.[4] === undefined;
  if (!isWhole && (time === null || (date === null && !isLocal))) return false;
  const [, year, month, day] = (date ?? []).map(Number);
  if (date !== null && !isInCalendar(year ?? 0, month ?? 0, day ?? 0)) {
    const words = "the calendar has no such date; put quotes around it if it is a text";
    throw new SyntaxFault("Z1005", words, start);
  }
  const [, hour, minute, second, , offsetHour, offsetMinute] = (time ?? []).map((part) => Number(part ?? 0));
  if (isOnClock(hour, minute, second) && isOnClock(offsetHour, offsetMinute, 0)) return true;
  throw new SyntaxFault("Z1005", "the clock has no such time; put quotes around it if it is a text", start);
}

/** A minute may have a leap second. */
function isOnClock(hour = 0, minute = 0, second = 0): boolean {
  return hour < 24 && minute < 60 && second <= 60;
}

function integerOf(source: string): bigint {
  return BigInt(source.replace(/^\+|_/g, ""));
}

function floatOf(source: string): number {
  if (source.endsWith("nan")) return NaN;
  if (source.endsWith("inf")) return source.startsWith("-") ? -Infinity : Infinity;
  return Number(source.replaceAll("_", ""));
}

function isInCalendar(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (lengths[month - 1] ?? 0);
}

/** What is wrong with a word that looks like a number; null where it does not. */
function misspelt(word: string, start: number): SyntaxFault | null {
  if (/^[+-]?0_?\d[\d_]*(?:\.\d[\d_]*)?$/.test(word)) {
    const words = "a number has no leading zeros; put quotes around it if it is a text";
    return new SyntaxFault("Z1005", words, start);
  }
  if (/^[+-]?[\d_.]+$|^0[xob]_/.test(word) && /^_|_$|__|_\.|\._|[xob]_/.test(word)) {
    return new SyntaxFault("Z1005", "an underscore in a number stands between two digits", start);
  }
  if (!/^[+-]?\d/.test(word)) return null;
  const words = `this is not TOML: ${word} is neither a number nor a date; texts need quotes, as in "10s"`;
  return new SyntaxFault("Z1001", words, start, start + word.length);
}
