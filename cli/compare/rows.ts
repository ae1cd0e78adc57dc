/** A comparison as tables and sentences, whatever they are written in. */
import { counted, percent, span } from "../../runtime/report/format.ts";
import type { ComparedFigure, ComparedPart, ComparedRun, Comparison, Finding } from "./comparison.ts";
import type { PartKind } from "./place.ts";
import { changeText, differenceText, mainDifference, rangeText, valueText } from "./words.ts";

/** `finding` gives the mark; the rest are cells. */
export type Row = Readonly<
  { finding: Finding; part: string; figure: string; a: string; b: string; change: string; interval: string }
>;

export type Section = Readonly<{ kind: PartKind; title: string; rows: readonly Row[] }>;

/** A part with what differs for real in it; `isWorse` where anything is. */
export type Sentence = Readonly<{ isWorse: boolean; part: string; words: string }>;

const TITLES: Readonly<Record<PartKind, string>> = {
  all: "All of it",
  step: "By step",
  group: "By group",
  tag: "By tag",
  stage: "By stage",
};

/** Of parts, a short table shows only these, and no service times. */
const SHORT = ["ratio", "avg", "p50", "p95", "p99"];

const MARKS: Readonly<Record<Finding, string>> = {
  worse: "✗",
  better: "✓",
  noise: "",
  same: "=",
  unknown: "?",
};

export const LEGEND =
  "✗ real and worse, ✓ real and better, no mark: within noise, =: the same, ?: too few samples to tell. " +
  "pp: percentage points.";

/** What a mark stands for: `LEGEND`. */
export function mark(finding: Finding): string {
  return MARKS[finding];
}

/** `short`: without what only a few look for. */
export function sectionsOf({ parts }: Comparison, short: boolean): Section[] {
  return [...Map.groupBy(parts, ({ kind }) => kind)].map(([kind, ofKind]) => ({
    kind,
    title: TITLES[kind],
    rows: ofKind.flatMap((part) => rowsOf(part, short)),
  })).filter(({ rows }) => rows.length > 0);
}

function rowsOf(part: ComparedPart, short: boolean): Row[] {
  const isShown = ({ metric, statistic }: ComparedFigure) =>
    !short || part.kind === "all" || (SHORT.includes(statistic) && metric !== "service_time");
  const figures = part.figures.filter(isShown).filter((figure) => !short || !isIdle(figure, part));
  return figures.map((figure, at) => {
    const main = mainDifference(figure);
    return {
      finding: figure.finding,
      part: part.kind === "all" || at > 0 ? "" : part.name.replace(/^(?:step|group|tag|stage) /, ""),
      figure: figureText(figure),
      a: valueText(figure.baseline, figure),
      b: valueText(figure.candidate, figure),
      change: main === null
        ? "–"
        : main[1] === null
        ? changeText(main[0].value)
        : differenceText(main[0].value, main[1]),
      interval: main === null ? "" : rangeText(...main) ?? "",
    };
  });
}

const METRICS: Readonly<Record<string, string>> = {
  response_time: "response",
  service_time: "service",
  session_time: "session",
  group_time: "time",
};

/** A metric that was 0 in both runs all along, such as drops, has nothing to show. */
function isIdle({ metric }: ComparedFigure, { figures }: ComparedPart): boolean {
  const all = figures.filter((one) => one.metric === metric);
  return metric !== "errors" && all.every(({ baseline, candidate }) => baseline === 0 && candidate === 0);
}

/** `response p99`, `errors`. */
export function figureText({ metric, statistic }: Pick<ComparedFigure, "metric" | "statistic">): string {
  if (metric === "rate") return "requests/s";
  if (statistic === "ratio") return metric;
  return `${METRICS[metric] ?? metric.replaceAll("_", " ")} ${statistic}`;
}

/** What is told in words; the tables have all. */
const TOLD = [
  "requests/s",
  "errors",
  "drops",
  ...["response", "time", "first message", "lag"].flatMap((metric) =>
    ["p50", "p95", "p99"].map((q) => `${metric} ${q}`)
  ),
];

