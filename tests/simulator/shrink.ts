/** Makes a trial that fails smaller, as long as it fails in the same way. */
import { entriesOf, isList, type Table, type Value } from "./scenario_data.ts";
import type { Course, Trial } from "./trial.ts";
import { NO_TROUBLES } from "./troubled_host.ts";

/** The smallest trial that was found to fail as the first one does. `fails` is asked at most `tries` times. */
export async function shrunk(
  trial: Trial,
  fails: (trial: Trial) => Promise<boolean>,
  tries: number = 2_000,
): Promise<Trial> {
  let smallest = trial;
  let left = tries;
  for (let hasShrunk = true; hasShrunk && left > 0;) {
    hasShrunk = false;
    // What was tried is not tried again: behind a place where it worked, the next ones follow.
    for (let at = 0; left > 0; left--) {
      const smaller = nth(smallerTrials(smallest), at);
      if (smaller === null) break;
      if (await fails(smaller)) {
        smallest = smaller;
        hasShrunk = true;
      } else {
        at++;
      }
    }
  }
  return smallest;
}

function nth<T>(all: Iterable<T>, place: number): T | null {
  let at = 0;
  for (const one of all) if (at++ === place) return one;
  return null;
}

/** All that are a little smaller, the boldest steps first. */
function* smallerTrials({ scenario, course }: Trial): Iterable<Trial> {
  for (const smaller of smallerCourses(course)) yield { scenario, course: smaller };
  for (const smaller of smallerTables(scenario)) yield { scenario: smaller, course };
}

function* smallerCourses(course: Course): Iterable<Course> {
  const { troubles, shards, workers, sessionLimit, ledgerBytes } = course;
  const with_ = (changes: Partial<Course["troubles"]>) => ({
    ...course,
    troubles: { ...troubles, ...changes },
  });
  if (JSON.stringify(troubles) !== JSON.stringify(NO_TROUBLES)) yield { ...course, troubles: NO_TROUBLES };
  if (troubles.stallOneIn > 0) yield with_({ stallOneIn: 0, stallTicks: 0 });
  if (troubles.closeOneIn > 0) yield with_({ closeOneIn: 0 });
  for (const at of troubles.interrupts.keys()) {
    yield with_({ interrupts: troubles.interrupts.filter((_, n) => n !== at) });
  }
  if (troubles.failOneIn > 0) yield with_({ failOneIn: 0 });
  if (troubles.batch > 0) yield with_({ batch: 0 });
  if (workers) yield { ...course, workers: false };
  if (sessionLimit !== null) yield { ...course, sessionLimit: null };
  if (ledgerBytes !== null) yield { ...course, ledgerBytes: null };
  if (shards > 1) yield { ...course, shards: shards - 1 };
}

function* smallerTables(table: Table): Iterable<Table> {
  for (const [key] of entriesOf(table)) {
    const { [key]: _, ...rest } = table;
    yield rest;
  }
  for (const [key, value] of entriesOf(table)) {
    for (const smaller of smallerValues(value)) yield { ...table, [key]: smaller };
  }
}

function* smallerValues(value: Value): Iterable<Value> {
  if (typeof value === "string") yield* smallerTexts(value);
  else if (typeof value === "number") yield* smallerNumbers(value);
  else if (typeof value === "boolean") return;
  else if (isList(value)) yield* smallerLists(value);
  else yield* smallerTables(value);
}

function* smallerLists(list: readonly Value[]): Iterable<Value> {
  if (list.length > 3) {
    const half = list.length >>> 1;
    yield list.slice(0, half);
    yield list.slice(half);
  }
  if (list.length <= 20) { for (const at of list.keys()) yield list.toSpliced(at, 1); }
  // A group's steps may do without their group.
  for (const [at, one] of list.entries()) {
    const inner = typeof one === "object" && !isList(one) ? one.step : undefined;
    if (inner !== undefined && isList(inner)) yield list.toSpliced(at, 1, ...inner);
  }
  if (list.length > 20) return;
  for (const [at, one] of list.entries()) {
    for (const smaller of smallerValues(one)) yield list.with(at, smaller);
  }
}

/** Without its variables, or with smaller numbers. */
function* smallerTexts(text: string): Iterable<string> {
  for (const { 0: found, index } of text.matchAll(/\$\{[^}]*\}/g)) {
    yield text.slice(0, index) + text.slice(index + found.length);
  }
  if (text.includes("${")) return;
  for (const { 0: digits, index } of text.matchAll(/\d+/g)) {
    for (const smaller of smallerNumbers(Number(digits))) {
      yield text.slice(0, index) + smaller + text.slice(index + digits.length);
    }
  }
}

function* smallerNumbers(value: number): Iterable<number> {
  if (value > 1) yield 1;
  if (value > 3) yield value >>> 1;
}
