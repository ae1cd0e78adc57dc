import { type Shard, WHOLE } from "./engine/shares.ts";
import { isAwaitable, unmetChecks } from "./host/expected_answer.ts";
import { SimulatedHost } from "./host/simulated.ts";
import type { LedgerHeader } from "./ledger/header.ts";
import type { Sink } from "./ledger/sink.ts";
import { type LedgerTotals, LedgerWriter } from "./ledger/writer.ts";
import type { EffectivePlan } from "./overrides.ts";
import type { Plan } from "./plan.ts";
import { checkText } from "./reduce/check_text.ts";
import { PlanRun, type World } from "./run.ts";
import { VERSION } from "./version.ts";

/** What of a plan is simulated. */
export type SimulationChoices = Readonly<{
  shard?: Shard;
  /** Only sessions with numbers below it begin. */
  sessionLimit?: number;
}>;

/** Stands for every secret: a simulation tells nobody anything. */
const SECRET = "simulated-secret";

/**
 * Runs a plan on a virtual clock, against the target that its `simulation` describes, into a ledger whose bytes depend
 * on the plan, the choices and z6c's version alone. `failure`: why the sink took no more, or null.
 */
export async function simulate(
  effective: Pick<EffectivePlan, "plan" | "sha256" | "overrides">,
  sink: Sink,
  { shard = WHOLE, sessionLimit = Infinity }: SimulationChoices = {},
): Promise<LedgerTotals & { failure: string | null }> {
  const { plan } = effective;
  const ledger = new LedgerWriter(sink, JSON.stringify(headerOf(effective, shard, sessionLimit)));
  const world: World = { newHost: (phase) => SimulatedHost.ofPlan(plan, phase) };
  const secrets = plan.secrets.map(() => SECRET);
  await new PlanRun(world, plan, ledger, { secrets, shard, sessionLimit }).go();
  const totals = ledger.finish();
  return { ...totals, failure: ledger.failure };
}

/** A line for each step whose expected answer was not found, so that one of its checks fails in every simulation. */
export function unmetSteps(plan: Plan): string[] {
  const given = new Set(plan.simulation.answers.map(({ request }) => request));
  return plan.flows.flatMap(({ name: flow, program }) =>
    program.flatMap((it) => {
      if ((it.kind !== "request" && it.kind !== "webSocket") || given.has(it.request)) return [];
      const request = plan.requests[it.request];
      const unmet = unmetChecks(plan, request).map((check) => checkText(plan, it.step, check));
      if (!isAwaitable(plan, request)) unmet.push("what is waited for");
      if (unmet.length === 0) return [];
      const wanted = unmet.join(", ");
      const { name } = plan.steps[it.step];
      const wayOut = request.method === "HEAD"
        ? "an answer to HEAD has no body"
        : `write one: [[simulation.answer]] with step = ${JSON.stringify(name)}`;
      return [`no answer was found for ${flow}/${name} that has ${wanted}; ${wayOut}`];
    })
  );
}

/** In canonical order (RFC 8785), so that its JSON is canonical. Nothing in it tells one machine or day from another. */
function headerOf(
  { plan, sha256, overrides }: Pick<EffectivePlan, "plan" | "sha256" | "overrides">,
  { index, count }: Shard,
  sessionLimit: number,
): LedgerHeader {
  return {
    deno: "simulated",
    format: 1,
    host: { arch: "simulated", cores: 0, kernel: "simulated", memory_bytes: 0, os: "simulated" },
    overrides: [
      "--simulated",
      ...overrides,
      ...(sessionLimit === Infinity ? [] : [`--sessions ${sessionLimit}`]),
    ],
    plan,
    plan_sha256: sha256,
    seed: plan.seed,
    shard: { count, index },
    simulated: true,
    started: "1970-01-01T00:00:00.000Z",
    tick_ns: 1000,
    z6c: VERSION,
  };
}
