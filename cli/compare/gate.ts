/** `--fail-on`: which difference fails a build, and whether it is there. */
import { parseDecimal, timesExactly } from "../../compiler/2_check/decimal.ts";
import { readDuration } from "../../compiler/2_check/durations.ts";
import { nearestName } from "../../compiler/2_check/nearest_name.ts";
import { holds } from "../../runtime/comparison.ts";
import type { Plan, Statistic, Threshold } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";
import type { ComparedFigure, Difference, GateResult } from "./comparison.ts";
import { type Compared, type Figure, isTime, RATIOS, TIMES } from "./figure.ts";
import { placeAsked } from "./gate_place.ts";
import { changeText, differenceText, rangeText } from "./words.ts";

/** `limit`: of the change in parts of a million of the baseline, or of the difference in the figure's unit. */
export type Gate = Readonly<{
  text: string;
  figure: Figure;
  comparison: Threshold["comparison"];
  limit: number;
  kind: "change" | "difference";
}>;

const METRICS: readonly Compared[] = [...TIMES, ...RATIOS, "rate"];
const SHAPE =
  /^(?<what>.*?)(?:\s+of\s+(?<place>.+?))?\s*(?<sign><=|>=|<|>)\s*(?<limit>[^\s]+(?:\s*%)?)(?:\s+of\s+(?<behind>.+))?$/;
const EXAMPLES = '"p99 > +5%", "p99 of step pay > +20ms", "errors > +0.1%", "rate < -5%"';

/** Reads `p99 of step pay > +5%`. Throws `UserError` (104), which says what would be right. */
export function readGate(text: string, baseline: Plan, candidate: Plan): Gate {
  const refuse = (words: string): never => {
    throw new UserError(`cannot judge --fail-on ${JSON.stringify(text)}: ${words}`, EXIT.badInput);
  };
  const groups = SHAPE.exec(text.trim())?.groups;
  if (groups === undefined || (groups.place !== undefined && groups.behind !== undefined)) {
    return refuse(`it is no comparison with a limit; write one like ${EXAMPLES}`);
  }
  const { metric, statistic } = readWhat(groups.what, refuse);
  const place = placeAsked(groups.place ?? groups.behind, metric, [baseline, candidate], refuse);
  const { kind, limit } = readLimit(groups.limit, groups.sign, metric, refuse);
  const comparison = groups.sign as Threshold["comparison"];
  return { text, figure: { metric, statistic, place }, comparison, limit, kind };
}

type Refuse = (words: string) => never;

/** A metric, a statistic, or both. */
function readWhat(what: string, refuse: Refuse): Pick<Figure, "metric" | "statistic"> {
  const words = what.split(/\s+/).filter((word) => word !== "");
  const isStatistic = (word: string) => /^(?:p\d.*|avg|min|max|ratio|count|rate|total)$/.test(word);
  const named = words[0] !== undefined && METRICS.some((metric) => metric === words[0])
    ? words[0]
    : undefined;
  const metric = METRICS.find((one) => one === named);
  const rest = metric === undefined ? words : words.slice(1);
  const [said] = rest;
  if (rest.length > 1 || (said !== undefined && !isStatistic(said))) {
    const unknown = rest.find((word) => !isStatistic(word)) ?? said;
    const nearest = nearestName(unknown, METRICS);
    const hint = nearest === null ? `there are ${METRICS.join(", ")}` : `did you mean ${nearest}?`;
    return refuse(`there is no metric ${JSON.stringify(unknown)}; ${hint}`);
  }
  if (metric !== undefined && !isTime(metric)) {
    const own: Statistic = { kind: metric === "rate" ? "rate" : "ratio" };
    const allowed = metric === "rate" ? ["avg", "rate"] : ["ratio"];
    if (said === undefined || allowed.includes(said)) return { metric, statistic: own };
    return refuse(`${metric} has no ${said} here; leave it out, as in "${metric} > +1%"`);
  }
  if (said === undefined) {
    return refuse(
      metric === undefined
        ? `it names no figure; write one like ${EXAMPLES}`
        : `which statistic of ${metric}? write "${metric} p99 …"`,
    );
  }
  return { metric: metric ?? "response_time", statistic: readStatistic(said, refuse) };
}

