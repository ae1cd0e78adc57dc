/** When a threshold can no longer be met, whatever is still to come: as many samples against it as end the run. */
import type { Expect, Instruction, Plan, Request, Threshold } from "../../runtime/plan.ts";
import { mostSessions } from "./session_bounds.ts";

/** What thresholds speak of. */
export type Judged = Pick<Plan, "load" | "flows" | "steps" | "requests" | "choice">;
type Wanted = Pick<
  Threshold,
  "metric" | "statistic" | "comparison" | "limit" | "flow" | "step" | "stage" | "tag"
>;

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * `abortAfter` of a threshold (see `Threshold` in the plan); null where nothing bounds how many samples there will be.
 *
 * A quantile by nearest rank is above its limit as soon as more than a share of 1 − q of all samples are; a ratio
 * likewise, and what counts against one that must be high is what lacks. Both shares are of the most samples that the
 * run can have: with fewer they are exceeded the earlier.
 */
export function abortAfter(threshold: Wanted, plan: Judged): number | null {
  const { statistic, comparison, limit } = threshold;
  switch (statistic.kind) {
    case "max":
    case "min":
      return 0;
    case "count":
      return comparison === "<" ? Math.max(0, limit - 1) : limit;
    case "quantile":
      return shareOfMost(1_000_000 - statistic.ppm, threshold, plan);
    case "ratio":
      return shareOfMost(comparison.startsWith("<") ? limit : 1_000_000 - limit, threshold, plan);
    case "avg":
    case "total":
    case "rate":
      throw new Error(`z6c has a bug: nobody can tell early that ${statistic.kind} will miss its limit`);
  }
}

function shareOfMost(ppm: number, threshold: Wanted, plan: Judged): number | null {
  const most = mostSamples(threshold, plan);
  if (most === null) return null;
  const share = (most * BigInt(Math.max(0, ppm))) / 1_000_000n;
  return Number(share < SAFE ? share : SAFE);
}

/**
 * The most samples that a threshold can be judged by; null where only time bounds the sessions, or where the target says
 * how many messages there are. Warm-up has none.
 */
export function mostSamples(threshold: Wanted, plan: Judged): bigint | null {
  const { metric, flow, stage } = threshold;
  if (metric === "message_gap") return null;
  const sessions = mostSessions(
    plan.load,
    (it) => !plan.load.stages[it].warmup && (stage < 0 || stage === it),
  );
  if (sessions === null) return null;
  if (metric === "drops" || metric === "session_time") return BigInt(sessions);
  // A session goes through one of the load's flows.
  const perSession = plan.flows.slice(0, plan.choice.length)
    .map(({ program }, it) => flow < 0 || flow === it ? samplesOf(program, threshold, plan) : 0n)
    .reduce((most, samples) => samples > most ? samples : most, 0n);
  return BigInt(sessions) * perSession;
}

/** Of one session that takes this program, with the most passes of every repeat. */
function samplesOf(
  program: readonly Instruction[],
  { metric, step, tag }: Wanted,
  { steps, requests }: Judged,
): bigint {
  let samples = 0n;
  let passes = 1n;
  const around: bigint[] = [];
  const isWanted = (it: number) => (step < 0 || step === it) && (tag < 0 || steps[it].tags.includes(tag));
  for (const it of program) {
    switch (it.kind) {
      case "request":
      case "webSocket":
        if (metric !== "group_time" && isWanted(it.step)) {
          const request = requests[it.request];
          samples += passes * tries(request) * (metric === "checks" ? checks(request) : 1n);
        }
        break;
      case "group":
        if (metric === "group_time" && isWanted(it.step)) samples += passes;
        break;
      case "repeat":
        around.push(passes);
        passes *= BigInt(it.max);
        break;
      case "again":
        passes = around.pop() ?? passes;
        break;
      case "groupEnd":
      case "webSocketEnd":
      case "think":
      case "when":
      case "end":
    }
  }
  return samples;
}

/** Each try may be redirected as often as the first. */
function tries({ retry, redirects }: Request): bigint {
  return BigInt(1 + (retry?.times ?? 0)) * BigInt(1 + redirects);
}

/** The status is always checked. */
function checks({ expect, captures }: Request): bigint {
  return BigInt(1 + captures.length + ofExpect(expect));
}

function ofExpect({ withinTicks, headers, json, body }: Expect): number {
  return (withinTicks > 0 ? 1 : 0) + headers.length + json.length + body.length;
}
