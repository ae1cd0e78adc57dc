import { WORD } from "../ledger/layout.ts";
import type { RecordBlock } from "../ledger/reader.ts";
import { recordText } from "../ledger/text.ts";
import { tickAt } from "./tick_at.ts";

/** How often one error code or one failed check came at a step, when first, in which session, and in which words. */
export type Tally = {
  step: number;
  which: number;
  count: number;
  firstTick: number;
  session: number;
  excerpt: string;
};

const EXCERPT_CHARACTERS = 200;
const WHICH_MAX = 0x1_0000;

/**
 * Counts the record. The words kept are those of the earliest, and of the lowest session among the earliest, so that
 * they do not depend on how sessions are shared among ledgers.
 */
export function tally(
  into: Map<number, Tally>,
  block: RecordBlock,
  index: number,
  step: number,
  which: number,
): void {
  const at = index * WORD.words;
  const firstTick = tickAt(block.words, at);
  const session = block.words[at + WORD.session];
  const key = step * WHICH_MAX + which;
  const known = into.get(key);
  if (known === undefined) {
    into.set(key, { step, which, count: 1, firstTick, session, excerpt: excerptAt(block, index) });
    return;
  }
  known.count++;
  if (firstTick > known.firstTick || (firstTick === known.firstTick && session >= known.session)) return;
  Object.assign(known, { firstTick, session, excerpt: excerptAt(block, index) });
}

/** The text behind a record, cut; empty where it has none. */
export function excerptAt({ words, records }: RecordBlock, index: number): string {
  const text = recordText(words, records, index) ?? "";
  return text.length > EXCERPT_CHARACTERS ? text.slice(0, EXCERPT_CHARACTERS) + "…" : text;
}
