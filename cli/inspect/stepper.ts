/** Steps through a ledger's logical time: a moment, keys that move it, and what is seen there. */
import type { Plan, Tick } from "../../runtime/plan.ts";
import { cut } from "../../runtime/report/table.ts";
import type { BlockIndex } from "./block_index.ts";
import { sessionWord, stepWord } from "./plan_words.ts";
import { readTime } from "./quantity.ts";
import { recordWords } from "./record_words.ts";
import { told } from "./session_records.ts";
import { statesText } from "./states_text.ts";
import { kindName } from "../../runtime/ledger/decode.ts";

const RECORDS_SHOWN = 6;
const FAR_TICKS = 1_000_000;
const SCROLL = 5;

/** What keys and words mean: the same in a terminal and in lines that are piped in. */
export const STEPS = ["n", "p", ">", "<", "e", "E", "g", "G", "j", "k", "q"] as const;
export type Step = (typeof STEPS)[number];

export const KEYS_LINE =
  "n/→ next  p/← previous  q quit  e E next, previous trouble  > < one second  g G begin, end  j k scroll";

export class Stepper {
  readonly #index: BlockIndex;
  readonly #plan: Plan;
  #tick: Tick;
  #skip = 0;
  #says = "";

  constructor(index: BlockIndex, plan: Plan, tick: Tick) {
    this.#index = index;
    this.#plan = plan;
    this.#tick = tick;
  }

  get tick(): Tick {
    return this.#tick;
  }

  /** Moves; false where it is over. */
  do(step: Step): boolean {
    this.#says = "";
    const { firstTick, lastTick } = this.#index.span;
    switch (step) {
      case "n":
        this.#go(this.#index.tickAfter(this.#tick, false), "nothing comes after this");
        return true;
      case "p":
        this.#go(this.#index.tickBefore(this.#tick, false), "nothing comes before this");
        return true;
      case "e":
        this.#go(this.#index.tickAfter(this.#tick, true), "no trouble comes after this");
        return true;
      case "E":
        this.#go(this.#index.tickBefore(this.#tick, true), "no trouble comes before this");
        return true;
      case ">":
        this.#tick = Math.min(this.#tick + FAR_TICKS, Math.max(lastTick, this.#tick));
        return true;
      case "<":
        this.#tick = Math.max(this.#tick - FAR_TICKS, Math.min(firstTick, this.#tick));
        return true;
      case "g":
        this.#tick = firstTick;
        return true;
      case "G":
        this.#tick = lastTick;
        return true;
      case "j":
        this.#skip += SCROLL;
        return true;
      case "k":
        this.#skip = Math.max(0, this.#skip - SCROLL);
        return true;
      case "q":
        return false;
    }
  }

  /** A word of a line: a step, or a time to go to. False where it is over. */
  doWord(word: string): boolean {
    const step = STEPS.find((known) => known === word);
    if (step !== undefined) return this.do(step);
    const tick = readTime(word);
    this.#says = tick === null ? `${JSON.stringify(word)} is neither a key nor a time: ${KEYS_LINE}` : "";
    if (tick !== null) this.#tick = tick;
    return true;
  }

  /** At most `height` lines, none wider than `width`. */
  screen(width: number, height: number): string[] {
    const records = this.#records();
    const below = [...records, ...(this.#says === "" ? [] : ["", this.#says])].map((line) =>
      cut(line, width)
    );
    // Three lines of head, the table's titles, one for what is not shown, and one between.
    const limit = Math.max(1, height - below.length - 6);
    const page = { plan: this.#plan, tick: this.#tick, width, limit, skip: this.#skip };
    return [...statesText(this.#index.statesAt(this.#tick), page), "", ...below];
  }

  /** What happens at this very tick. */
  #records(): string[] {
    const lines: string[] = [];
    let total = 0;
    this.#index.recordsAt(this.#tick, ({ words, records }, index) => {
      if (++total > RECORDS_SHOWN) return;
      const record = told(words, records, index);
      const session = record.session === null ? "" : sessionWord(record.session);
      const isOfFlow = record.name === "sessionStarted" || record.name === "sessionEnded";
      const where = isOfFlow
        ? this.#plan.flows[record.step ?? -1]?.name ?? ""
        : stepWord(this.#plan, record.step ?? -1);
      lines.push(
        [session.padStart(8), kindName(record.kind).padEnd(17), where, recordWords(this.#plan, record)]
          .filter((cell) => cell !== "").join("  "),
      );
    });
    if (total > RECORDS_SHOWN) lines.push(`… and ${total - RECORDS_SHOWN} more at this tick`);
    return lines.length === 0 ? ["nothing happens at this tick"] : lines;
  }

  #go(tick: Tick | null, otherwise: string): void {
    if (tick === null) this.#says = otherwise;
    else this.#tick = tick;
  }
}
