/** Two runs to a comparison: the whole of it on one screen. */
import type { Plan, Threshold } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import type { ReducibleLedger } from "../../runtime/reduce/first_pass.ts";
import type { Summary } from "../../runtime/reduce/summary.ts";
import type { ComparedFigure, ComparedPart, ComparedRun, Comparison, Finding } from "./comparison.ts";
import { estimate, type Estimated } from "./estimates.ts";
import { asThreshold, type Figure, figureKey, figuresOf, statisticName, unitOf } from "./figure.ts";
import { type Gate, judgeGate } from "./gate.ts";
import { change, type Confidence, difference } from "./interval.ts";
import { MeasuredRun } from "./measured_run.ts";
import { pairedRequests } from "./paired_requests.ts";
import { pairedSessions } from "./paired_sessions.ts";
import { pairingOf } from "./pairing.ts";
import { type Part, partsOf, placeKey, placeText } from "./place.ts";
import { warningsOf } from "./warnings.ts";
import { REPLICATES, SALT } from "./weights.ts";

/** One side: its ledgers and what they are called. */
export type Side = Readonly<{ ledgers: readonly ReducibleLedger[]; paths: readonly string[] }>;

/** A block has a power of two of sessions, so that there are more than half of these; of short runs, one. */
const BLOCKS_MOST = 256;
/** Of the longer of two paired runs, so that the shorter one is not left with too few. */
const BLOCKS_OF_LONGER = 1_024;

/** Memory does not depend on the ledgers' length. Each is read twice. */
export function compareRuns(
  baseline: Side,
  candidate: Side,
  { confidence, gates }: { confidence: Confidence; gates: readonly Gate[] },
): Comparison {
  const [planA, planB] = [planOf(baseline), planOf(candidate)];
  const parts = partsOf(planA).filter((part) => has(partsOf(planB), part));
  const shown = parts.flatMap(figuresOf);
  const figures = [
    ...new Map([...shown, ...gates.map(({ figure }) => figure)].map((it) => [figureKey(it), it])).values(),
  ];
  const [askedA, askedB] = [asked(planA, figures), asked(planB, figures)];
  const a = new MeasuredRun(baseline.ledgers, askedA);
  const b = new MeasuredRun(candidate.ledgers, askedB);
  const pairing = pairingOf(a, b);
  const [shiftA, shiftB] = pairing.paired
    ? sharedShift(a, b)
    : [shiftFor(a.sessionsEnd), shiftFor(b.sessionsEnd)];
  const ofA = estimate(a, askedA, shiftA, pairing.paired ? SALT.shared : SALT.baseline);
  const ofB = estimate(b, askedB, shiftB, pairing.paired ? SALT.shared : SALT.candidate);
  const compared = new Map(figures.map((figure, at) => [
    figureKey(figure),
    comparedFigure(figure, ofA.estimates[at], ofB.estimates[at], confidence),
  ]));
  const results = gates.map((gate) => judgeGate(gate, compared.get(figureKey(gate.figure))));
  const runs = [ofA.summary, ofB.summary] as const;
  return {
    format: 1,
    confidence,
    replicates: REPLICATES,
    warnings: warningsOf(...runs, isSame(planA.load, planB.load)),
    baseline: comparedRun(baseline, ofA.summary),
    candidate: comparedRun(candidate, ofB.summary),
    pairing: {
      ...pairing,
      sessionsPerBlock: 2 ** Math.max(shiftA, shiftB),
      blocks: { baseline: blocksOf(a, shiftA), candidate: blocksOf(b, shiftB) },
    },
    pairedSessions: ofA.times === null || ofB.times === null
      ? null
      : pairedSessions(ofA.times, ofB.times, { ...ofA, shift: shiftA, confidence }),
    pairedRequests: ofA.requests === null || ofB.requests === null
      ? null
      : pairedRequests(ofA.requests, ofB.requests, [planA, planB], { ...ofA, shift: shiftA, confidence }),
    parts: parts.map((part) => comparedPart(part, planA, compared)),
    onlyIn: { baseline: lacking(planA, planB), candidate: lacking(planB, planA) },
    gates: results,
    exitCode: exitCode(runs, results.some(({ fails }) => fails), gates.length > 0),
  };
}

