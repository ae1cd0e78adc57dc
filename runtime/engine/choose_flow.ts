import type { Plan } from "../plan.ts";
import { type KeyedRandom, SALT, scale, USE } from "./random.ts";

/** The flow of a session: one draw chooses a column of the alias table, another keeps it or swaps it. */
export function chooseFlow(choice: Plan["choice"], random: KeyedRandom, session: number): number {
  if (choice.length === 1) return 0;
  const column = scale(random.draw(session, SALT.flow, USE.flow, 0), choice.length);
  return random.words[1] < choice[column].keep ? column : choice[column].other;
}
