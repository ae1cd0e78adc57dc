/** Findings as sentences: what was seen, and what was seen at the same time. No sentence says why. */
import type {
  ArrivalsDropped,
  ErrorKind,
  ErrorsFinding,
  FellBehind,
  Finding,
  Meanwhile,
  PeriodicStalls,
  ResponseTimeFell,
  ResponseTimeRose,
  SlowStart,
  StepName,
  ThresholdMissed,
  TimeSpan,
} from "../reduce/diagnosis/diagnosis.ts";
import type { Summary } from "../reduce/summary.ts";
import { count, counted, decimal, duration, percent, span } from "./format.ts";
import { asWritten } from "./limits.ts";

/** A step is told alone where so much of it is its own. */
const MOST_SHARE = 0.6;

/** What is to be kept in mind of all of them. */
export const MEANWHILE_NOT_WHY =
  "What came at the same time, not why; by the time at which requests were due.";

type Told = Pick<Summary, "steps" | "run">;

/** A sentence without a full stop for each finding, the weightiest first. */
export function diagnosisSentences(summary: Told & Pick<Summary, "diagnosis">): string[] {
  return summary.diagnosis.map((finding) => sentence(finding, summary));
}

function sentence(finding: Finding, summary: Told): string {
  switch (finding.kind) {
    case "errors":
      return errorsText(finding, summary);
    case "response-time-rose":
      return roseText(finding, summary);
    case "response-time-fell":
      return fellText(finding, summary);
    case "arrivals-dropped":
      return droppedText(finding);
    case "fell-behind":
      return behindText(finding);
    case "periodic-stalls":
      return stallsText(finding);
    case "blocked":
      return `Requests waited for one of the shared connections: p99 ${
        time(finding.blockedP99Ticks)
      }, of a ` +
        `response time of p99 ${
          time(finding.responseP99Ticks)
        }; with more \`connections\` they wait less, if ` +
        "the target can bear more at once";
    case "slow-start":
      return startText(finding);
    case "threshold-missed":
      return missedText(finding, summary);
  }
}

function roseText(
  { quantile, spans, spansInAll, steps, stepsInAll, meanwhile }: ResponseTimeRose,
  told: Told,
) {
  const [first] = steps;
  const of = isOnlyStep(told) ? "" : ` of ${stepText(first, told)}`;
  const rose = `${quantile}${of} rose from ${time(first.beforeTicks)} to ${time(first.afterTicks)}`;
  const when = spansInAll === 1
    ? ` at ${moment(spans[0].fromTick)}${
      spans[0].toTick === null ? "" : ` (until ${moment(spans[0].toTick)})`
    }`
    : ` ${spansInAll === 2 ? "twice" : `${spansInAll} times`}: ${listed(spans.map(during), spansInAll)}`;
  return rose + when + alsoText(steps, stepsInAll, told) + meanwhileText(meanwhile, told);
}

function fellText({ quantile, atTick, steps, stepsInAll, meanwhile }: ResponseTimeFell, told: Told) {
  const [first] = steps;
  const of = isOnlyStep(told) ? "" : ` of ${stepText(first, told)}`;
  return `${quantile}${of} fell from ${time(first.beforeTicks)} to ${time(first.afterTicks)} at ` +
    moment(atTick) + alsoText(steps, stepsInAll, told) + meanwhileText(meanwhile, told);
}

/** Of the other steps. */
function alsoText(steps: ResponseTimeRose["steps"], inAll: number, told: Told): string {
  if (inAll === 1) return "";
  if (inAll > steps.length) return `, and at ${counted(inAll - 1, "other step")}, too`;
  const others = steps.slice(1).map((step) => `${stepText(step, told)} (to ${time(step.afterTicks)})`);
  return `, and at ${others.join(" and ")}, too`;
}

function meanwhileText({ errors, stage, load, generator }: Meanwhile, told: Told): string {
  const withErrors = errors.map(({ what, sharePpm, ...step }) => {
    const from = isOnlyStep(told) ? "" : ` from ${stepText(step, told)}`;
    const whose = isOnlyStep(told) ? "of" : "of its";
    return `${errorText(what)}${from} (${percent(sharePpm, 2)} ${whose} ${nounOf(what)})`;
  });
  const seen = [
    ...(withErrors.length === 0 ? [] : [`with ${withErrors.join(" and ")}`]),
    ...(stage === null ? [] : [`as stage ${stage} began`]),
    ...(load === null ? [] : [
      load.unit === "users"
        ? `with ${decimal(load.after, 2)} users on average (${decimal(load.before, 2)} before)`
        : `while ${rate(load.after)} arrived (${rate(load.before)} before)`,
    ]),
  ];
  return seen.map((text) => `, ${text}`).join("") + generatorText(generator, told);
}

/** A simulated generator is always fine. */
function generatorText(
  { lagP99Ticks, gapTicks, isBusy, isFine }: Meanwhile["generator"],
  told: Told,
): string {
  const lag = `p99 ${lagP99Ticks === null ? "below 1ms" : time(lagP99Ticks)}`;
  if (isFine) return told.run.simulated ? "" : `; z6c's own lag was fine (${lag})`;
  const seen = [
    `z6c's own lag was ${lag} then`,
    ...(gapTicks === 0 ? [] : [`its loop stood still for ${time(gapTicks)}`]),
    ...(isBusy ? ["it was busy nearly all of the run"] : []),
  ];
  return `; ${seen.join(", ")}: the fault may be here`;
}

