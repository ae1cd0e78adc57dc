import { span } from "../report/format.ts";
import { countdownText, waitFor } from "./start_time.ts";

/**
 * Waits for the time at which the load shall begin (milliseconds since 1970; null: as soon as possible), counting down
 * on stderr unless `quiet`. Resolves `aheadMs` before it, so that the word can be passed on, with the moment; with
 * null where it was called off.
 */
export async function momentToBegin(
  wantedMs: number | null,
  aheadMs: number,
  calledOff: AbortSignal,
  quiet: boolean,
): Promise<number | null> {
  if (calledOff.aborted) return null;
  const soonestMs = Date.now() + aheadMs;
  if (wantedMs === null) return soonestMs;
  if (wantedMs < Date.now()) {
    const late = span((soonestMs - wantedMs) * 1000);
    console.error(`warning: the load begins ${late} after --start-at: preparing and setting up took longer`);
    return soonestMs;
  }
  const line = new CountdownLine(wantedMs);
  await waitFor(wantedMs, aheadMs, calledOff, (leftMs) => quiet || line.show(leftMs));
  line.erase();
  return calledOff.aborted ? null : wantedMs;
}

/** One line that is written anew on a terminal, and written once elsewhere. */
class CountdownLine {
  readonly #at: string;
  readonly #terminal = Deno.stderr.isTerminal();
  #shown = false;

  constructor(startMs: number) {
    this.#at = new Date(startMs).toISOString();
  }

  show(leftMs: number): void {
    if (this.#shown && !this.#terminal) return;
    this.erase();
    console.error(`the load begins in ${countdownText(leftMs)}, at ${this.#at}; Ctrl-C calls it off`);
    this.#shown = true;
  }

  /** Leaves the screen to what comes after. */
  erase(): void {
    if (this.#shown && this.#terminal) Deno.stderr.writeSync(new TextEncoder().encode("\x1b[1A\x1b[0J"));
  }
}
