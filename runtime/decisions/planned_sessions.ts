import { arrivals } from "../engine/arrivals.ts";
import type { Plan } from "../plan.ts";
import { DIGEST_SESSIONS } from "./decision_hash.ts";

/** How many sessions of the plan's load a decision digest covers; null where only time bounds them. */
export function coveredSessions({ load, seed }: Plan): number | null {
  if (load.model === "closed") {
    return load.iterations === 0 ? null : Math.min(load.iterations, DIGEST_SESSIONS);
  }
  if (load.arrivals === "uniform") {
    return Math.min(load.stages.reduce((sum, { sessions }) => sum + sessions, 0), DIGEST_SESSIONS);
  }
  let sessions = 0;
  for (const next = arrivals(load, seed); next.nextTick !== Infinity; next.advance()) {
    if (++sessions === DIGEST_SESSIONS) break;
  }
  return sessions;
}