/** What differs for real, part by part. */
export function sentencesOf({ parts }: Comparison): Sentence[] {
  return parts.flatMap((part) => {
    const told = part.figures.filter((figure) => isReal(figure) && TOLD.includes(figureText(figure)));
    if (told.length === 0) return [];
    return [{
      isWorse: told.some(({ finding }) => finding === "worse"),
      part: part.name,
      words: told.map((figure, at) => movedText(figure, at === 0 ? undefined : told[at - 1])).join(", "),
    }];
  });
}

/** `response p99 rose by 12.1% … 19.3%`; `p99 by 12.1% … 19.3%` behind another one of the same metric that did so. */
function movedText(figure: ComparedFigure, before: ComparedFigure | undefined): string {
  const [difference, unit] = mainDifference(figure) ?? [null, null];
  const { low, high } = { low: difference?.low ?? 0, high: difference?.high ?? 0 };
  const range = low > 0 ? { value: 0, low, high } : { value: 0, low: high, high: low };
  const by = rangeText(range, unit)?.replaceAll(/[+−]/g, "") ?? "";
  const goesOn = before !== undefined && before.metric === figure.metric &&
    before.finding === figure.finding;
  return goesOn
    ? `${figure.statistic} by ${by}`
    : `${figureText(figure)} ${low > 0 ? "rose" : "fell"} by ${by}`;
}

function isReal({ finding }: ComparedFigure): boolean {
  return finding === "worse" || finding === "better";
}

/** How many differences are real of how many, and how many of those chance alone would make. Ends with a full stop. */
export function countText({ parts, confidence }: Comparison): string {
  const figures = parts.flatMap((part) => part.figures).filter((one) =>
    isReal(one) || one.finding === "noise"
  );
  const real = figures.filter(isReal).length;
  if (figures.length === 0) {
    const differs = parts.some((part) => part.figures.some(({ finding }) => finding === "unknown"));
    return differs ? "There are too few samples to call a difference real." : "No figure differs.";
  }
  const chance = Math.round((figures.length * (100 - confidence)) / 100);
  return `${real} of ${counted(figures.length, "difference")} ${
    real === 1 ? "is" : "are"
  } real at ${confidence}%. ` +
    `Were there none, chance would make ${chance === 0 ? "hardly one" : `about ${chance}`} look so.`;
}

/** What is said of a run under its ledger. */
export function runFacts(run: ComparedRun): string[] {
  return [
    run.measuredTicks === 0
      ? counted(run.requests, "request")
      : `${counted(run.requests, "request")} in ${span(run.measuredTicks)}`,
    counted(run.sessions, "session"),
    `plan ${run.planSha256.slice(0, 12)}`,
    `seed ${run.seed}`,
    ...(run.simulated ? ["simulated"] : [run.started.replace(/\.\d+Z$/, "Z").replace("T", " ")]),
    `z6c ${run.z6c}`,
  ];
}

/** How the runs were put beside each other. */
export function pairingText(comparison: Comparison): string {
  const { pairing } = comparison;
  const { paired, reason, sessionsPerBlock, blocks } = pairing;
  const size = sessionsPerBlock === 1
    ? "a session each"
    : `up to ${counted(sessionsPerBlock, "session")} each`;
  const inBlocks = `${counted(blocks.baseline, "block")} of ${size}`;
  return paired
    ? `Paired: ${reason}, so session n of A is session n of B. ${inBlocks}.${sessionsText(comparison)}`
    : `Not paired: ${reason}. ${blocks.baseline} and ${counted(blocks.candidate, "block")} of ${size}.`;
}

function sessionsText({ pairedSessions: found }: Comparison): string {
  if (found === null) return "";
  const { both, longer, shorter, longerShare: { value, low, high } } = found;
  if (longer === 0 && shorter === 0) return ` All of ${counted(both, "session")} took as long in both.`;
  const range = low === null || high === null ? "" : ` (${percent(low)} … ${percent(high)})`;
  return ` Of ${counted(both, "session")} completed in both, ${percent(value)} took longer in B${range}, ` +
    `${percent((shorter * 1_000_000) / both)} took less.`;
}

/** What the figures mean, for all pages. */
export function methodText({ confidence, replicates }: Comparison): string {
  return `Change: of B against A. Interval: ${confidence}%, by bootstrap over blocks of consecutive sessions, ` +
    `${
      replicates.toLocaleString("en")
    } draws. It speaks of chance within these two runs, not of what changes from day to day.`;
}
