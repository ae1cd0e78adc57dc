import { ERROR } from "../ledger/errors.ts";
import { END } from "../ledger/record.ts";
import type { Tick } from "../plan.ts";

/** Why a load stopped before its end: one of `STOP`, and of a missed threshold its number. */
export type Stopped = Readonly<{ reason: number; threshold: number }>;

/** What a follower may read while the engine runs. Plain numbers; the ledger, not this, is what reports are made of. */
export class Counters {
  stage = -1;
  sessionsStarted = 0;
  sessionsDropped = 0;
  sessionsCompleted = 0;
  sessionsCutShort = 0;
  requestsIssued = 0;
  /** Those of them that were messages, sent on a WebSocket: they have no end. */
  messagesSent = 0;
  responsesEnded = 0;
  responsesRejected = 0;
  requestsFailed = 0;
  connectionsOpened = 0;
  /** Why the load stopped by itself, as soon as it has: a threshold, or a step. */
  stopped: Stopped | null = null;
  /** Requests that failed, by error code. */
  readonly errors = new Map<number, number>();
  /** The largest lag since a follower last took it. */
  #lagMax: Tick = 0;

  get inFlight(): number {
    return this.requestsIssued - this.messagesSent - this.responsesEnded - this.requestsFailed;
  }

  get sessionsActive(): number {
    return this.sessionsStarted - this.sessionsCompleted - this.sessionsCutShort;
  }

  requestIssued(lag: Tick): void {
    this.requestsIssued++;
    if (lag > this.#lagMax) this.#lagMax = lag;
  }

  responseEnded(rejected: boolean): void {
    this.responsesEnded++;
    if (rejected) this.responsesRejected++;
  }

  requestFailed(code: number): void {
    this.requestsFailed++;
    if (code !== ERROR["stop.cancelled"]) this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  sessionEnded(end: number): void {
    if (end === END.completed) this.sessionsCompleted++;
    else this.sessionsCutShort++;
  }

  /** The largest lag since the last call. */
  takeLagMax(): Tick {
    const lag = this.#lagMax;
    this.#lagMax = 0;
    return lag;
  }
}
