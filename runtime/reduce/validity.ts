/** Validity: whether the generator kept its own promise, so that the numbers speak of the target and not of it. */
import type { Validity } from "../plan.ts";
import type { Integrity } from "../ledger/reader.ts";
import { partsPerMillion } from "./rounding.ts";
import type { ValidityResult } from "./summary.ts";

export type ValidityFacts = Readonly<{
  lagP99Ticks: number | null;
  issued: number;
  started: number;
  dropped: number;
  gapTicks: number;
  /** Measured time to the end of the run, draining included. */
  ticks: number;
  integrity: Integrity;
  /** The ledger's last record says that the run ended. */
  ended: boolean;
}>;

export function judgeValidity(limits: Validity, facts: ValidityFacts): ValidityResult[] {
  const { integrity } = facts;
  return [
    {
      ...judged("lag", "ticks", facts.lagP99Ticks, limits.lagP99Ticks),
      advice: "lower the rate, give this machine more processor, or share the load among shards",
    },
    {
      ...judged(
        "drops",
        "ppm",
        partsPerMillion(facts.dropped, facts.started + facts.dropped),
        limits.dropsPpm,
      ),
      advice: "raise max_vus, or find out why sessions took longer than planned",
    },
    {
      ...judged("gaps", "ppm", partsPerMillion(facts.gapTicks, facts.ticks), limits.gapsPpm),
      advice: "look for other programs on this machine, or a suspended one",
    },
    {
      name: "samples",
      unit: "count",
      actual: facts.issued,
      limit: null,
      ok: facts.issued > 0,
      advice: "let the stages that are no warm-up last long enough to issue a request",
    },
    {
      name: "ledger",
      unit: "count",
      actual: integrity.records,
      limit: null,
      ok: integrity.state === "whole" && facts.ended,
      advice: "the numbers speak of what was read; find out why the rest is missing, and run again",
    },
  ];
}

function judged(
  name: ValidityResult["name"],
  unit: ValidityResult["unit"],
  actual: number | null,
  limit: number,
): Omit<ValidityResult, "advice"> {
  return { name, unit, actual, limit, ok: actual === null || actual <= limit };
}
