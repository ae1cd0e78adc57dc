import { span } from "../report/format.ts";
import { wrapped } from "../report/table.ts";
import { canRewrite, RewrittenLines } from "./rewritten_lines.ts";
import { terminalSize } from "./terminal_size.ts";
import { countdownText, waitFor } from "./start_time.ts";

/** When a load begins: in milliseconds since 1970, `"now"` where it need not agree with another, or not at all. */
export type Beginning = number | "now" | null;

/** How long before it begins a load must know of that, and whether it begins alone. */
export type Notice = Readonly<{ aheadMs: number; alone: boolean }>;

/**
 * Waits for the time at which the load shall begin (milliseconds since 1970; null: as soon as possible), counting down
 * on stderr unless `quiet`. Resolves `aheadMs` before it, so that the word can be passed on; at once, where there is
 * nothing to wait for; with null where it was called off.
 */
export async function momentToBegin(
  wantedMs: number | null,
  { aheadMs, alone }: Notice,
  calledOff: AbortSignal,
  quiet: boolean,
): Promise<Beginning> {
  if (calledOff.aborted) return null;
  const nowMs = Date.now();
  const soonestMs = alone ? nowMs : nowMs + aheadMs;
  const soonest = alone ? "now" : soonestMs;
  if (wantedMs === null) return soonest;
  if (wantedMs < nowMs) {
    const late = span((soonestMs - wantedMs) * 1000);
    console.error(`warning: the load begins ${late} after --start-at: preparing and setting up took longer`);
    return soonest;
  }
  const line = new CountdownLine(wantedMs);
  // At once: what is said of it next must stand where the line stood.
  const erase = () => line.erase();
  calledOff.addEventListener("abort", erase);
  await waitFor(wantedMs, aheadMs, calledOff, (leftMs) => quiet || line.show(leftMs));
  calledOff.removeEventListener("abort", erase);
  erase();
  return calledOff.aborted ? null : wantedMs;
}

/** One line that is written anew on a terminal, and written once elsewhere. */
class CountdownLine {
  readonly #at: string;
  readonly #lines = canRewrite() ? new RewrittenLines() : null;
  #shown = false;

  constructor(startMs: number) {
    this.#at = new Date(startMs).toISOString();
  }

  show(leftMs: number): void {
    const text = `the load begins in ${countdownText(leftMs)}, at ${this.#at}; Ctrl-C calls it off`;
    if (this.#lines !== null) this.#lines.draw(wrapped(text, terminalSize().columns));
    else if (!this.#shown) console.error(text);
    this.#shown = true;
  }

  /** Leaves the screen to what comes after. */
  erase(): void {
    this.#lines?.erase();
  }
}
