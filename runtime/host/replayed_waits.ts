import { KIND } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";
import type { RecordCursor } from "./replayed_records.ts";

/** What was told of a request later than it was planned: how late that was, and how many bytes were sent. */
export type LaterTold = Readonly<{ lag: Tick; issuedTick: Tick; blocked: Tick; bytes: number }>;

/**
 * Finds out what became of requests that had to wait for a connection, by a second walk through the ledger ahead of
 * the first. It keeps what it came past and was not asked for yet: as much as there were requests waiting at once.
 */
export class ReplayedWaits {
  readonly #main: RecordCursor;
  #scout: RecordCursor | null = null;
  /** By VU: the number of its record `requestPlanned`, of a request that waits where the scout stands; else −1. */
  readonly #waiting: Float64Array;
  /** By the number of that record; null where the run stopped before there was a connection. */
  readonly #found = new Map<number, LaterTold | null>();
  /** What was asked for last: it is asked for again. */
  #asked = -1;
  #answer: LaterTold | null = null;

  constructor(main: RecordCursor, vus: number) {
    this.#main = main;
    this.#waiting = new Float64Array(vus).fill(-1);
  }

  /** Of the request whose record `requestPlanned` is `ahead` of the one at hand; null where it was never sent. */
  of(ahead: number): LaterTold | null {
    const planned = this.#main.index + ahead;
    if (planned === this.#asked) return this.#answer;
    this.#asked = planned;
    this.#find(planned, this.#main.vu(ahead));
    this.#answer = this.#found.get(planned) ?? null;
    this.#found.delete(planned);
    return this.#answer;
  }

  #find(planned: number, vu: number): void {
    if (this.#scout === null || this.#scout.index < this.#main.index) {
      this.#scout = this.#main.fork();
      this.#waiting.fill(-1);
    }
    const scout = this.#scout;
    while (scout.has(0) && (scout.index <= planned || this.#waiting[vu] === planned)) {
      this.#pass(scout);
      scout.next();
    }
  }

  #pass(scout: RecordCursor): void {
    const vu = scout.vu(0);
    switch (scout.kind(0)) {
      case KIND.requestPlanned:
        if (!isIssuedAtOnce(scout, 0) && vu < this.#waiting.length) this.#waiting[vu] = scout.index;
        break;
      case KIND.requestIssued:
        this.#settle(vu, {
          lag: scout.a(0),
          issuedTick: scout.tick(0),
          blocked: scout.b(0),
          bytes: scout.c(0),
        });
        break;
      case KIND.sessionEnded:
        this.#settle(vu, null);
        break;
    }
  }

  #settle(vu: number, told: LaterTold | null): void {
    if (!(this.#waiting[vu] >= 0)) return;
    this.#found.set(this.#waiting[vu], told);
    this.#waiting[vu] = -1;
  }
}

/** Whether the request that is planned `ahead` is issued right behind that. */
export function isIssuedAtOnce(cursor: RecordCursor, ahead: number): boolean {
  return cursor.has(ahead + 1) && cursor.kind(ahead + 1) === KIND.requestIssued &&
    cursor.vu(ahead + 1) === cursor.vu(ahead);
}
