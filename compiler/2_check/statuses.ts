/** `200`, `"2xx"`, `[200, 304]` → ranges of statuses. */
import { quote } from "../diagnostic.ts";
import { read, type Reading, trouble } from "./reading.ts";

export type StatusRange = readonly [number, number];

/** Ranges, both ends included, ascending and disjoint. */
export function readStatuses(statuses: readonly (number | string)[]): Reading<readonly StatusRange[]> {
  if (statuses.length === 0) {
    return trouble("Z1211", "lists no status; leave the key out to accept 200 to 399");
  }
  const ranges: StatusRange[] = [];
  for (const status of statuses) {
    const text = String(status);
    if (/^[1-5]xx$/.test(text)) {
      const first = Number(text[0]) * 100;
      ranges.push([first, first + 99]);
    } else if (/^[1-5]\d\d$/.test(text)) {
      ranges.push([Number(text), Number(text)]);
    } else {
      const found = typeof status === "string" ? quote(text) : text;
      return trouble(
        "Z1211",
        `${found} is no HTTP status; write a number from 100 to 599, or a class like "2xx"`,
      );
    }
  }
  return read(merged(ranges));
}

function merged(ranges: readonly StatusRange[]): StatusRange[] {
  const result: StatusRange[] = [];
  for (const range of [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = result.at(-1);
    if (last !== undefined && range[0] <= last[1] + 1) {
      result[result.length - 1] = [last[0], Math.max(last[1], range[1])];
    } else {
      result.push(range);
    }
  }
  return result;
}
