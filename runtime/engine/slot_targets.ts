import type { Plan } from "../plan.ts";

/** By connection slot, the position in the plan's targets of the one it leads to. */
export function slotTargets({ targets, bounds }: Plan): Uint16Array {
  const targetOf = new Uint16Array(bounds.connections);
  targets.forEach(({ firstSlot, slots }, target) => targetOf.fill(target, firstSlot, firstSlot + slots));
  return targetOf;
}
