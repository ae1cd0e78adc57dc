/** Whether what a flow's steps use has been captured by the time they use it. */
import { keyPlaceAt, nodeAt, type Path } from "../1_parse/document.ts";
import type { Place } from "../diagnostic.ts";
import { quote } from "../diagnostic.ts";
import { type Checking, plainAt, report, templatesUnder, warn } from "./checking.ts";
import type { FlowCaptures } from "./names.ts";
import { didYouMean } from "./nearest_name.ts";
import { METHODS } from "./schema_flow.ts";

/** The keys of a step whose texts are rendered while the test runs. */
export const RENDERED_KEYS: readonly string[] = [
  ...Object.keys(METHODS),
  "query",
  "variables",
  "headers",
  "json",
  "body",
  "form",
  "multipart",
  "auth",
];

/** Each step of flow `flow` in the order in which sessions run them, sound or not. `names` are those of the steps. */
export function checkCaptureUses(checking: Checking, flow: number, names: readonly string[]): void {
  const captures = checking.captures[flow] ?? [];
  /** What is captured in front, and whether in every session. */
  const known = new Map<string, boolean>();
  for (const [index, own] of captures.entries()) {
    const step = ["flow", flow, "step", index];
    const guarded = checkConditions(checking, step, known, captures, names);
    for (const { name, place } of usesOf(checking, step)) {
      const isSure = known.get(name);
      if (isSure === true || (isSure === false && guarded.has(name))) continue;
      if (isSure === undefined && !(own.includes(name) && mostPasses(checking, step) > 1)) {
        reportTooEarly(checking, place, name, captures, names, index);
      } else {
        warn(
          checking,
          "Z1907",
          place,
          `\${${name}} is perhaps not captured here, and then empty; add when = { ${name} = "exists" } if the step needs it`,
        );
      }
    }
    const skips = plainAt(checking, [...step, "when"]) !== undefined || leastPasses(checking, step) === 0;
    for (const name of own) {
      const isOptional = plainAt(checking, [...step, "capture", name, "optional"]) === true;
      known.set(name, known.get(name) === true || !(skips || isOptional));
    }
  }
}

/** Captures mean nothing in what every step sends. */
export function checkTargetCaptures(checking: Checking): void {
  for (const { name, place } of usesOf(checking, ["target"])) {
    report(
      checking,
      "Z1308",
      place,
      `\${${name}} is captured by a step, and the target's settings hold for every step, also those in front; set it in the steps that come behind`,
    );
  }
}

function usesOf(checking: Checking, path: Path): { name: string; place: Place }[] {
  return RENDERED_KEYS.flatMap((key) => templatesUnder(checking, [...path, key])).flat().flatMap((part) =>
    typeof part !== "string" && part.variable === "capture" ? [{ name: part.name, place: part.place }] : []
  );
}

/** The names that are there whenever the step runs. */
function checkConditions(
  checking: Checking,
  step: Path,
  known: ReadonlyMap<string, boolean>,
  captures: FlowCaptures,
  names: readonly string[],
): Set<string> {
  const guarded = new Set<string>();
  const when = nodeAt(checking.document, [...step, "when"]);
  if (when?.kind !== "table") return guarded;
  for (const [name, { node }] of when.entries) {
    if (name === "status") continue;
    const isAsked = node.kind === "text"
      ? node.value === "exists"
      : node.kind === "table" && (node.entries.has("equals") || node.entries.has("matches"));
    if (isAsked) guarded.add(name);
    if (known.has(name)) continue;
    const place = keyPlaceAt(checking.document, [...step, "when", name]);
    reportTooEarly(checking, place, name, captures, names, Number(step.at(-1)));
  }
  return guarded;
}

function reportTooEarly(
  checking: Checking,
  place: Place,
  name: string,
  captures: FlowCaptures,
  names: readonly string[],
  step: number,
): void {
  const maker = captures.findIndex((own) => own.includes(name));
  if (maker === step) {
    report(
      checking,
      "Z1307",
      place,
      `${quote(name)} is captured from this step's own response; use it in a later step`,
    );
  } else if (maker >= 0) {
    report(
      checking,
      "Z1307",
      place,
      `${quote(name)} is captured further down, by step ${
        quote(names[maker] ?? "")
      }; move that step in front of this one`,
    );
  } else if (checking.captures.flat(2).includes(name)) {
    report(
      checking,
      "Z1308",
      place,
      `${
        quote(name)
      } is captured in another flow, and sessions share nothing; capture it in a step of this flow`,
    );
  } else {
    const mine = captures.flat();
    const hint = didYouMean(name, [...mine, "status"]) ||
      (mine.length === 0
        ? "; no step captures anything"
        : `; there is ${[...new Set(mine)].slice(0, 8).join(", ")}`);
    report(checking, "Z1302", place, `no step of this flow captures ${quote(name)}${hint}`);
  }
}

/** 1 where `repeat` is absent or wrong. */
function mostPasses(checking: Checking, step: Path): number {
  return passes(checking, step, -1);
}

function leastPasses(checking: Checking, step: Path): number {
  return passes(checking, step, 0);
}

function passes(checking: Checking, step: Path, end: 0 | -1): number {
  const repeat = plainAt(checking, [...step, "repeat"]);
  const ends = typeof repeat === "string" || typeof repeat === "number" ? String(repeat).split("..") : ["1"];
  const count = Number(ends.at(end)?.trim().replaceAll("_", ""));
  return Number.isInteger(count) ? count : 1;
}
