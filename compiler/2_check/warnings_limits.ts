/** Limits that nothing can miss. */
import { placeAt, type Table } from "../1_parse/document.ts";
import { allFlows, allSteps, stepsWithPaths } from "./all_steps.ts";
import type { Tick } from "../../runtime/plan.ts";
import { type Diagnostic, warning } from "../diagnostic.ts";
import type { GroupStep, Scenario, SendAction, ThinkStep, Threshold } from "./scenario.ts";
import { writtenDuration } from "./written_duration.ts";

const SAFE = "this threshold cannot be missed";
const ALL_PPM = 1_000_000;

/** Z1954 and Z1955. */
export function limitWarnings(scenario: Scenario, document: Table): Diagnostic[] {
  const { file, thresholds } = scenario;
  const flows = scenario.flows.map(({ steps }) => allSteps(steps).filter(isAsked));
  const safe = thresholds.flatMap((threshold) => {
    const words = whySafe(threshold, requestsAsked(threshold, flows), scenario);
    return words === null ? [] : [warning("Z1954", file, threshold.place, words)];
  });
  const idle = allFlows(scenario).flatMap(({ flow, path: owner }) =>
    stepsWithPaths(flow.steps, owner).flatMap(({ step, path }) => {
      if (step.kind !== "request" && step.kind !== "webSocket") return [];
      if (step.expect.withinTicks === 0) return [];
      if (step.expect.withinTicks < step.timeoutTicks) return [];
      const place = placeAt(document, [...path, "expect", "within"]);
      const words = "this check cannot fail: a request that takes so long has ended at its timeout of " +
        `${writtenDuration(step.timeoutTicks)}; expect less, or raise timeout`;
      return [warning("Z1955", file, place, words)];
    })
  );
  return [...safe, ...idle];
}

/** Why a threshold always holds, and the way out; or null. */
function whySafe(threshold: Threshold, asked: readonly Asked[], scenario: Scenario): string | null {
  const { metric, statistic, comparison, limit } = threshold;
  const isUpper = comparison === "<" || comparison === "<=";
  if (comparison === ">=" && limit === 0) return `${SAFE}: nothing is below 0; give a limit above it`;
  if (statistic.kind === "ratio" && isUpper && limit >= ALL_PPM) {
    if (metric === "checks") {
      return comparison === "<=" || limit > ALL_PPM
        ? `${SAFE}: no more than all can pass; write, say, "> 99%"`
        : null;
    }
    return 'only where everything fails is this threshold missed; give a limit below 100%, as in "< 1%"';
  }
  if (!isUpper || !isBounded(threshold, asked, scenario)) return null;
  const longest = Math.max(0, ...asked.map(longestOf));
  return longest > 0 && limit > longest
    ? `no request here takes longer than its timeouts allow, ${
      writtenDuration(longest)
    }; give a limit below that`
    : null;
}

/** Whether the timeout of its requests bounds what a threshold measures. */
function isBounded({ metric }: Threshold, asked: readonly Asked[], { targets }: Scenario): boolean {
  switch (metric) {
    case "service_time":
    case "first_byte":
    case "connect":
      return true;
    case "response_time":
      // The wait for a connection that others hold has no bound.
      return asked.every((one) =>
        one.kind !== "request" || targets[one.target]?.connections.kind !== "shared"
      );
    default:
      return false;
  }
}

/** What is sent and waited for, or sent and answered. */
type Asked = Exclude<ReturnType<typeof allSteps>[number], ThinkStep | GroupStep | SendAction>;

/** Without a step, times are those of requests, and of what opens WebSockets; not of what is waited for on them. */
function requestsAsked(
  { flow, step, tag }: Threshold,
  flows: readonly (readonly Asked[])[],
): readonly Asked[] {
  return (flow < 0 ? flows.flat() : flows[flow] ?? [])
    .filter((it) => step !== null || it.kind === "request" || it.kind === "webSocket")
    .filter(({ name, tags }) => (step === null || name === step) && (tag < 0 || tags.includes(tag)));
}

function isAsked(step: ReturnType<typeof allSteps>[number]): step is Asked {
  return step.kind !== "think" && step.kind !== "group" && step.kind !== "send";
}

/** The longest it can take, with all its tries and redirects. */
function longestOf(asked: Asked): Tick {
  if (!("redirects" in asked)) return asked.timeoutTicks;
  const { timeoutTicks, redirects, retry } = asked;
  const oneTry = timeoutTicks * (1 + redirects);
  return retry === null ? oneTry : oneTry * (1 + retry.times) + retry.maxTicks * retry.times;
}
