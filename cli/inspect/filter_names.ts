/** The names that a filter about one plan may use, and what they stand for. */
import { didYouMean } from "../../compiler/2_check/nearest_name.ts";
import { ERRORS } from "../../runtime/ledger/errors.ts";
import { KIND } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { requestOfStep } from "../../runtime/reduce/messaging.ts";
import { authorityOf } from "../../runtime/target_name.ts";
import { OUTCOMES } from "./entry.ts";
import type { FieldName } from "./filter_fields.ts";

/** By field and name: the positions or codes that it stands for, or nothing where the name itself is compared. */
export type FilterNames = Readonly<Partial<Record<FieldName, ReadonlyMap<string, readonly number[]>>>>;

/** What there is to name in a plan, and in every ledger. */
export function filterNames(plan: Plan): FilterNames {
  const steps = plan.steps.flatMap(({ flow, name }, step): [string, number][] => [
    [name, step],
    [`${plan.flows[flow].name}/${name}`, step],
  ]);
  return {
    step: grouped(steps),
    flow: grouped(plan.flows.map(({ name }, flow) => [name, flow])),
    stage: grouped(plan.load.stages.map(({ name }, stage) => [name, stage])),
    target: grouped(plan.steps.flatMap((_, step): [string, number][] => {
      const target = requestOfStep(plan, step)?.target;
      return target === undefined ? [] : [[targetWord(plan, target), step]];
    })),
    error: grouped(ERRORS.map(({ name, code }) => [name, code])),
    kind: grouped(Object.entries(KIND)),
    outcome: grouped(OUTCOMES.map((name) => [name, 0])),
    connection: grouped([["opened", 0], ["reused", 0]]),
  };
}

/** What a target is called in filters and listings. */
export function targetWord(plan: Plan, target: number): string {
  return plan.targets[target].name || authorityOf(plan.targets[target]);
}

/** What is wrong with a name, or null. */
export function nameProblem(names: FilterNames, field: FieldName, name: string): string | null {
  const known = names[field];
  if (known === undefined || known.has(name)) return null;
  const all = [...known.keys()];
  const guess = didYouMean(name, all);
  const list = all.length <= 12
    ? all.join(", ")
    : `${all.slice(0, 10).join(", ")} and ${all.length - 10} more`;
  return `there is no ${field} ${JSON.stringify(name)}${guess === "" ? `; there are ${list}` : guess}`;
}

function grouped(pairs: readonly (readonly [string, number])[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [name, position] of pairs) {
    const positions = found.get(name) ?? [];
    found.set(name, positions);
    positions.push(position);
  }
  return found;
}