function isSame(one: Plan["load"], other: Plan["load"]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function planOf({ ledgers: [{ header }] }: Side): Plan {
  return header.plan;
}

function asked(plan: Plan, figures: readonly Figure[]): Threshold[] {
  return figures.flatMap((figure) => asThreshold(plan, figure) ?? []);
}

function has(parts: readonly Part[], { kind, place }: Part): boolean {
  return parts.some((one) => one.kind === kind && placeKey(one.place) === placeKey(place));
}

function lacking(plan: Plan, other: Plan): string[] {
  const parts = partsOf(other);
  return partsOf(plan).filter((part) => !has(parts, part)).map((part) => nameOf(part, plan));
}

function nameOf({ kind, place }: Part, plan: Plan): string {
  const text = placeText(place, plan.choice.length);
  return kind === "group" ? text.replace(/^step/, "group") : text;
}

function shiftFor(sessions: number, most = BLOCKS_MOST): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(1, sessions) / most)));
}

/** Blocks of paired runs hold the same sessions. */
function sharedShift(a: MeasuredRun, b: MeasuredRun): [number, number] {
  const [fewer, more] = [a.sessionsEnd, b.sessionsEnd].sort((one, other) => one - other);
  const shift = Math.max(shiftFor(fewer), shiftFor(more, BLOCKS_OF_LONGER));
  return [shift, shift];
}

function blocksOf({ sessionsEnd }: MeasuredRun, shift: number): number {
  return Math.ceil(sessionsEnd / 2 ** shift);
}

function comparedPart(part: Part, plan: Plan, compared: ReadonlyMap<string, ComparedFigure>): ComparedPart {
  const figures = figuresOf(part).flatMap((figure) => compared.get(figureKey(figure)) ?? []);
  return {
    ...part,
    name: nameOf(part, plan),
    figures: figures.filter(({ baseline, candidate }) => baseline !== null || candidate !== null),
  };
}

function comparedFigure(figure: Figure, a: Estimated, b: Estimated, confidence: Confidence): ComparedFigure {
  const known = a.value !== null && b.value !== null ? [a, b] as const : null;
  const absolute = known === null ? null : difference(...known, confidence);
  const relative = known === null || figure.metric === "errors" || figure.metric === "drops"
    ? null
    : change(...known, confidence);
  const finding = findingOf(figure, absolute);
  return {
    metric: figure.metric,
    statistic: statisticName(figure.statistic),
    unit: unitOf(figure),
    baseline: a.value,
    candidate: b.value,
    samples: { baseline: a.samples, candidate: b.samples },
    difference: absolute,
    change: relative,
    finding,
    why: finding === "unknown" ? whyUnsure(a, b) : null,
  };
}

function findingOf({ metric }: Figure, difference: ComparedFigure["difference"]): Finding {
  if (difference === null) return "unknown";
  const { value, low, high } = difference;
  if (low === null || high === null) return value === 0 ? "same" : "unknown";
  if (value === 0 && low === 0 && high === 0) return "same";
  if (low <= 0 && high >= 0) return "noise";
  const isUp = low > 0;
  return isUp === (metric === "rate") ? "better" : "worse";
}

function whyUnsure(a: Estimated, b: Estimated): string | null {
  if (a.unsure === b.unsure) return a.unsure;
  const said = [
    a.unsure === null ? [] : [`in A, ${a.unsure}`],
    b.unsure === null ? [] : [`in B, ${b.unsure}`],
  ];
  return said.flat().join("; ");
}

function comparedRun(
  { paths }: Side,
  { run, verdict, sessions, requests, time, decisions }: Summary,
): ComparedRun {
  const { name, planSha256, seed, started, z6c, simulated, targets } = run;
  return {
    ledgers: paths,
    name,
    planSha256,
    seed,
    started,
    z6c,
    simulated,
    targets: targets.map(({ url }) => url),
    verdict,
    sessions: sessions.started,
    requests: requests.issued,
    measuredTicks: time.measuredTicks,
    decisions: { sha256: decisions.sha256, whole: decisions.whole },
  };
}

/** Where something was asked, invalid before failed: what the figures say is then no news of the target. */
function exitCode(runs: readonly Summary[], fails: boolean, isAsked: boolean): number {
  if (isAsked && runs.some(({ verdict }) => verdict.verdict === "invalid")) return EXIT.invalid;
  return fails ? EXIT.failed : EXIT.passed;
}
