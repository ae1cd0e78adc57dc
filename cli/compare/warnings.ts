/** What must be said before any figure. */
import type { Summary } from "../../runtime/reduce/summary.ts";

/** Sentences without a full stop. */
export function warningsOf(baseline: Summary, candidate: Summary, isSameLoad: boolean): string[] {
  return [
    ...ofOne("A", baseline),
    ...ofOne("B", candidate),
    ...(baseline.run.name === candidate.run.name
      ? []
      : [`the scenarios have two names, ${baseline.run.name} and ${candidate.run.name}`]),
    ...(baseline.run.simulated === candidate.run.simulated
      ? []
      : [`${baseline.run.simulated ? "A" : "B"} is a simulation, and the other one is not`]),
    ...(isSameLoad ? [] : ["the loads differ, and times depend on load: see `z6c plan --diff`"]),
    ...machineWarning(baseline, candidate),
  ];
}

function ofOne(letter: string, { verdict, missingShards }: Summary): string[] {
  const missing = missingShards.length === 0 ? [] : [`${letter} lacks shards: ${missingShards.join(", ")}`];
  switch (verdict.verdict) {
    case "invalid":
      return [
        `${letter} is invalid, so its figures speak of the generator: ${verdict.reasons[0]}`,
        ...missing,
      ];
    case "interrupted":
      return [`${letter} is not the whole test: ${verdict.reasons[0]}`, ...missing];
    case "passed":
    case "failed":
      return missing;
  }
}

/** What generated the load is part of every time. */
function machineWarning(baseline: Summary, candidate: Summary): string[] {
  const texts = [baseline, candidate].map(({ run: { host, simulated } }) =>
    simulated ? null : `${host.os} ${host.arch} with ${host.cores} cores`
  );
  const [a, b] = texts;
  return a === null || b === null || a === b ? [] : [`A ran on ${a}, B on ${b}`];
}
