/** Pauses of a recording → think times. */
import type { DraftThink } from "./draft.ts";
import { timeText } from "./times.ts";

/** Shorter pauses are the browser's own work; longer ones a break that no test should take. */
const LEAST_MS = 300;
const MOST_MS = 60_000;

/** The pause from the end of what came before to the next start; null where nobody thought. */
export function thinkBetween(endMs: number | null, startMs: number | null): DraftThink | null {
  if (endMs === null || startMs === null) return null;
  const pauseMs = startMs - endMs;
  if (pauseMs < LEAST_MS) return null;
  const comments = pauseMs > MOST_MS ? [`Recorded as a break of ${breakText(pauseMs)}.`] : [];
  return { kind: "think", time: roundedTime(Math.min(pauseMs, MOST_MS)), comments };
}

/** To a tenth of a second below one, to a half below ten, to a whole above. */
function roundedTime(milliseconds: number): string {
  const grain = milliseconds < 1_000 ? 100 : milliseconds < 10_000 ? 500 : 1_000;
  const rounded = Math.round(milliseconds / grain) * grain;
  return timeText(rounded);
}

function breakText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
