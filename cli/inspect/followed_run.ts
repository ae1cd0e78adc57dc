/** A run seen through its ledger, while that grows. */
import { Counters } from "../../runtime/engine/counters.ts";
import { HASH_BYTES, HEADER, MAGIC, WORD } from "../../runtime/ledger/layout.ts";
import { type OpenedLedger, openLedger, type RecordBlock } from "../../runtime/ledger/reader.ts";
import { CONTINUATION, KIND } from "../../runtime/ledger/record.ts";
import { readFully, type Source } from "../../runtime/ledger/source.ts";
import type { Plan, Tick } from "../../runtime/plan.ts";
import { isOnce } from "../../runtime/reduce/course.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";

/** Where its ledger stands. */
export type Followed = Readonly<
  /** `grew`: there were records that had not been there. */
  | { kind: "runs" | "ended"; grew: boolean }
  | { kind: "damaged"; problem: string }
>;

export class FollowedRun {
  readonly plan: Plan;
  readonly counters = new Counters();
  /** The last tick of the load that was seen. */
  tick: Tick = 0;
  readonly #follow: ReturnType<OpenedLedger["follow"]>;
  readonly #isSent: readonly boolean[];
  #records = 0;
  #hasEnded = false;

  /** Throws `LedgerUnreadable` where it is no ledger: see `hasHeader`. */
  constructor(source: Source) {
    const ledger = openLedger(source);
    this.plan = ledger.header.plan;
    this.#follow = ledger.follow();
    this.#isSent = this.plan.steps.map(({ kind }) => kind === "send");
  }

  /** Reads what has come since the last look. Throws I/O errors. */
  look(): Followed {
    const before = this.#records;
    const { state, records, problem } = this.#follow((block) => this.#visit(block));
    this.#records = records;
    if (state === "damaged") return { kind: "damaged", problem: problem ?? "" };
    return { kind: this.#hasEnded || state === "whole" ? "ended" : "runs", grew: records > before };
  }

  #visit({ words, records }: RecordBlock): void {
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      if ((words[at + WORD.kindAndStep] & CONTINUATION) !== 0 || isOnce(words[at + WORD.session])) continue;
      this.tick = Math.max(this.tick, tickAt(words, at));
      this.#count(words, at);
    }
  }

  #count(words: Uint32Array, at: number): void {
    const { counters } = this;
    const isSent = this.#isSent[words[at + WORD.kindAndStep] >>> 16];
    switch (words[at + WORD.kindAndStep] & 0xffff) {
      case KIND.stageEntered:
        counters.stage = words[at + WORD.a];
        break;
      case KIND.sessionStarted:
        counters.sessionsStarted++;
        break;
      case KIND.sessionEnded:
        counters.sessionEnded(words[at + WORD.a]);
        break;
      case KIND.arrivalDropped:
        counters.sessionsDropped++;
        break;
      case KIND.requestIssued:
        counters.requestIssued(words[at + WORD.a]);
        if (isSent) counters.messagesSent++;
        break;
      case KIND.responseEnded:
        counters.responseEnded(words[at + WORD.c] >>> 24 > 0);
        break;
      case KIND.requestFailed:
        counters.requestFailed(words[at + WORD.a]);
        // It was not sent after all.
        if (isSent) counters.messagesSent--;
        break;
      case KIND.runEnded:
        this.#hasEnded = true;
        break;
      // The live screen shows nothing of these.
      default:
    }
  }
}

/** Whether so much is there that it can be told whether it is a ledger: a run may be about to write it. */
export function hasHeader(source: Source): boolean {
  const start = new Uint8Array(HEADER.json);
  const length = readFully(source, start, 0);
  const found = String.fromCharCode(...start.subarray(0, Math.min(length, MAGIC.length)));
  if (!MAGIC.startsWith(found)) return true;
  if (length < start.length) return false;
  const jsonBytes = new DataView(start.buffer).getUint32(HEADER.jsonBytes, true);
  return source.size >= Math.ceil((HEADER.json + jsonBytes) / 8) * 8 + HASH_BYTES;
}
