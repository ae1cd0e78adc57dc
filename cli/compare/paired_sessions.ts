/** Of paired runs: how each session's time differs from that of the same session in the other run. */
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { END, KIND, NONE, SESSION } from "../../runtime/ledger/record.ts";
import type { Plan } from "../../runtime/plan.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { ratios } from "./block_counts.ts";
import type { PairedSessions } from "./comparison.ts";
import { type Confidence, percentiles } from "./interval.ts";
import { BLOCKS_LEAST } from "./weights.ts";

/** Sessions with higher numbers are left out, so that memory does not depend on the ledger's length: 64 MiB a run. */
const SESSIONS_MOST = 2 ** 24;
const LONGEST = 2 ** 32 - 2;

/** The session time of every session that completed outside of warm-up. */
export class SessionTimes {
  /** Ticks and 1; 0 where there is none. */
  readonly plusOne: Uint32Array;
  private readonly warmup: readonly boolean[];
  /** By VU: when its session should have begun; −1 in warm-up. */
  private startTick = new Float64Array(1024);

  constructor(plan: Plan, sessions: number) {
    this.plusOne = new Uint32Array(Math.min(sessions, SESSIONS_MOST));
    this.warmup = plan.load.stages.map(({ warmup }) => warmup);
  }

  visit({ words, records }: RecordBlock): void {
    for (let at = 0; at < records * WORD.words; at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if (kind !== KIND.sessionStarted && kind !== KIND.sessionEnded) continue;
      const session = words[at + WORD.session];
      const vu = words[at + WORD.vu];
      if (session >= SESSION.teardown || vu === NONE) continue;
      if (kind === KIND.sessionStarted) {
        this.start(vu, this.warmup[words[at + WORD.a]] ? -1 : tickAt(words, at));
      } else if (words[at + WORD.a] === END.completed) this.end(session, vu, tickAt(words, at));
    }
  }

  private start(vu: number, tick: number): void {
    if (vu >= this.startTick.length) {
      const grown = new Float64Array(2 ** Math.ceil(Math.log2(vu + 1)));
      grown.set(this.startTick);
      this.startTick = grown;
    }
    this.startTick[vu] = tick;
  }

  private end(session: number, vu: number, tick: number): void {
    const start = this.startTick[vu];
    if (start < 0 || session >= this.plusOne.length) return;
    this.plusOne[session] = Math.min(tick - start, LONGEST) + 1;
  }
}

/** A block has 2^`shift` sessions; `weights`: of its blocks. Null where no session completed in both. */
export function pairedSessions(
  baseline: SessionTimes,
  candidate: SessionTimes,
  { shift, blocks, weights, confidence }: {
    shift: number;
    blocks: number;
    weights: Float64Array;
    confidence: Confidence;
  },
): PairedSessions | null {
  const [a, b] = [baseline.plusOne, candidate.plusOne];
  const part = new Float64Array(blocks);
  const whole = new Float64Array(blocks);
  let [both, longer, shorter] = [0, 0, 0];
  for (let session = 0; session < Math.min(a.length, b.length); session++) {
    if (a[session] === 0 || b[session] === 0) continue;
    const block = session >>> shift;
    both++;
    whole[block]++;
    if (b[session] < a[session]) shorter++;
    if (b[session] <= a[session]) continue;
    longer++;
    part[block]++;
  }
  if (both === 0) return null;
  const isSure = whole.filter((count) => count > 0).length >= BLOCKS_LEAST;
  const [low, high] = isSure
    ? percentiles(ratios({ part, whole }, 1_000_000, weights), confidence)
    : [null, null];
  return { both, longer, shorter, longerShare: { value: (longer * 1_000_000) / both, low, high } };
}