function readStatistic(said: string, refuse: Refuse): Statistic {
  if (said === "avg") return { kind: "avg" };
  if (said === "min" || said === "max") {
    return refuse(
      `one sample alone decides a ${said}, so that no difference of it is sure; use p99.9 or p99`,
    );
  }
  const digits = /^p(\d+(?:\.\d+)?)$/.exec(said)?.[1];
  const ppm = digits === undefined ? null : timesExactly(parseDecimal(digits), 10_000n);
  if (ppm === null || ppm <= 0n || ppm >= 1_000_000n) {
    return refuse(`times have no ${said}; they have avg, p50, p99, p99.9 and the like`);
  }
  return { kind: "quantile", ppm: Number(ppm) };
}

/** A limit is a difference, so it has a sign. */
function readLimit(
  text: string,
  sign: string,
  metric: Compared,
  refuse: Refuse,
): Pick<Gate, "kind" | "limit"> {
  const shape = /^([+\-−]?)(\d[\d_]*(?:\.\d+)?)\s*(.*)$/.exec(text);
  const amount = (unit: string) => `${sign.startsWith("<") ? "-" : "+"}${unit}`;
  const example = isTime(metric)
    ? [amount("5%"), amount("20ms")]
    : [amount(metric === "rate" ? "5%" : "0.1%")];
  const wanted = `write one like ${
    example.map((one) => `"${metric}${isTime(metric) ? " p99" : ""} ${sign} ${one}"`).join(" or ")
  }`;
  if (shape === null) return refuse(`${JSON.stringify(text)} is no limit; ${wanted}`);
  const [, said, digits, unit] = shape;
  if (said === "") {
    const absolute = "what a run itself must reach is said in the scenario's [[threshold]]";
    return refuse(`a limit is a difference and has a sign: "+${text}" or "-${text}"; ${absolute}`);
  }
  const factor = said === "+" ? 1 : -1;
  const exactly = (scale: bigint) => {
    const value = timesExactly(parseDecimal(digits), scale);
    return value === null ? refuse(`${text} is finer than z6c counts`) : Number(value) * factor;
  };
  if (unit === "%") {
    return { kind: isTime(metric) || metric === "rate" ? "change" : "difference", limit: exactly(10_000n) };
  }
  if (metric === "rate" && unit === "/s") return { kind: "difference", limit: exactly(1_000n) };
  const ticks = isTime(metric) ? readDuration(`${digits}${unit}`) : null;
  if (ticks === null || !("value" in ticks)) return refuse(`${text} is no limit of ${metric}; ${wanted}`);
  return { kind: "difference", limit: ticks.value * factor };
}

/** It holds when the whole interval lies beyond the limit. Where there is nothing to judge, it fails. */
export function judgeGate(gate: Gate, figure: ComparedFigure | undefined): GateResult {
  const { text, comparison, limit, kind } = gate;
  const difference = figure === undefined ? null : kind === "change" ? figure.change : figure.difference;
  if (figure === undefined || figure.baseline === null || figure.candidate === null) {
    return {
      text,
      outcome: "nothing",
      found: "nothing to judge: one of the runs has no samples",
      fails: true,
    };
  }
  if (difference === null) {
    const found = "it is 0 in A, of which nothing is a percentage; say how much it may be";
    return { text, outcome: "not judged", found, fails: false };
  }
  const { low, high } = difference;
  const found = foundText(figure, kind, difference);
  if (low === null || high === null) {
    return {
      text,
      outcome: "not judged",
      found: `${found}; ${figure.why ?? "nobody can tell how sure"}`,
      fails: false,
    };
  }
  const [near, far] = comparison.startsWith(">") ? [low, high] : [high, low];
  if (holds(near, comparison, limit)) return { text, outcome: "holds", found, fails: true };
  return { text, outcome: holds(far, comparison, limit) ? "not sure" : "does not hold", found, fails: false };
}

function foundText(figure: ComparedFigure, kind: Gate["kind"], difference: Difference): string {
  const one = kind === "change"
    ? changeText(difference.value)
    : differenceText(difference.value, figure.unit);
  const range = rangeText(difference, kind === "change" ? null : figure.unit);
  return range === null ? one : `${one} (${range})`;
}
