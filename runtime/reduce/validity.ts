/** Validity: whether the generator kept its own promise, so that the numbers speak of the target and not of it. */
import type { Transport, Validity } from "../plan.ts";
import type { Integrity } from "../ledger/reader.ts";
import type { Course } from "./course.ts";
import { partsPerMillion } from "./rounding.ts";
import type { ValidityResult } from "./summary.ts";

/** Nothing is above it. */
const ANY_PPM = 1_000_000;

export type ValidityFacts = Readonly<{
  transport: Transport;
  lagP99Ticks: number | null;
  issued: number;
  started: number;
  dropped: number;
  /** One for each shard. */
  courses: readonly Pick<Course, "gaps" | "measuredTicks" | "ended">[];
  /** Of the busiest shard. */
  cpuPpm: number | null;
  integrity: Integrity;
}>;

export function judgeValidity(limits: Validity, facts: ValidityFacts): ValidityResult[] {
  const { integrity } = facts;
  return [
    {
      ...judged("lag", "ticks", facts.lagP99Ticks, limits.lagP99Ticks),
      advice: lagAdvice(facts.transport),
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
      ...judged("gaps", "ppm", worstGaps(facts), limits.gapsPpm),
      advice: "look for other programs on this machine, or a suspended one; or use a larger machine",
    },
    {
      ...judged("cpu", "ppm", facts.cpuPpm, limits.cpuPpm ?? ANY_PPM),
      advice: cpuAdvice(facts.transport),
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
      ok: integrity.state === "whole" && facts.courses.every(({ ended }) => ended),
      advice: "the numbers speak of what was read; find out why the rest is missing, and run again",
    },
  ];
}

/** The faster way first: each of these transports carries several times what the one before it does. */
function lagAdvice(transport: Transport): string {
  const spread = "divide the load among --workers or among machines with --shard, or lower the rate";
  switch (transport) {
    case "fetch":
      return `use transport = "socket", which is faster and more punctual; or ${spread}`;
    case "socket":
      return `use transport = "epoll" (Linux, http), which is faster and more punctual; or ${spread}`;
    case "epoll":
      return spread;
  }
}

/** The cheaper way first. */
function cpuAdvice(transport: Transport): string {
  const spread = "divide the load among --workers or among machines with --shard";
  switch (transport) {
    case "fetch":
      return `use transport = "socket", which needs less of the processor; or ${spread}`;
    case "socket":
      return `use transport = "epoll" (Linux, http), which needs less of the processor; or ${spread}`;
    case "epoll":
      return spread;
  }
}

/** Of the shard that stood still for the largest part of its time: the others' time does not make up for it. */
function worstGaps({ courses }: ValidityFacts): number | null {
  return courses.reduce<number | null>((worst, { gaps, measuredTicks }) => {
    const ppm = partsPerMillion(gaps.totalTicks, measuredTicks);
    return ppm === null ? worst : Math.max(worst ?? 0, ppm);
  }, null);
}

function judged(
  name: ValidityResult["name"],
  unit: ValidityResult["unit"],
  actual: number | null,
  limit: number,
): Omit<ValidityResult, "advice"> {
  return { name, unit, actual, limit, ok: actual === null || actual <= limit };
}
