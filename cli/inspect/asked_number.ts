import type { Plan, Ppm } from "../../runtime/plan.ts";
import { EXIT } from "../../runtime/reduce/exit_codes.ts";
import { UserError } from "../../runtime/user_error.ts";
import { type FilterNames, nameProblem } from "./filter_names.ts";
import { stepWord } from "./plan_words.ts";

/** Metrics that have a sample for each request: docs/metrics.md. */
export const ASKED_METRICS = ["response_time", "service_time", "first_byte"] as const;

/** A number of a report that is made of requests. `step`: −1 for all of the load. */
export type AskedNumber = Readonly<{
  metric: (typeof ASKED_METRICS)[number];
  /** `p99` */
  statistic: string;
  ppm: Ppm;
  step: number;
}>;

/** Reads `p99`, `max` or `service_time p99.9`, and a step's name. Throws `UserError`. */
export function readAskedNumber(
  text: string,
  stepName: string | null,
  plan: Plan,
  names: FilterNames,
): AskedNumber {
  const [statistic = "", metricName = "response_time", ...more] = text.trim().split(/\s+/).reverse();
  const metric = ASKED_METRICS.find((name) => name === metricName);
  const ppm = ppmOf(statistic);
  if (metric === undefined || ppm === null || more.length > 0) {
    throw badInput(
      `--why ${JSON.stringify(text)} is no number of a report; ` +
        `ask for p50, p99, p99.9, min or max, with ${
          ASKED_METRICS.join(", ")
        } in front of it for one of these`,
    );
  }
  return { metric, statistic, ppm, step: stepName === null ? -1 : stepOf(stepName, plan, names) };
}

function ppmOf(statistic: string): Ppm | null {
  if (statistic === "min") return 0;
  if (statistic === "max") return 1_000_000;
  const [, percent] = /^p(\d{1,3}(?:\.\d{1,4})?)$/.exec(statistic) ?? [];
  const ppm = Math.round(Number(percent) * 10_000);
  return percent === undefined || ppm > 1_000_000 ? null : ppm;
}

function stepOf(name: string, plan: Plan, names: FilterNames): number {
  const problem = nameProblem(names, "step", name);
  if (problem !== null) throw badInput(`--step: ${problem}`);
  const [step, ...others] = names.step?.get(name) ?? [];
  if (others.length === 0) return step;
  const all = [step, ...others].map((one) => stepWord(plan, one));
  throw badInput(`--step ${name}: there are several; say ${all.join(" or ")}`);
}

function badInput(message: string): UserError {
  return new UserError(message, EXIT.badInput);
}
