import { planHash } from "../compiler/4_emit/plan_hash.ts";
import { expectedDecisions } from "../runtime/decisions/expected_decisions.ts";
import type { Sink } from "../runtime/ledger/sink.ts";
import { effectivePlan } from "../runtime/overrides.ts";
import type { Plan } from "../runtime/plan.ts";
import { simulate } from "../runtime/simulated_run.ts";
import { VERSION } from "../runtime/version.ts";
import type { Lock } from "../targets/lock.ts";
import { canonicalPlan } from "./scenario.ts";

/** A simulation for a lock begins no more sessions. */
export const SIMULATED_SESSIONS = 10_000;

/** The lock that this z6c would write for a plan. */
export async function lockOf(plan: Plan): Promise<Lock> {
  return {
    format: 1,
    name: plan.name,
    plan_sha256: planHash(plan),
    seed: plan.seed,
    ...await digestsOf(plan),
    z6c: VERSION,
    deno: Deno.version.deno,
    unknown: {},
  };
}

/** What a lock promises of a plan's decisions, and of its simulation. */
export async function digestsOf(plan: Plan): Promise<Pick<Lock, "decision_digest" | "simulated">> {
  const decisions = expectedDecisions(plan);
  const effective = effectivePlan(canonicalPlan(plan), { base: [], seed: null, transport: null }, []);
  const { digest } = await simulate(effective, NOWHERE, { sessionLimit: SIMULATED_SESSIONS });
  return {
    decision_digest: decisions.kind === "known"
      ? { sha256: decisions.sha256, sessions: decisions.sessions }
      : null,
    simulated: digest === null ? null : { sha256: digest, sessions: SIMULATED_SESSIONS },
  };
}

/** A ledger of which only the digest is wanted. */
const NOWHERE: Sink = { write() {}, close() {} };
