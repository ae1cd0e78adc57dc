/** Limits that nothing can miss. */
import { placeAt, type Table } from "../1_parse/document.ts";
import { allFlows, allSteps, stepsWithPaths } from "./all_steps.ts";
import type { Tick } from "../../runtime/plan.ts";
import { type Diagnostic, warning } from "../diagnostic.ts";
import type { RequestStep, Scenario, Threshold } from "./scenario.ts";
import { writtenDuration } from "./written_duration.ts";

const SAFE = "this threshold cannot be missed";
const ALL_PPM = 1_000_000;

/** Z1954 and Z1955. */
export function limitWarnings(scenario: Scenario, document: Table): Diagnostic[] {
  const { file, thresholds } = scenario;
  const safe = thresholds.flatMap((threshold) => {
    const words = whySafe(threshold, scenario);
    return words === null ? [] : [warning("Z1954", file, threshold.place, words)];
  });
  const idle = allFlows(scenario).flatMap(({ flow, path: owner }) =>
    stepsWithPaths(flow.steps, owner).flatMap(({ step, path }) => {
      if (step.kind !== "request" || step.expect.withinTicks === 0) return [];
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
function whySafe(threshold: Threshold, scenario: Scenario): string | null {
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
  if (!isUpper || !isBounded(threshold, scenario)) return null;
  const longest = longestRequest(threshold, scenario);
  return longest > 0 && limit > longest
    ? `no request here takes longer than its timeouts allow, ${
      writtenDuration(longest)
    }; give a limit below that`
    : null;
}

/** Whether the timeout of its requests bounds what a threshold measures. */
function isBounded(threshold: Threshold, scenario: Scenario): boolean {
  switch (threshold.metric) {
    case "service_time":
    case "first_byte":
    case "connect":
      return true;
    case "response_time":
      // The wait for a connection that others hold has no bound.
      return requestsAsked(threshold, scenario).every(({ target }) =>
        scenario.targets[target]?.connections.kind !== "shared"
      );
    default:
      return false;
  }
}

/** The longest a request that the threshold asks about can take, with all its tries and redirects. */
function longestRequest(threshold: Threshold, scenario: Scenario): Tick {
  return Math.max(0, ...requestsAsked(threshold, scenario).map(longestOf));
}

function requestsAsked({ flow, step, tag }: Threshold, { flows }: Scenario): RequestStep[] {
  return flows.filter((_, index) => flow < 0 || index === flow).flatMap(({ steps }) => allSteps(steps))
    .filter((it): it is RequestStep => it.kind === "request")
    .filter(({ name, tags }) => (step === null || name === step) && (tag < 0 || tags.includes(tag)));
}

function longestOf({ timeoutTicks, redirects, retry }: RequestStep): Tick {
  const oneTry = timeoutTicks * (1 + redirects);
  return retry === null ? oneTry : oneTry * (1 + retry.times) + retry.maxTicks * retry.times;
}
