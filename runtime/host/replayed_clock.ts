import type { Phase } from "../engine/engine.ts";
import type { Clock } from "../engine/host.ts";
import { ERROR } from "../ledger/errors.ts";
import { END, KIND, SESSION } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";
import type { ReplayedLedger } from "./replayed_ledger.ts";
import type { RecordCursor } from "./replayed_records.ts";
import { isIssuedAtOnce, type ReplayedWaits } from "./replayed_waits.ts";

/** What a replay's clock goes by. */
export type ClockParts = Readonly<{
  cursor: RecordCursor;
  ledger: ReplayedLedger;
  waits: ReplayedWaits;
  phase: Phase;
  /** Sessions of the load begin when they begin, and not when they were to. */
  isClosed: boolean;
  /** When the load ended, as the ledger's last record tells; null where its end is missing. */
  loadEndTick: Tick | null;
}>;

/**
 * Tells the time that the clock of the recorded run told: of what is recorded next. Where nothing tells it, nothing
 * depended on it.
 */
export class ReplayedClock implements Clock {
  readonly #parts: ClockParts;
  /** The latest moment there was. */
  #latest: Tick = 0;
  /** What was told last, and before which record: a moment only if that has come of it. */
  #told: Tick = 0;
  #toldBefore = 0;
  /** What is told next, or −1. */
  #known: Tick = -1;

  constructor(parts: ClockParts) {
    this.#parts = parts;
  }

  get latest(): Tick {
    if (this.#parts.cursor.index > this.#toldBefore) this.#latest = Math.max(this.#latest, this.#told);
    return this.#latest;
  }

  now(): Tick {
    const { latest } = this;
    const known = this.#known;
    this.#known = -1;
    if (known >= 0) return known;
    const told = this.#recorded();
    // A clock does not go back: where it seems to, nothing depends on it, or the record that does will differ.
    if (told < latest) return latest;
    this.#told = told;
    this.#toldBefore = this.#parts.cursor.index;
    return told;
  }

  /** Cookies and dates depend on it, and of those the ledger tells all that there is to know. */
  wallClockMs(): number {
    return 0;
  }

  /** What is told next, and only then, is `tick`. */
  willTell(tick: Tick): void {
    this.#known = tick;
  }

  /** It was `tick` at least, for that is when something was done that was due then. */
  isPast(tick: Tick): void {
    this.#latest = Math.max(this.latest, tick);
  }

  /** It was `tick`. `since`: a moment before it, where that is not the latest. */
  passes(tick: Tick, since: Tick = this.latest): void {
    if (tick < since) {
      this.#parts.ledger.refuse(`it would have come at tick ${tick}, and it was ${since} already`);
    }
    this.isPast(tick);
  }

  /** What the next records, as far as they are of one VU and of one moment, say of it; −1 where they do not. */
  #recorded(): Tick {
    const { cursor } = this.#parts;
    if (!cursor.has(0)) return -1;
    const vu = cursor.vu(0);
    for (let ahead = 0; cursor.has(ahead) && cursor.vu(ahead) === vu; ahead++) {
      switch (cursor.kind(ahead)) {
        case KIND.connectionOpened:
          return cursor.tick(ahead);
        case KIND.connectionClosed:
        case KIND.requestFailed:
          return this.#isCutShort(ahead) ? -1 : cursor.tick(ahead);
        case KIND.runStopped:
        case KIND.runEnded:
          // They are told in the time of the load.
          return this.#parts.phase === "load" ? cursor.tick(ahead) : -1;
        case KIND.sessionStarted: {
          const told = this.#startTick(ahead);
          if (told !== null) return told;
          break;
        }
        case KIND.requestPlanned:
          return this.#plannedTick(ahead);
        case KIND.thinkChosen:
          if (cursor.a(ahead) > 0 || cursor.b(ahead) > 0) return -1;
          break;
        case KIND.rowTaken:
        case KIND.repeatChosen:
        case KIND.conditionMet:
        case KIND.groupEnded:
          break;
        case KIND.sessionEnded:
          if (this.#isCutShort(ahead)) return -1;
          break;
        default:
          return -1;
      }
    }
    return -1;
  }

  /**
   * Whether a session is ended since the run is over. All are ended at the tick at which the turn began that does so,
   * and the clock is not asked.
   */
  #isCutShort(ahead: number): boolean {
    const { cursor } = this.#parts;
    switch (cursor.kind(ahead)) {
      case KIND.sessionEnded:
        return cursor.a(ahead) === END.runStopped;
      case KIND.requestFailed:
        return cursor.a(ahead) === ERROR["stop.cancelled"];
      default:
        return cursor.has(ahead + 1) && cursor.vu(ahead + 1) === cursor.vu(ahead) &&
          cursor.kind(ahead + 1) === KIND.requestFailed && this.#isCutShort(ahead + 1);
    }
  }

  /** What the beginning of a session tells; null: nothing, but it belongs to what happens next. */
  #startTick(ahead: number): Tick | null {
    const { cursor, phase, isClosed, loadEndTick } = this.#parts;
    const session = cursor.session(ahead);
    const isOwn = phase === "load" ? session < SESSION.teardown : session === SESSION[phase];
    // What runs once has a clock of its own; the load's is read last when it has ended.
    if (!isOwn) return phase === "load" ? loadEndTick ?? -1 : -1;
    if (isClosed) return cursor.tick(ahead);
    return ahead > 0 ? -1 : null;
  }

  /** When a request was planned, by when it was issued. */
  #plannedTick(ahead: number): Tick {
    const { cursor, waits } = this.#parts;
    if (isIssuedAtOnce(cursor, ahead)) return cursor.tick(ahead + 1);
    const told = waits.of(ahead);
    if (told === null) return -1;
    // An operand has room for 71 minutes: what is longer than that is told by the other one.
    return told.lag < OPERAND_MAX ? cursor.tick(ahead) + told.lag : told.issuedTick - told.blocked;
  }
}

const OPERAND_MAX = 0xffff_fffe;
