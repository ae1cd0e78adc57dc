import { operand } from "../engine/operand.ts";
import type { Request } from "../plan.ts";
import { tickText } from "./decision_text.ts";

/** What stands against a redirect, the `hop`-th in a row; null: nothing. */
export function beyondRedirects({ redirects }: Request, hop: number): string | null {
  return hop <= redirects ? null : `at most ${redirects} redirects in a row`;
}

/** What stands against try `next` (from 2) after a wait; null: nothing. */
export function beyondTries({ retry }: Request, next: number, waitTicks: number): string | null {
  if (retry === null || next > retry.times + 1) return `at most ${(retry?.times ?? 0) + 1} tries`;
  const planned = operand(Math.min(retry.maxTicks, retry.minTicks * 2 ** (next - 2)));
  return waitTicks === planned ? null : `a wait of ${tickText(planned)} before try ${next}`;
}