function errorsText(
  { what, count: times, requests, sharePpm, spans, steps, stepsInAll }: ErrorsFinding,
  told: Told,
): string {
  const [first] = steps;
  const where = isOnlyStep(told)
    ? ""
    : stepsInAll === 1
    ? ` from ${stepText(first, told)}`
    : ` from ${counted(stepsInAll, "step")}`;
  const whole = spans.length === 1 && spans[0].fromTick === null && spans[0].toTick === null;
  const when = whole ? "from beginning to end" : spans.map(during).join(", ");
  const ended = `${count(requests)} ${nounOf(what)}`;
  const share = times === requests
    ? `all ${ended}${whole ? "" : " then"}`
    : `${count(times)} of ${ended}${whole ? "" : " then"} (${percent(sharePpm, 2)})`;
  const most = stepsInAll > 1 && first.count >= MOST_SHARE * times
    ? `, ${count(first.count)} of them from ${stepText(first, told)}`
    : "";
  return `${errorText(what)}${where} ${when}: ${share}${most}`;
}

function droppedText(
  { count: times, sharePpm, maxVus, span: when, intendedPerSecond, startedPerSecond }: ArrivalsDropped,
): string {
  return `${counted(times, "arrival")} (${percent(sharePpm, 2)}) found all ${count(maxVus)} VUs busy ${
    when.fromTick === null && when.toTick === null ? "from beginning to end" : during(when)
  }, when ${rate(startedPerSecond)} of ${
    rate(intendedPerSecond)
  } began; for all to begin, raise \`max_vus\` or ` +
    "lower the rate";
}

function behindText(
  { span: when, duePerSecondFirst, duePerSecond, endedPerSecond }: FellBehind,
): string {
  const from = when.fromTick === null ? "the beginning" : moment(when.fromTick);
  const until = when.toTick === null ? "" : ` until ${moment(when.toTick)}`;
  return `From ${
    rate(duePerSecondFirst)
  } on (${from}${until}) requests ended more slowly than they were due, ${rate(endedPerSecond)} of ${
    rate(duePerSecond)
  }, and piled up`;
}

function stallsText({ everyTicks, lengthTicks, times, span: when, slowerMillis }: PeriodicStalls): string {
  const isWhole = when.fromTick === null && when.toTick === null;
  return `Response time was up to ${
    decimal(slowerMillis / 1000, 2)
  } times the usual again and again: every ` +
    `${time(everyTicks)} for some ${time(lengthTicks)}, ${count(times)} times${
      isWhole ? "" : ` ${during(when)}`
    }`;
}

function startText({ fromTick, toTick, quantile, beforeTicks, afterTicks, hasWarmup }: SlowStart): string {
  const advice = hasWarmup
    ? "a longer warm-up would leave it out"
    : "a first stage with `warmup = true` would leave it out";
  return `The first ${time(toTick - fromTick)} were slower than the rest: ${quantile} ${
    time(beforeTicks)
  }, later ${time(afterTicks)}; ${advice}`;
}

function missedText({ text, byPpm, step }: ThresholdMissed, told: Told): string {
  const by = byPpm === null
    ? ""
    : byPpm === 0
    ? " by almost nothing"
    : ` by ${asWritten(percent(Number(byPpm.toPrecision(2)), 2))}`;
  const part = step?.sharePpm === 1_000_000 ? "all" : percent(step?.sharePpm ?? 0, 2);
  const where = step === null ? "" : `; ${part} of what is beyond it came from ${stepText(step, told)}`;
  return `${text} was missed${by}${where}`;
}

/** `503s`, `wait.timeout`. */
function errorText(what: ErrorKind): string {
  if (what.kind === "error") return what.name;
  if (what.name !== null) return what.name;
  return what.status === 0
    ? "failed checks"
    : what.status < 400
    ? `${what.status}s with failed checks`
    : `${what.status}s`;
}

/** What an error befalls. */
function nounOf({ kind }: ErrorKind): string {
  return kind === "error" ? "requests" : "responses";
}

/** Steps of one name in several flows are told with their flow. */
function stepText({ flow, step }: StepName, { steps }: Told): string {
  const isUnique = steps.filter((it) => it.step === step).length <= 1;
  return `step ${isUnique ? step : `${flow}/${step}`}`;
}

function isOnlyStep({ steps }: Told): boolean {
  return steps.length === 1;
}

function during({ fromTick, toTick }: TimeSpan): string {
  if (toTick === null) return fromTick === null ? "all the time" : `from ${moment(fromTick)} on`;
  return fromTick === null ? `until ${moment(toTick)}` : `from ${moment(fromTick)} to ${moment(toTick)}`;
}

function listed(texts: readonly string[], inAll: number): string {
  return texts.join(", ") + (inAll > texts.length ? `, and ${inAll - texts.length} more` : "");
}

/** In the time of the load. */
function moment(tick: number | null): string {
  return tick === null ? "the beginning" : asWritten(span(tick));
}

/** To two digits: findings are told from histograms. */
function time(ticks: number): string {
  return asWritten(duration(Number(ticks.toPrecision(2)), 2));
}

function rate(perSecond: number): string {
  return `${asWritten(decimal(perSecond, 3))}/s`;
}
