/** Counts by second and row: row 0 is the whole load, row n + 1 is step n. */
import { WORD } from "../../runtime/ledger/layout.ts";
import type { RecordBlock } from "../../runtime/ledger/reader.ts";
import { CONTINUATION, KIND } from "../../runtime/ledger/record.ts";
import { requestError } from "../../runtime/ledger/errors.ts";
import type { Plan } from "../../runtime/plan.ts";
import { isOnce } from "../../runtime/reduce/course.ts";
import { isOnWebSocket } from "../../runtime/reduce/scope.ts";
import { tickAt } from "../../runtime/reduce/tick_at.ts";
import { OpenRequests } from "../inspect/open_requests.ts";

export const SECOND_TICKS = 1_000_000;

/** Of the seconds from `from` to before `end`. */
export class SecondCounts {
  readonly started: Float64Array;
  readonly dropped: Float64Array;
  readonly issued: Float64Array;
  readonly responded: Float64Array;
  readonly failed: Float64Array;
  readonly unexpected: Float64Array;
  readonly cancelled: Float64Array;
  readonly sentBytes: Float64Array;
  readonly receivedBytes: Float64Array;
  /** −1: nothing was issued. */
  readonly lagMax: Float64Array;
  /** By row: what it counts is part of the whole load's, too. */
  readonly inAll: boolean[] = [];

  constructor(readonly from: number, private readonly end: number, private readonly rows: number) {
    const seconds = end - from;
    const cells = () => new Float64Array(seconds * rows);
    this.started = new Float64Array(seconds);
    this.dropped = new Float64Array(seconds);
    this.issued = cells();
    this.responded = cells();
    this.failed = cells();
    this.unexpected = cells();
    this.cancelled = cells();
    this.sentBytes = cells();
    this.receivedBytes = cells();
    this.lagMax = cells().fill(-1);
  }

  holds(second: number): boolean {
    return second >= this.from && second < this.end;
  }

  place(second: number, row: number): number {
    return (second - this.from) * this.rows + row;
  }

  isIdle(at: number): boolean {
    return this.issued[at] + this.responded[at] + this.failed[at] + this.cancelled[at] === 0;
  }
}

type Column = "issued" | "responded" | "failed" | "unexpected" | "cancelled" | "sentBytes" | "receivedBytes";

/** One pass over one ledger. `sample`: a response time. */
export class SecondFold {
  readonly #open = new OpenRequests();
  readonly #warmup: readonly boolean[];
  readonly #isSent: readonly boolean[];
  readonly #isReceived: readonly boolean[];

  constructor(
    plan: Plan,
    private readonly counts: SecondCounts,
    private readonly seconds: number,
    private readonly sample: (second: number, row: number, ticks: number) => void,
  ) {
    this.#warmup = plan.load.stages.map(({ warmup }) => warmup);
    this.#isSent = plan.steps.map(({ kind }) => kind === "send");
    this.#isReceived = plan.steps.map(({ kind }) => kind === "receive");
    plan.steps.forEach((step, position) => counts.inAll[position + 1] = !isOnWebSocket(step));
  }

  visit({ words, records }: RecordBlock): void {
    for (let index = 0, at = 0; index < records; index++, at += WORD.words) {
      const kind = words[at + WORD.kindAndStep] & 0xffff;
      if ((kind & CONTINUATION) !== 0 || isOnce(words[at + WORD.session])) continue;
      switch (kind) {
        case KIND.sessionStarted:
          this.#open.sessionStarted(words[at + WORD.vu], words[at + WORD.a]);
          this.#arrived(this.counts.started, words, at);
          break;
        case KIND.arrivalDropped:
          this.#arrived(this.counts.dropped, words, at);
          break;
        case KIND.requestIssued:
          this.#issued(words, at);
          break;
        case KIND.responseEnded:
          this.#responded(words, at);
          break;
        case KIND.requestFailed:
          this.#failed(words, at);
          break;
        default:
      }
    }
  }

  #arrived(column: Float64Array, words: Uint32Array, at: number): void {
    const second = this.#secondOf(words, at);
    if (!this.#warmup[words[at + WORD.a]] && this.counts.holds(second)) column[second - this.counts.from]++;
  }

  #issued(words: Uint32Array, at: number): void {
    this.#open.issued(words, at);
    const { row, second } = this.#place(words, at);
    if (row < 0) return;
    this.#add("issued", second, row, 1);
    this.#add("sentBytes", second, row, words[at + WORD.c]);
    if (!this.#isReceived[row - 1]) this.#lag(second, row, words[at + WORD.a]);
  }

  #lag(second: number, row: number, ticks: number): void {
    const { lagMax } = this.counts;
    for (const one of [row, 0]) {
      const place = this.counts.place(second, one);
      lagMax[place] = Math.max(lagMax[place], ticks);
    }
  }

  #responded(words: Uint32Array, at: number): void {
    const { row, second } = this.#place(words, at);
    if (row < 0) return;
    this.#add("responded", second, row, 1);
    this.#add("receivedBytes", second, row, words[at + WORD.b]);
    if (words[at + WORD.c] >>> 24 > 0) this.#add("unexpected", second, row, 1);
    this.#timed(words, at, second, row);
  }

  #failed(words: Uint32Array, at: number): void {
    const { row, second } = this.#place(words, at);
    if (row < 0) return;
    const { phase, name } = requestError(words[at + WORD.a]);
    this.#add("receivedBytes", second, row, words[at + WORD.b]);
    this.#add(phase === "stop" ? "cancelled" : "failed", second, row, 1);
    if (name.endsWith(".timeout")) this.#timed(words, at, second, row);
  }

  #timed(words: Uint32Array, at: number, second: number, row: number): void {
    // What is sent has no response, also where it fails.
    if (this.#isSent[row - 1]) return;
    const vu = words[at + WORD.vu];
    const { issuedTick, lagTicks, blockedTicks } = this.#open;
    this.sample(second, row, tickAt(words, at) - issuedTick[vu] + lagTicks[vu] + blockedTicks[vu]);
  }

  #add(column: Column, second: number, row: number, value: number): void {
    const { counts } = this;
    counts[column][counts.place(second, row)] += value;
    if (counts.inAll[row]) counts[column][counts.place(second, 0)] += value;
  }

  /** −1: it is of warm-up, or of no second that is asked for. */
  #place(words: Uint32Array, at: number): { row: number; second: number } {
    const second = this.#secondOf(words, at);
    const stage = this.#open.stageOf(words[at + WORD.vu]);
    const isWanted = this.counts.holds(second) && !this.#warmup[stage];
    return { row: isWanted ? (words[at + WORD.kindAndStep] >>> 16) + 1 : -1, second };
  }

  /** What a ledger without an end tells last may lie behind its last observation. */
  #secondOf(words: Uint32Array, at: number): number {
    return Math.min(Math.floor(tickAt(words, at) / SECOND_TICKS), this.seconds - 1);
  }
}
