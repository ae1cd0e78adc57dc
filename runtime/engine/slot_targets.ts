import type { Plan } from "../plan.ts";

/** By slot, the position in the plan's targets of the one it leads to. */
export function slotTargets({ targets, bounds }: Plan): Uint16Array {
  const targetOf = new Uint16Array(bounds.connections);
  targets.forEach(({ firstSlot, slots, firstWebSocketSlot }, target) => {
    targetOf.fill(target, firstSlot, firstSlot + slots);
    if (firstWebSocketSlot >= 0) targetOf.fill(target, firstWebSocketSlot, firstWebSocketSlot + bounds.vus);
  });
  return targetOf;
}

/** By slot, the first slot of its connection: itself, unless the target has several streams on one. */
export function connectionSlots({ targets, bounds }: Plan): Uint32Array {
  const firstOf = Uint32Array.from({ length: bounds.connections }, (_, slot) => slot);
  for (const { firstSlot, slots, streams } of targets) {
    for (let at = 0; at < slots; at++) firstOf[firstSlot + at] = firstSlot + at - at % streams;
  }
  return firstOf;
}

/** By slot: 1 where it is one of a WebSocket. */
export function webSocketSlots({ targets, bounds }: Plan): Uint8Array {
  const isOne = new Uint8Array(bounds.connections);
  for (const { firstWebSocketSlot: first } of targets) {
    if (first >= 0) isOne.fill(1, first, first + bounds.vus);
  }
  return isOne;
}
