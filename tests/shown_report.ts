/** What every report shows of a run, in one way: rows by their names and columns by their titles, against the JSON report. */
import assert from "node:assert/strict";
import type { RequestTotals, Summary, ThresholdResult, ValidityResult } from "../runtime/reduce/summary.ts";
import { diagnosisSentences } from "../runtime/report/diagnosis_words.ts";
import { validityTitle } from "../runtime/report/validity_title.ts";
import { assertShown } from "./shown_numbers.ts";

/** The first row has the titles. */
export type Rows = readonly (readonly string[])[];

/** In no text. */
export const NOTHING = "\u0000";

/** Of a distribution, by a column's title. */
const TIMES: Readonly<Record<string, string>> = {
  samples: "count",
  avg: "avg",
  min: "min",
  p50: "p50",
  p90: "p90",
  p95: "p95",
  p99: "p99",
  "p99.9": "p999",
  max: "max",
};
/** Of columns that are of no distribution; a bare 0 needs none. */
const UNITS: Readonly<Record<string, "ppm" | "ticks">> = { share: "ppm", from: "ticks", length: "ticks" };
type Times = Readonly<Record<string, number>> | null;

/** A column that is of no distribution: its number, and what it is one of. */
export type Figures = Readonly<Record<string, number | string | null>>;
/** What a row shows: figures by title, and the distribution of its times. `elapsed p50` and so on are of `elapsed`. */
export type Named = Readonly<{ name: string; figures: Figures; times?: Times; elapsed?: Times }>;

/** All of the rows, in their order, and nothing else. */
export function assertRows([titles, ...rows]: Rows, wanted: readonly Named[], what: string): void {
  assert.deepEqual(rows.map(([name]) => name), wanted.map(({ name }) => name), `rows of ${what}`);
  rows.forEach((cells, row) => {
    const { name, figures, times, elapsed } = wanted[row];
    titles.slice(1).forEach((title, at) => {
      const cell = cells[at + 1] ?? "";
      const place = `${title} of ${name} in ${what}`;
      if (title in figures) {
        const figure = figures[title];
        if (typeof figure === "string") return assert.equal(cell, figure, place);
        return assertShown(cell, figure, place, cell === "0" ? "" : UNITS[title] ?? "");
      }
      const isElapsed = title.startsWith("elapsed ");
      const key = TIMES[title.replace(/^elapsed /, "")];
      assert.ok(key !== undefined, `no column of ${what} should be called ${title}`);
      const of = isElapsed ? elapsed : times;
      assertShown(cell, of?.[key] ?? null, place, of == null || key === "count" ? "" : "ticks");
    });
  });
}

/** `requests` of a part of the run by the titles that reports have for them. */
export function requestFigures({ issued, perSecond, errors }: RequestTotals): Figures {
  return { requests: issued, issued, "per second": perSecond, "per s": perSecond, errors };
}

/** `flow/step`, or the step alone where there is but one flow. */
export function stepNames(of: readonly { flow: string; step: string }[]): string[] {
  const flows = new Set(of.map(({ flow }) => flow)).size;
  return of.map(({ flow, step }) => (flows > 1 ? `${flow}/${step}` : step));
}

/** A threshold's rows; of what is wanted only the text, which is the scenario's. */
export function assertThresholds([, ...rows]: Rows, thresholds: readonly ThresholdResult[]): void {
  assert.deepEqual(rows.map(([name]) => name), thresholds.map(({ text }) => text));
  rows.forEach(([, actual, samples], at) => {
    const { text, actual: wanted, unit, samples: all } = thresholds[at];
    assertInUnit(actual, wanted, unit, text);
    assertShown(samples, all, `samples of ${text}`);
  });
}

/** The generator's promises; one of the processor may be left out where nobody could tell. */
export function assertValidity([, ...rows]: Rows, { validity, integrity }: Summary): void {
  const names = new Map(rows.map((cells) => [cells[0], cells]));
  for (const { name, actual, limit, unit } of validity) {
    const cells = names.get(validityTitle(name, integrity.state));
    if (cells === undefined) {
      assert.deepEqual([name, actual], ["cpu", null]);
      continue;
    }
    assertInUnit(cells[1], actual, unit, name);
    if (cells[2] === "any") assert.ok(limit === Number.MAX_SAFE_INTEGER || limit === 1_000_000, name);
    else assertInUnit(cells[2] ?? "", limit, unit, `limit of ${name}`);
    names.delete(cells[0]);
  }
  assert.deepEqual([...names.keys()], []);
}

/** A number of a threshold, of a promise. */
export function assertInUnit(
  text: string,
  value: number | null,
  unit: ValidityResult["unit"],
  what: string,
): void {
  if (value === null || unit === "count") return assertShown(text, value, what);
  if (unit !== "millis-per-second") return assertShown(text, value, what, unit);
  assert.ok(text.endsWith("/s"), text);
  assertShown(text.slice(0, -2), value / 1000, what);
}

/** `label: value` pairs, each found in a text by the pattern's one group. Where it is not there, `value` is 0 or null. */
export function assertFound(
  text: string,
  wanted: readonly (readonly [RegExp, number | null, ("" | "ticks" | "bytes" | "ppm")?])[],
): string {
  let left = text;
  for (const [pattern, value, unit = ""] of wanted) {
    const found = pattern.exec(left);
    if (found === null) {
      assert.ok(value === null || value === 0, `${pattern} is not in ${text}, and is ${value}`);
      continue;
    }
    assertShown(found[1], value, String(pattern), unit);
    left = left.slice(0, found.index) + left.slice(found.index + found[0].length);
  }
  return left;
}

/** Where something is shown for people to find it again, every number of it was held against something. */
export function assertNoNumberLeft(text: string, what: string): void {
  const known = /\bp(?:50|90|95|99(?:\.9)?)\b|HTTP\/2\b|\bZ\d{4}\b|z6c/g;
  assert.doesNotMatch(text.replace(known, ""), /\d/, what);
}

/** What stands out, a sentence each: the same words everywhere, whose numbers are those of the findings. */
export function assertDiagnosis(sentences: readonly string[], summary: Summary): void {
  assert.deepEqual(sentences, diagnosisSentences(summary).map((sentence) => `${sentence}.`));
}
