import { expectedDecisions } from "../runtime/decisions/expected_decisions.ts";
import type { Sink } from "../runtime/ledger/sink.ts";
import { effectivePlan } from "../runtime/overrides.ts";
import type { Plan } from "../runtime/plan.ts";
import { simulate } from "../runtime/simulated_run.ts";
import { VERSION } from "../runtime/version.ts";
import type { Lock } from "../targets/lock.ts";
import { canonicalPlan } from "./scenario.ts";

/** A simulation for a lock begins no more sessions. */
const SIMULATED_SESSIONS = 10_000;

/** The lock that this z6c would write for a plan: what its decisions and its simulation come to is computed here. */
export async function lockOf(plan: Plan): Promise<Lock> {
  const effective = effectivePlan(canonicalPlan(plan), { base: [], seed: null, transport: null }, []);
  const decisions = expectedDecisions(plan);
  const { digest } = await simulate(effective, NOWHERE, { sessionLimit: SIMULATED_SESSIONS });
  return {
    format: 1,
    name: plan.name,
    plan_sha256: effective.sha256,
    seed: plan.seed,
    decision_digest: decisions.kind === "known"
      ? { sha256: decisions.sha256, sessions: decisions.sessions }
      : null,
    simulated: digest === null ? null : { sha256: digest, sessions: SIMULATED_SESSIONS },
    z6c: VERSION,
    deno: Deno.version.deno,
    unknown: {},
  };
}

/** A ledger of which only the digest is wanted. */
const NOWHERE: Sink = { write() {}, close() {} };
