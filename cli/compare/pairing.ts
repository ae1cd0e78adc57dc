/** Whether session n of one run is session n of the other, so that their differences can be taken session by session. */
import type { Plan } from "../../runtime/plan.ts";
import type { MeasuredRun } from "./measured_run.ts";

/** `reason`: a clause for people. */
export type Pairable = Readonly<{ paired: boolean; reason: string }>;

/** What says nothing about what sessions decide: where requests go, by what, and how the run is judged. */
const NO_DECISIONS = [
  "name",
  "description",
  "targets",
  "transport",
  "thresholds",
  "validity",
  "simulation",
  "bounds",
] as const satisfies readonly (keyof Plan)[];

/** Reads nothing more than headers and the decision digests. */
export function pairingOf(a: MeasuredRun, b: MeasuredRun): Pairable {
  const [one, other] = [a.decided, b.decided];
  if (one.sha256 === other.sha256 && one.sessions === other.sessions && one.sessions > 0) {
    return {
      paired: true,
      reason: "both runs made the same decisions (their decision digests are the same)",
    };
  }
  if (a.plan.load.model === "closed" || b.plan.load.model === "closed") {
    return {
      paired: false,
      reason: "their decision digests differ, and in a closed load the run decides which sessions there are",
    };
  }
  if (a.seed !== b.seed) {
    return { paired: false, reason: `they ran with two seeds (${a.seed} and ${b.seed})` };
  }
  if (a.planSha256 === b.planSha256) {
    return { paired: true, reason: "both runs are of one plan and one seed" };
  }
  if (decisionsOf(a.plan) === decisionsOf(b.plan)) {
    return {
      paired: true,
      reason: "their plans differ in nothing that a session decides, and the seed is the same",
    };
  }
  return { paired: false, reason: "their plans decide differently" };
}

/** The plan without what decides nothing; canonical, since plans are. */
function decisionsOf(plan: Plan): string {
  const decisive = Object.entries(plan).filter(([key]) => !NO_DECISIONS.some((name) => name === key));
  return JSON.stringify(Object.fromEntries(decisive));
}
