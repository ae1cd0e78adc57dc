/** Targets, with the connections that each may have. */
import type { Target } from "../../runtime/plan.ts";
import type { Target as SourceTarget } from "../2_check/scenario.ts";

/** Slots are numbered through: those of a target lie behind those of the one before it. */
export function lowerTargets(targets: readonly SourceTarget[], maxVus: number): Target[] {
  let firstSlot = 0;
  return targets.map(({ name, scheme, host, port, connections, cookies }) => {
    const slots = connections.kind === "shared" ? connections.size : maxVus;
    const target: Target = { name, scheme, host, port, connections, cookies, firstSlot, slots };
    firstSlot += slots;
    return target;
  });
}
